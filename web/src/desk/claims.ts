// Words of claims, shared by the page and its drill-down.
import { useI18n } from 'vue-i18n'
import type { Claim, Verdict } from '@/api/claims'
import type { Limit } from '@/api/types'
import { limitWords } from '@/lib/clock'
import { percent } from '@/lib/format'
import { locale } from '@/lib/text'

export function useClaimWords() {
  const { t } = useI18n()
  const number = (v: number) => v.toLocaleString(locale.value, { maximumFractionDigits: 2 })
  const claimed = (c: Claim): string => {
    if (c.claim === 'online') return t('claims.said.online')
    if (c.claim === 'limit') return limitWords(c.claimed as Limit, (k, v) => t(k, v ?? {}))
    if (c.claim === 'visits' && c.claimed === 0) return t('claims.said.visits0')
    return t(`claims.said.${c.claim}`, { n: c.claimed as number })
  }
  const measured = (c: Claim): string => {
    if (c.measured === null) return t('claims.none')
    return t(`claims.measured.${c.claim}`, { v: c.claim === 'online' || c.claim === 'limit' ? percent(c.measured) : number(c.measured) })
  }
  const colour = (v: Verdict) => ({ red: v === 'contradicted', slate: v === 'too_few', green: v === 'holds' })
  return { claimed, measured, colour, number }
}
