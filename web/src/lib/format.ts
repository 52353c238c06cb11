// Dates, money and sizes as people read them. Times are the city's (UTC+8), whatever the reader's machine says.
import { locale } from './text'

const ZONE = 'Asia/Shanghai'
const cache = new Map<string, Intl.DateTimeFormat>()
function formatter(kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale.value + kind
  let f = cache.get(key)
  if (!f) {
    f = new Intl.DateTimeFormat(locale.value === 'en' ? 'en-GB' : 'zh-CN', { timeZone: ZONE, ...options })
    cache.set(key, f)
  }
  return f
}
const parse = (s: string) => new Date(/^\d{4}-\d\d-\d\d$/.test(s) ? s + 'T00:00:00+08:00' : s)

/** 10月21日; with the year when it is not this one. */
export function day(s: string | null | undefined, now = new Date()): string {
  if (!s) return ''
  const d = parse(s)
  if (Number.isNaN(d.getTime())) return s
  const year = (x: Date) => formatter('y', { year: 'numeric' }).format(x)
  return year(d) === year(now)
    ? formatter('md', { month: locale.value === 'en' ? 'short' : 'long', day: 'numeric' }).format(d)
    : fullDay(s)
}
export function fullDay(s: string | null | undefined): string {
  if (!s) return ''
  const d = parse(s)
  return Number.isNaN(d.getTime()) ? s : formatter('ymd', { year: 'numeric', month: locale.value === 'en' ? 'short' : 'long', day: 'numeric' }).format(d)
}
export function time(s: string | null | undefined): string {
  if (!s) return ''
  return formatter('hm', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(parse(s))
}
export function dayTime(s: string | null | undefined, now = new Date()): string {
  return s ? `${day(s, now)} ${time(s)}` : ''
}
/** Calendar day in the city's zone as YYYY-MM-DD. */
export function cityDay(d: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' }).format(d)
}
export const sameDay = (a: string, b: Date) => cityDay(parse(a)) === cityDay(b)

/** Integer fen as yuan: 12000 → ¥120. */
export function money(fen: number): string {
  const yuan = fen / 100
  return '¥' + yuan.toLocaleString(locale.value, { minimumFractionDigits: fen % 100 ? 2 : 0, maximumFractionDigits: 2 })
}
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${Math.round((bytes / 1024 / 1024) * 10) / 10} MB`
}
export const percent = (share: number) => `${Math.round(share * 1000) / 10}%`
