// Words and numbers that the pages of the board share.
import type { Component, Values } from '@/api/board'
import { locale, tx } from '@/lib/text'
import { percent } from '@/lib/format'

const SHARES = ['online', 'satisfaction']

/** A component's value with its unit; null is said by the caller, never shown as nought. */
export function valueWords(c: Pick<Component, 'key' | 'unit'>, v: number): string {
  if (SHARES.includes(c.key)) return percent(v)
  const n = v.toLocaleString(locale.value, { maximumFractionDigits: v < 10 ? 2 : 1 })
  return `${n} ${tx(c.unit)}`
}
export const scoreWords = (v: number) => v.toLocaleString(locale.value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
export const valueOf = (values: Values, key: string) => values[key] ?? null

/** The months of a period in order, '2021-09'. */
export function monthsOf(from: string, to: string): string[] {
  const out: string[] = []
  for (let [y, m] = from.split('-').map(Number) as [number, number]; out.length < 60; m === 12 ? ((y += 1), (m = 1)) : (m += 1)) {
    const s = `${y}-${String(m).padStart(2, '0')}`
    out.push(s)
    if (s === to) break
  }
  return out
}
