// How a clock is said in words. The start day is not counted (民法典 art. 201): a case accepted today is on day 0.
// A pure function of the clock and the moment, so that the wording can be tested.
import type { Clock, Light, Limit, Unit } from '@/api/types'
import { day, sameDay, time } from './format'
import { tx } from './text'

export type Say = (key: string, values?: Record<string, unknown>) => string

export interface ClockWords {
  light: Light
  main: string // 第2个工作日 / 共5个工作日
  due: string // 最迟 10月21日
  note: string // why and since when it is stopped; by how much it is late
}

export function limitWords(limit: Limit | null | undefined, say: Say): string {
  return limit ? say(`clock.n.${limit.unit}`, { n: limit.n }) : ''
}

function dueWords(clock: Clock, now: Date, say: Say): string {
  if (!clock.due_at) return ''
  const byHour = clock.unit === 'hour' || clock.unit === 'working_hour'
  if (sameDay(clock.due_at, now)) return say('clock.dueToday', { time: time(clock.due_at) })
  return say('clock.due', { day: day(clock.due_at, now) + (byHour ? ' ' + time(clock.due_at) : '') })
}

export function clockWords(clock: Clock | null | undefined, now: Date, say: Say): ClockWords {
  if (!clock) return { light: 'none', main: '', due: '', note: '' }
  const unit: Unit = clock.unit ?? clock.promised?.unit ?? clock.statutory?.unit ?? 'working_day'
  const total = clock.total ?? clock.promised?.n ?? clock.statutory?.n ?? null
  const elapsed = Math.max(0, Math.floor(clock.elapsed ?? 0))
  const n = (k: number) => say(`clock.n.${unit}`, { n: k })
  if (clock.light === 'done' || clock.light === 'done_late') {
    const main = elapsed === 0 ? say(`clock.under.${unit}`) : say('clock.took', { n: n(elapsed) })
    return { light: clock.light, main, due: total === null ? '' : say('clock.of', { n: n(total) }), note: '' }
  }
  if (clock.stopped) {
    const note = say('clock.stopped', { cause: causeWords(clock.stopped.cause, say), day: day(clock.stopped.since, now) })
    const main = say('clock.stoppedAt', { n: say(`clock.at.${unit}`, { n: elapsed }) })
    return { light: 'stopped', main, due: say('clock.dueMoves'), note }
  }
  if (!clock.started_at) {
    return { light: 'none', main: total === null ? say('clock.notStarted') : say('clock.willTake', { n: n(total) }), due: '', note: say('clock.startsAtAcceptance') }
  }
  const due = dueWords(clock, now, say)
  if (total !== null && elapsed > total) {
    return { light: 'red', main: say('clock.late', { n: n(elapsed - total) }), due, note: say('clock.lateNote') }
  }
  const byDay = unit === 'working_day' || unit === 'calendar_day'
  if (elapsed === 0 && byDay) {
    const at = sameDay(clock.started_at, now) ? say(`clock.first.${unit}`) : say(`clock.accepted.${unit}`, { day: day(clock.started_at, now) })
    return { light: clock.light, main: total === null ? at : say('clock.mainFirst', { at, n: n(total) }), due, note: '' }
  }
  const main = elapsed === 0 ? say(`clock.first.${unit}`) : say(`clock.at.${unit}`, { n: elapsed })
  return { light: clock.light, main: total === null ? main : say('clock.mainOf', { at: main, total: say(`clock.total.${unit}`, { n: total }) }), due, note: '' }
}

const KNOWN = ['hearing', 'tender', 'auction', 'inspection', 'testing', 'quarantine', 'appraisal', 'expert_review', 'correction']
export function causeWords(cause: unknown, say: Say): string {
  if (typeof cause === 'string') return KNOWN.includes(cause) ? say(`cause.${cause}`) : cause
  return tx(cause)
}
