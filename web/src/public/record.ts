// The signed record inside a paper, as lines to read: what it says of itself.
import type { MaybeText } from '@/api/types'
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
  report?: Report
}
/** Members of the record that are text, number or bilingual text; nested ones with a dotted name. */
export function recordLines(record: Record<string, unknown> | null | undefined, prefix = ''): { key: string; text: string }[] {
  if (!record) return []
  return Object.entries(record).flatMap(([k, v]) => {
    const key = prefix ? `${prefix}.${k}` : k
    if (v === null || v === undefined || v === '') return []
    const text = tx(v)
    if (text) return [{ key, text }]
    return typeof v === 'object' && !Array.isArray(v) ? recordLines(v as Record<string, unknown>, key) : [{ key, text: JSON.stringify(v) }]
  })
}
