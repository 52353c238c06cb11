import { createI18n } from 'vue-i18n'
import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from '../src/api/types'
import en from '../src/i18n/en/common'
import zh from '../src/i18n/zh-CN/common'
import { clockWords, limitWords } from '../src/lib/clock'
import { locale } from '../src/lib/text'

const i18n = createI18n({ legacy: false, locale: 'zh-CN', messages: { 'zh-CN': zh, en } })
const say = (k: string, v?: Record<string, unknown>) => i18n.global.t(k, v ?? {})
const now = new Date('2026-10-16T10:00:00+08:00')
const clock = (o: Partial<Clock>): Clock => ({ promised: { n: 5, unit: 'working_day' }, statutory: { n: 20, unit: 'working_day' }, started_at: '2026-10-14T10:00:00+08:00', due_at: '2026-10-21T17:30:00+08:00', statutory_due_at: null, elapsed: 2, total: 5, unit: 'working_day', light: 'green', stopped: null, ...o })
const line = (c: Clock) => {
  const w = clockWords(c, now, say)
  return [w.main, w.due].filter(Boolean).join(say('comma'))
}
afterEach(() => {
  i18n.global.locale.value = 'zh-CN'
  locale.value = 'zh-CN'
})

describe('a clock in words', () => {
  it('says which day of how many and the last day', () => {
    expect(line(clock({}))).toBe('第2个工作日 / 共5个工作日，最迟 10月21日')
  })
  it('says the same in English, with the plural', () => {
    i18n.global.locale.value = 'en'
    locale.value = 'en'
    expect(line(clock({}))).toBe('Working day 2 of 5, by 21 Oct at the latest')
    expect(limitWords({ n: 1, unit: 'working_day' }, say)).toBe('1 working day')
    expect(limitWords({ n: 3, unit: 'working_hour' }, say)).toBe('3 working hours')
  })
  it('does not count the day of acceptance', () => {
    expect(clockWords(clock({ elapsed: 0, started_at: '2026-10-16T09:00:00+08:00' }), now, say).main).toBe('今天受理，下一个工作日起算，共5个工作日')
    const saturday = new Date('2026-10-17T10:00:00+08:00') // accepted on Friday: nothing has been counted yet, and it was not today
    expect(clockWords(clock({ elapsed: 0, started_at: '2026-10-16T09:00:00+08:00' }), saturday, say).main).toBe('10月16日受理，下一个工作日起算，共5个工作日')
  })
  it('gives the time when it is due today, and the hour for clocks in hours', () => {
    expect(line(clock({ due_at: '2026-10-16T17:30:00+08:00', elapsed: 5 }))).toBe('第5个工作日 / 共5个工作日，最迟今天 17:30')
    expect(line(clock({ unit: 'working_hour', total: 4, elapsed: 3, due_at: '2026-10-19T09:30:00+08:00' }))).toBe('第3个工作小时 / 共4个工作小时，最迟 10月19日 09:30')
  })
  it('tells why and since when it is stopped', () => {
    const w = clockWords(clock({ light: 'stopped', stopped: { cause: 'hearing', since: '2026-10-15T09:00:00+08:00' } }), now, say)
    expect(w.light).toBe('stopped')
    expect(w.note).toBe('听证，自10月15日起不计入办理时限')
    expect(w.main).toBe('停在第2个工作日')
    const own = clockWords(clock({ stopped: { cause: { zh: '专家评审', en: 'Expert review' }, since: '2026-10-15T09:00:00+08:00' } }), now, say)
    expect(own.note).toContain('专家评审')
  })
  it('says by how much it is late', () => {
    const w = clockWords(clock({ elapsed: 7, light: 'red' }), now, say)
    expect(w.main).toBe('已超过承诺2个工作日')
    expect(w.light).toBe('red')
  })
  it('has not started before acceptance', () => {
    const w = clockWords(clock({ started_at: null, due_at: null, elapsed: null, light: 'none' }), now, say)
    expect(w.main).toBe('办理时限5个工作日')
    expect(w.note).toBe('受理之后开始计时')
  })
  it('says how long it took once done', () => {
    expect(line(clock({ light: 'done', elapsed: 3 }))).toBe('用时3个工作日，期限5个工作日')
  })
  it('is nothing without a clock', () => {
    expect(clockWords(null, now, say).main).toBe('')
  })
  it('names the year when it is another one', () => {
    expect(clockWords(clock({ due_at: '2027-01-05T17:30:00+08:00' }), now, say).due).toBe('最迟 2027年1月5日')
  })
})
