import type { SummaryItem } from '@/components/ErrorSummary.vue'
import { asProblem } from '@/lib/load'
import { tx } from '@/lib/text'

/** A refusal by the server as lines of the error summary: each at its field, or one line for the whole form. */
export function faultsOf(e: unknown, t: (key: string) => string): SummaryItem[] {
  const p = asProblem(e)
  if (!p.problems.length) return [{ id: null, text: p.trouble === 'offline' ? t('state.offlineAction') : tx(p.detail) || tx(p.title) || t('state.failed') }]
  return p.problems.map((x) => ({ id: x.field ? x.field.replace(/^\//, '') : null, text: tx(x.text), remedy: tx(x.remedy) }))
}
