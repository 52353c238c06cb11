// The signed record inside a paper, as lines to read: what it says of itself.
import type { MaybeText } from '@/api/types'
import { say } from '@/i18n'
import { fullDay } from '@/lib/format'
import { tx } from '@/lib/text'
import type { Check } from './pages/Verdict.vue'

export interface Report {
  good?: boolean
  checks?: Check[]
  record?: Record<string, unknown> | null
}
export interface Verification extends Report {
  status: string | null
  title?: MaybeText
  number?: string | null
  certificate_id?: string | null
  issued_at?: string | null
  sha256?: string
  test_keys?: boolean
  log?: { index: number; id: string } | null // papers of cases; null: not published yet
  report?: Report
  seals?: VerifiedSeal[] | null
}
// A seal on a sealed document, and what has become of it since where it is this city's.
export interface VerifiedSeal {
  id: string
  name: string
  signer: string
  at: string | null
  to: string
  pages: number[]
  state: string | null
  state_text: MaybeText
}
export interface Line {
  key: string // dotted, as in the record
  label: string // '' for what only a machine wants to know
  text: string
}
const OWN = new Set(['title', 'number', 'holder.name', 'holder.uscc', 'case', 'valid_from', 'valid_to'])
/** Members of the record that are text, number or bilingual text; nested ones with a dotted name. What people ask about comes with
 * a label and first. */
export function recordLines(record: Record<string, unknown> | null | undefined): Line[] {
  const flat = (r: Record<string, unknown>, prefix: string): Line[] =>
    Object.entries(r).flatMap(([k, v]): Line[] => {
      const key = prefix ? `${prefix}.${k}` : k
      const label = OWN.has(key) ? say(`record.${key.replace('.', '_')}`) : ''
      if (key === 'valid_to' && v === null) return [{ key, label, text: say('record.noEnd') }]
      if (v === null || v === undefined || v === '') return []
      const text = typeof v === 'object' && !('zh' in v) && !('en' in v) ? '' : tx(v)
      if (text) return [{ key, label, text: /^\d{4}-\d\d-\d\d$/.test(text) ? fullDay(text) : text }]
      return typeof v === 'object' && !Array.isArray(v) ? flat(v as Record<string, unknown>, key) : [{ key, label, text: JSON.stringify(v) }]
    })
  const order = [...OWN]
  return flat(record ?? {}, '').sort((a, b) => (order.indexOf(a.key) + 99) % 99 - (order.indexOf(b.key) + 99) % 99)
}
