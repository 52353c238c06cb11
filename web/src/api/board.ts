// Shapes of the plan and of the indicators (area 0).
import type { Text } from './types'

export const LIGHTS = ['late', 'regressed', 'due_soon', 'on_time', 'undated', 'done'] as const
export type PlanLight = (typeof LIGHTS)[number]
export interface Who { id: string; name: string }
export interface Figures { service?: Record<string, string | number | boolean | null>; platform?: Record<string, number>; bound?: number }
export interface Condition { kind: string; service?: string; bound?: number; months?: number; words: Text; state: 'not_yet' | 'holds' | 'no_longer'; since: string | null; checked_at: string | null; figures: Figures | null }
export interface PlanTask {
  no: number
  area_no: number
  area: string
  problem: string
  symptom: string
  measure: string
  lead: string[]
  acting_lead?: string[]
  responsible: string[]
  deadline: string | null
  due: string | null
  note?: string
  status: 'open' | 'done' | 'withdrawn'
  light: PlanLight
  working_days_left: number | null
  done_on: string | null
  done_late: boolean
  due_before_issue: boolean
  owner: Who | null
  condition: Condition | null
  counts: { subtasks: number; subtasks_done: number; evidence: number; comments: number }
  escalation: number
  special: boolean
}
export interface TaskFull extends PlanTask {
  subtasks: { id: string; title: string; department: { code: string; name: Text } | null; owner: Who | null; due: string | null; done_on: string | null; light: PlanLight }[]
  evidence: { id: string; kind: 'file' | 'service' | 'publication' | 'figure'; title: string; ref: string; by: Who | null; at: string; published?: boolean; service?: Text; name?: string; size?: number }[]
  comments: { id: string; text: string; by: Who | null; at: string }[]
  history: { at: string; by: Text; kind: string; details: Record<string, unknown> | null }[]
  may: { status: boolean; owner: boolean; condition: boolean; subtask: boolean; evidence: boolean; comment: boolean }
}
export interface PlanArea { no: number; name: string; leaders: string[]; lead: string[]; responsible: string[]; measures: string }
export interface Plan { title: string; number: string; issued_on: string; offices: string[]; areas: PlanArea[]; tasks: PlanTask[]; unmatched: string[] }
export interface ConditionKind { kind: string; words: Text; bound: { least: number; most: number; unit: Text } | null; months: boolean; whole: boolean }

export interface Component { key: string; name: Text; unit: Text; formula: Text; better: 'more' | 'less'; value: number | null }
export interface ScoredComponent extends Component {
  score?: number | null
  benchmark?: number | null
  gain?: number | null
  rank_then?: number | null
  frontier?: { best: number; worst: number; exponent: number; from: 'cities' | 'table'; id?: string } | null
}
export interface Series { cases: number[]; late: number[]; [component: string]: (number | null)[] }
export interface Indicator {
  no: number
  name: Text
  tier?: string
  services: { codes?: string[]; area?: number }
  cases: number | null
  no_data: boolean
  few?: boolean
  late?: number
  enough?: boolean
  score?: number | null
  rank?: number | null
  of?: number
  gap?: number | null
  benchmark?: number | null
  standing?: string | null
  components: ScoredComponent[]
  series?: Series
  alarms?: string[]
}
export interface Forecast { method: string; values: { month: string; value: number }[]; error: number | null; tested: number }
export interface Alarm { tested: boolean; broken: boolean; month: string | null; median: number | null }
export interface Shares { cases: number; late: number; on_time: number | null; time: number | null; online: number | null; rated: number; satisfaction: number | null }
export interface Outlook { key: string; values: (number | null)[]; forecast: Forecast; alarm: Alarm }
export interface CityFigures extends Shares { series: Series; outlook: Outlook[] }
export interface Place extends Shares { code: string; name: Text }
export interface Gain { indicator: number; component: string; from: number; to: number; points: number; total: number | null; rank: number | null; score: number; indicator_rank: number | null }
/** What all staff get (full: false) and what those who lead get besides. */
export interface Indicators {
  from: string
  to: string
  at: string
  full: boolean
  months?: string[]
  least?: { cases: number; indicators: number }
  rank_sought?: number
  group_sought?: number
  in_group?: number
  benchmark?: { city: string; name: Text; figures: boolean }
  total?: { score: number | null; rank: number | null; of: number; gap: number | null; indicators: number; enough: boolean }
  gains?: Gain[]
  city?: CityFigures
  towns?: Place[]
  departments?: Place[]
  indicators: Indicator[]
}
export interface TownMap { towns: { code: string; name: Text; at: [number, number] | null }[]; boundaries: { type: string; features?: { properties?: Record<string, unknown>; geometry?: { type: string; coordinates: unknown } | null }[] } | null }
export interface LightCounts { no?: number; name: string; total: number; undated: number; on_time: number; due_soon: number; late: number; regressed: number; done: number; done_late: number }
export interface Progress { as_of: string; all: LightCounts | null; areas: LightCounts[]; departments: LightCounts[]; leaders: LightCounts[]; months: (LightCounts & { due_month: string })[] }
export interface PlanChanges { since: string; became_late: number[]; items: { task: number; at: string; by: Text; kind: string; details: Record<string, unknown> | null }[] }
export interface Filings { period: string; items: { id: string; kind: string; unit: { code: string; name: Text } | null; area_no: number; period: string | null; title: string; text: string; file: string | null; by: Who | null; at: string }[]; missing: { kind: string; unit: { code: string; name: Text }; area_no: number }[]; next: string | null }
export interface Contacts { items: { code: string; name: Text; kind: 'department' | 'town'; contacts: (Who & { phone?: string })[] }[] }
export type Values = Record<string, number | null>
export interface Part { cases: number; late: number; values: Values }
export interface IndicatorPage {
  no: number
  name: Text
  tier: string
  services: { codes?: string[]; area?: number }
  from: string
  to: string
  cases: number
  late: number
  no_data: boolean
  components: (Component & { forecast: Forecast; alarm: Alarm })[]
  months: (Part & { month: string })[]
  by_service: (Part & { service: { code: string; name: Text } })[]
  by_department: (Part & { department: { code: string; name: Text } })[]
  by_town: (Part & { town: { code: string; name: Text } })[]
}
export interface IndicatorCase { number: string | null; service: string; department: { code: string; name: Text }; town: string; filed_at: string; ended_at: string; time: number; days: number; late: boolean; online: boolean }

export interface BriefingIssue { id: string; month: string; title: Text; number: string; issued_at: string | null; sha256: string; verify_url: string | null }
export interface Briefing extends BriefingIssue {
  state: 'making' | 'draft' | 'issuing' | 'issued'
  step: '' | 'figures' | 'layout' | 'signing'
  error: Text | null
  foreword: string
  pdf: boolean
  complete?: boolean
  made_by: Who | null
  made_at: string | null
  issued_by: Who | null
  may: { make: boolean; foreword: boolean; issue: boolean; own: boolean }
}
export interface BriefingComparison { same: boolean; layout: 'same' | 'different' | null; differences: string[] }
