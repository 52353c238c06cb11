// What somebody is writing, kept in this browser until it is sent: nothing personal, and for this account only.
import { session } from '@/api/session'

const name = (what: string) => `tongban.writing.${session.actor?.id ?? ''}.${what}`

export function kept<T>(what: string): T | null {
  try {
    const text = localStorage.getItem(name(what))
    return text ? (JSON.parse(text) as T) : null
  } catch {
    return null // storage may be forbidden, or hold what an older page wrote
  }
}
export function keep(what: string, value: unknown) {
  try {
    localStorage.setItem(name(what), JSON.stringify(value))
  } catch {
    /* then it is on the page only */
  }
}
export function forget(what: string) {
  try {
    localStorage.removeItem(name(what))
  } catch {
    /* nothing was kept */
  }
}
