// Shapes of /studio/simulations, and what its pages share.
import type { MaybeText, Text } from '@/api/types'
import type { ChartOption, ChartTheme } from './chart-options'

export interface Source { from: 'journal' | 'staff' | 'scenarios' | 'schema' | 'default'; n?: number }
export interface Takes { shape: string; minutes: number; cv: number }
export interface StepKnown { kind: 'officer' | 'applicant' | 'verb' | 'event'; name: Text; department?: string; step?: string; takes: Takes; delay?: Takes; outcomes?: Record<string, number>; fails?: number; occurs?: number; observed?: { n: number; hours: number }; source: { takes: Source; delay?: Source; outcomes?: Source; occurs?: Source } }
export interface StopKnown { name: Text; share: number; takes: Takes; step: string; source?: { share: Source; takes: Source } }
export interface GroupKnown { name: Text; officers: number; away: number; source: { officers: Source; away: Source } }
export interface Variant { name: string; drop: string[]; parallel: [string, string][]; staff: Record<string, number> }
export interface Parameters {
  service: string; name: Text; year: number; seed: number; repetitions: number; cases: number
  arrivals: { month: number[]; weekday: number[]; hour: number[]; source: Source }
  groups: Record<string, GroupKnown>; steps: Record<string, StepKnown>; shapes: Record<string, number>; shapes_source: Source
  withdrawn: { share: number; days: number; source: Source }; answer_days: number; stops: Record<string, StopKnown>; variants: Variant[]
}
export interface Mean { mean: number; half: number | null }
export interface Spread { mean: number; p50: number; p90: number; p99: number; most: number }
export type Measure = 'workdays' | 'p90' | 'late' | 'late_statutory' | 'open' | 'wait'
export const MEASURES: Measure[] = ['workdays', 'p90', 'late', 'late_statutory', 'wait', 'open']
export interface StepResult { key: string; name: Text; kind: string; department?: string; dropped?: boolean; beside?: string; opened: number; done: number; cancelled: number; open: number; late: number; late_statutory: number; took: Spread; observed?: { n: number; hours: number }; wait?: Spread; wait_interval?: Mean; work?: number; queue_mean?: number; queue_most?: number; share_of_wait?: number }
export interface GroupResult { code: string; name: Text; officers: number; busy: Mean; hours: number; months: number[]; queue: number[]; queue_most: number }
export interface Limit { n: number; unit: string }
export interface Result {
  name: string; change?: Partial<Variant> & { draft?: boolean }; hash: string; promised: Limit | null; statutory: Limit | null
  arrived: number; ended: number; withdrawn: number; open: number; incidents: number
  outcomes: { outcome: string; n: number }[]; months: number[]; days: { p50: number; p90: number; p99: number; most: number; counts: number[] }
  measures: Record<Measure, Mean>; difference?: Record<Measure, Mean>; steps: StepResult[]; groups: GroupResult[]
  stops: { cause: string; name: Text; n: number; days: number }[]
  bottleneck: { step: string; name: Text; department?: string; share: number } | null
}
export interface Report { from: string; to: string; repetitions: number; calendar_known: boolean; variants: Result[] }
export interface Run { id: string; service: string; name: MaybeText; hash: string; asked_by: { id: string; name: string }; at: string; note: string; state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'; progress: number; seconds: number }
export interface FullRun extends Run { draft: boolean; parameters: Parameters; report: Report | null; problem: Text[] | null }

export const tone: Record<Run['state'], string> = { waiting: 'slate', running: 'yellow', done: 'green', failed: 'red', cancelled: 'slate' }
const isShare = (m: Measure) => m === 'late' || m === 'late_statutory'
/** "1.24", "3.1 %" */
export const figure = (m: Measure, v: number): string => (isShare(m) ? `${(100 * v).toFixed(2)} %` : v.toFixed(2))
export const half = (m: Measure, x: Mean): string => (x.half === null ? '' : `± ${isShare(m) ? (100 * x.half).toFixed(2) : x.half.toFixed(2)}`)
/** Whether the interval leaves out 0: better (-1), worse (1), or it cannot be told (0). */
export const sure = (x: Mean): -1 | 0 | 1 => (x.half === null || Math.abs(x.mean) <= x.half ? 0 : x.mean < 0 ? -1 : 1)
/** Means of seven days each. */
export const weekly = (days: number[]): number[] => Array.from({ length: Math.ceil(days.length / 7) }, (_, i) => { const w = days.slice(7 * i, 7 * i + 7); return w.reduce((a, b) => a + b, 0) / w.length })
/** First day of each week, from the first day of the year. */
export const weeks = (from: string, n: number): string[] => Array.from({ length: n }, (_, i) => new Date(Date.parse(`${from}T00:00:00Z`) + i * 7 * 86400000).toISOString().slice(5, 10))

const axis = (th: ChartTheme) => ({ color: th.soft, fontSize: th.size })
export interface Bars { names: string[]; series: { name: string; values: (number | null)[] }[]; share?: boolean }
/** Bars side by side, one series a variant. */
export function barsOption(p: Bars): (th: ChartTheme, width: number) => ChartOption {
  return (th, width) => ({
    grid: { left: 8, right: 44, top: 36, bottom: 6, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: th.ink, fontSize: th.size } },
    yAxis: { type: 'category', inverse: true, data: p.names, axisLabel: { ...axis(th), width: width < 520 ? 104 : 200, overflow: 'truncate' }, axisTick: { show: false }, axisLine: { lineStyle: { color: th.line } } },
    xAxis: { type: 'value', min: 0, ...(p.share ? { max: 1 } : {}), axisLabel: { ...axis(th), hideOverlap: true, ...(p.share ? { formatter: (v: number) => `${Math.round(100 * v)} %` } : {}) }, splitLine: { lineStyle: { color: th.line } } },
    series: p.series.map((s) => ({ name: s.name, type: 'bar', data: s.values, barMaxWidth: 18, barGap: '15%', label: { show: true, position: 'right', color: th.ink, fontSize: th.size - 1, formatter: (d: { value: number | null }) => (d.value === null || d.value === undefined ? '' : p.share ? `${Math.round(100 * d.value)} %` : Number(d.value).toFixed(1)) } })),
  })
}
/** Lines over the weeks of the year. */
export function linesOption(x: string[], series: { name: string; values: number[] }[]): (th: ChartTheme, width: number) => ChartOption {
  return (th, width) => ({
    grid: { left: 8, right: 22, top: width < 520 ? 88 : 60, bottom: 6, containLabel: true },
    legend: { top: 0, left: 0, type: 'plain', textStyle: { color: th.ink, fontSize: th.size } },
    xAxis: { type: 'category', data: x, axisLabel: { ...axis(th), interval: Math.max(0, Math.ceil((x.length * th.size * 4) / (width - 90)) - 1) }, axisLine: { lineStyle: { color: th.line } }, axisTick: { show: false } },
    yAxis: { type: 'value', min: 0, splitNumber: 4, axisLabel: axis(th), splitLine: { lineStyle: { color: th.line } } },
    series: series.map((s) => ({ name: s.name, type: 'line', data: s.values, symbol: 'none', lineStyle: { width: 2 } })),
  })
}
/** Columns: how many cases took how many days. */
export function columnsOption(x: string[], series: { name: string; values: number[] }[]): (th: ChartTheme, width: number) => ChartOption {
  return (th, width) => ({
    grid: { left: 8, right: 16, top: 36, bottom: 6, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: th.ink, fontSize: th.size } },
    xAxis: { type: 'category', data: x, axisLabel: { ...axis(th), interval: Math.max(0, Math.ceil((x.length * th.size * 2) / (width - 60)) - 1) }, axisTick: { show: false }, axisLine: { lineStyle: { color: th.line } } },
    yAxis: { type: 'value', min: 0, splitNumber: 4, axisLabel: axis(th), splitLine: { lineStyle: { color: th.line } } },
    series: series.map((s) => ({ name: s.name, type: 'bar', data: s.values, barGap: '10%' })),
  })
}
