/** Where the browser keeps what binds it to a sign-in by an outside provider. */
export const OUTSIDE = 'tongban:outside'
export interface Outside { binding: string; next: string }
export function kept(): Outside | null {
  try {
    return JSON.parse(sessionStorage.getItem(OUTSIDE) ?? 'null') as Outside | null
  } catch {
    return null
  }
}
