// Electronic seals, as the server tells them.
import type { MaybeText } from './types'

export interface Seal {
  code: string
  kind: string
  kind_text: MaybeText
  name: string
  holder: string
  department: string
  state: string
  state_text: MaybeText
  documents: string[]
  applied_at: string | null
  made_at: string | null
  valid_to: string | null
  uses: number
  own?: boolean
  uses_left?: number
  until?: string
  can?: string[]
}
export interface SealGrant {
  id: string
  who: MaybeText
  documents: string[]
  uses: number
  uses_max: number
  until: string
  in_force: boolean
  ended: boolean
}
export interface SealUse {
  id: string
  who: MaybeText
  document: string
  title: string
  state: string
  sha256: string
  at: string
  batch: boolean
}
export interface SealBatch {
  id: string
  document: string
  total: number
  sealed: number
  failed: number
  parts?: number
  created_at: string
  done_at: string | null
  errors?: { file: string; code: string }[]
}
export interface SealView extends Seal {
  grants: SealGrant[] | null
  recent_uses: SealUse[] | null
  batches: SealBatch[] | null
  history: { at: string; who: MaybeText; act: string; note: string }[] | null
  can: string[]
  usable: boolean
}
export const KINDS = ['official', 'finance', 'invoice', 'contract', 'legal_representative'] as const
export const DOCUMENTS = ['contract', 'letter', 'invoice', 'finance', 'licence', 'other'] as const
export const colour = (state: string) => ({ active: 'green', applied: 'yellow', making: 'yellow', suspended: 'yellow', refused: 'red', revoked: 'red', destroyed: 'red', expired: 'red' })[state] ?? ''
export const picture = (s: Seal) => `/api/v1/seals/${s.code}/picture`
export const drawn = (s: Seal) => !!s.made_at
