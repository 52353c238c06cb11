// Plans of migration: running cases under a new version of their service.
import type { Text } from '@/api/types'

export interface Who { id: string; name: string }
export type PlanState = 'looking' | 'waiting' | 'rejected' | 'applying' | 'done' | 'undoing' | 'undone'
export type CaseState = 'can' | 'cannot' | 'moved' | 'failed' | 'undone' | 'stays'
export interface PlanHead {
  id: string
  service: { code: string; name: Text | null }
  from: string
  to: string
  reason: string
  state: PlanState
  made_by: Who | null
  made_at: string
  decided_by: Who | null
  decided_at: string | null
  decide_reason: string | null
  looked: number
  counts: Record<CaseState, number>
}
export interface Place { id: string; title: Text; why: string; n: number }
export interface Group { places: Place[]; can: boolean; problems: Text[]; changes: Text[]; cases: number; numbers: string[] }
export interface Element { id: string; title: Text; kind: string }
export interface Plan extends PlanHead {
  mapping: { from: string; to: string }[]
  values: Record<string, unknown> | null
  groups: Group[]
  notes: Text[]
  elements: { from: Element[]; to: Element[] }
}
export interface PlanCase { case: string; number: string; state: CaseState; problems: Text[]; at: string }
/** While a worker is at it, the page looks again. */
export const atWork = (s: PlanState) => s === 'looking' || s === 'applying' || s === 'undoing'
export const PLAN_TONE: Record<PlanState, string> = { looking: 'slate', waiting: 'yellow', rejected: 'slate', applying: 'accent', done: 'green', undoing: 'accent', undone: 'slate' }
export const CASE_TONE: Record<CaseState, string> = { can: 'green', cannot: 'red', moved: 'green', failed: 'red', undone: 'slate', stays: 'yellow' }
