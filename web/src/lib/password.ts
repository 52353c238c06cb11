// The server's rule for a password, for a hint before sending: 16 characters of any kind, or 10 of three kinds.
export function passwordWeak(password: string): boolean {
  const n = [...password].length
  if (n < 10) return true
  const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((r) => r.test(password)).length
  return n < 16 && kinds < 3
}
