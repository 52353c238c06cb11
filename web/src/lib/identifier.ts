// Check digits of Chinese identifiers, for a hint while typing; the server checks again.

/** 居民身份证 GB 11643-1999: 17 digits and a check character (ISO 7064 MOD 11-2), with a date that exists. */
export function residentId(s: string): boolean {
  if (!/^\d{17}[\dX]$/.test(s)) return false
  const y = +s.slice(6, 10)
  const m = +s.slice(10, 12)
  const d = +s.slice(12, 14)
  const date = new Date(Date.UTC(y, m - 1, d))
  if (date.getUTCFullYear() !== y || date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return false
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((n, w, i) => n + w * +s[i]!, 0)
  return '10X98765432'[sum % 11] === s[17]
}

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
/** 统一社会信用代码 GB 32100-2015: 18 characters of a 31-letter alphabet, weights 3^i mod 31. */
export function uscc(s: string): boolean {
  if (s.length !== 18) return false
  let sum = 0
  let weight = 1
  for (let i = 0; i < 17; i++) {
    const v = ALPHABET.indexOf(s[i]!)
    if (v < 0) return false
    sum += v * weight
    weight = (weight * 3) % 31
  }
  return ALPHABET[(31 - (sum % 31)) % 31] === s[17]
}

/** Mainland mobile number, with or without +86. */
export const mobile = (s: string): boolean => /^(\+?86)?1[3-9]\d{9}$/.test(s.replace(/[\s-]/g, ''))

const checks: Record<string, (s: string) => boolean> = { resident_id: residentId, uscc, mobile, phone: mobile }
/** null: nothing known about that kind of identifier. */
export function checkIdentifier(kind: string, value: string): boolean | null {
  const f = checks[kind]
  return f ? f(value) : null
}
