// The two engines behind one face: texts in, tagged values out. Ours is a program that reads many lines at once; feelin (npm) is
// asked one by one. A value: {k: kind, v}; theirs knows one kind of duration only, so both have months and seconds.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { SCOPE } from './generate.mjs'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const feelin = require('feelin')
const { DateTime, Duration, SystemZone, FixedOffsetZone } = createRequire(require.resolve('feelin'))('luxon')

export class Ours {
  constructor(program) {
    this.program = program
    this.known = new Map()
    this.wanted = new Map()
  }
  key(text, tests, input) {
    return `${tests ? JSON.stringify(input ?? null) : ''}\t${text}`
  }
  want(text, tests, input) {
    const key = this.key(text, tests, input)
    if (!this.known.has(key)) this.wanted.set(key, JSON.stringify({ e: text, t: !!tests, s: tests ? { ...SCOPE, '?': input } : SCOPE }))
  }
  run() {
    if (!this.wanted.size) return
    const done = spawnSync(this.program, { input: [...this.wanted.values()].join('\n') + '\n', maxBuffer: 1 << 30, encoding: 'utf8' })
    const lines = done.stdout.trimEnd().split('\n')
    if (done.status !== 0 || lines.length !== this.wanted.size) throw new Error(`our engine stopped: ${done.status} ${done.signal} ${done.stderr}`)
    let i = 0
    for (const key of this.wanted.keys()) this.known.set(key, canonical(JSON.parse(lines[i++])))
    this.wanted.clear()
  }
  get(text, tests, input) {
    return this.known.get(this.key(text, tests, input))
  }
}

function canonical(t) {
  if (t.k === 'list') return { k: 'list', v: t.v.map(canonical) }
  if (t.k === 'context') return { k: 'context', v: Object.fromEntries(Object.entries(t.v).map(([k, v]) => [k, canonical(v)])) }
  if (t.k === 'days and time duration') return { k: 'duration', months: 0, seconds: t.v, days: true }
  if (t.k === 'years and months duration') return { k: 'duration', months: t.v, seconds: 0, days: false }
  if (t.k === 'date and time') return { k: t.k, v: t.v, utc: t.utc, zoned: /[zZ@]|[+-]\d\d:\d\d$/.test(t.v) }
  return t
}

function tagged(v) {
  if (v === null || v === undefined) return { k: 'null' }
  if (typeof v === 'boolean') return { k: 'boolean', v }
  if (typeof v === 'number') return Number.isFinite(v) ? { k: 'number', v } : { k: 'nan' }
  if (typeof v === 'string') return { k: 'string', v }
  if (typeof v === 'function') return { k: 'function' }
  if (Array.isArray(v)) return { k: 'list', v: v.map(tagged) }
  if (Duration.isDuration(v)) {
    const o = v.toObject()
    const n = (unit) => o[unit] || 0
    return { k: 'duration', months: 12 * n('years') + n('months'), seconds: 604800 * n('weeks') + 86400 * n('days') + 3600 * n('hours') + 60 * n('minutes') + n('seconds') + n('milliseconds') / 1000 }
  }
  if (DateTime.isDateTime(v)) {
    const zoned = v.zone !== SystemZone.instance
    if (!v.isValid) return { k: 'invalid' }
    if (v.year === 1900 && v.month === 1 && v.day === 1) return { k: 'time', v: v.toISOTime({ suppressMilliseconds: true, includeOffset: zoned }) }
    if (v.zone === FixedOffsetZone.utcInstance && v.hour + v.minute + v.second + v.millisecond === 0) return { k: 'date', v: v.toISODate() }
    return { k: 'date and time', v: v.toISO(), utc: Math.floor(v.toSeconds()), zoned }
  }
  if (Object.getPrototypeOf(v) === Object.prototype) return { k: 'context', v: Object.fromEntries(Object.entries(v).map(([k, x]) => [k, tagged(x)])) }
  return { k: v.constructor.name === 'Range' ? 'range' : 'function' }
}

const answers = new Map()
export function theirs(text, tests, input) {
  const key = `${tests ? JSON.stringify(input ?? null) : ''}\t${text}`
  if (answers.has(key)) return answers.get(key)
  if (answers.size > 200000) answers.clear()
  let out
  try {
    out = tagged(tests ? feelin.unaryTest(text, { ...SCOPE, '?': input }) : feelin.evaluate(text, { ...SCOPE }))
  } catch (e) {
    out = { k: 'error', v: String(e.message).slice(0, 100) }
  }
  answers.set(key, out)
  return out
}

const plain = (n) => {
  const s = String(n)
  return s.includes('e') ? null : s
}
/* 'same', 'close' (numbers equal but for a double's rounding) or 'different'. */
export function compare(o, t) {
  if (o.k !== t.k) return 'different'
  switch (o.k) {
    case 'number': {
      if (plain(t.v) === o.v) return 'same'
      const x = Number(o.v)
      return Math.abs(x - t.v) <= 1e-9 * Math.max(Math.abs(x), Math.abs(t.v), 1e-300) || Math.abs(x - t.v) < 1e-12 ? 'close' : 'different'
    }
    case 'list': return o.v.length === t.v.length ? worst(o.v.map((x, i) => compare(x, t.v[i]))) : 'different'
    case 'context': {
      const keys = Object.keys(o.v)
      if (keys.length !== Object.keys(t.v).length) return 'different'
      return worst(keys.map((k) => (k in t.v ? compare(o.v[k], t.v[k]) : 'different')))
    }
    case 'duration': return o.months === t.months && Math.abs(o.seconds - t.seconds) < 1 ? 'same' : 'different'
    case 'date and time': return o.utc === t.utc && o.zoned === t.zoned ? 'same' : 'different'
    case 'null': case 'function': case 'range': return 'same'
    default: return o.v === t.v ? 'same' : 'different'
  }
}
const worst = (list) => (list.includes('different') ? 'different' : list.includes('close') ? 'close' : 'same')

/* FEEL text of a value of ours; null where there is none. */
export function literal(o) {
  switch (o.k) {
    case 'null': return 'null'
    case 'boolean': return String(o.v)
    case 'number': return o.v.startsWith('-') ? `(${o.v})` : o.v
    case 'string': return JSON.stringify(o.v)
    case 'date': return `date("${o.v}")`
    case 'time': return `time("${o.v}")`
    case 'date and time': return `date and time("${o.v}")`
    case 'duration': {
      const n = o.days ? o.seconds : o.months
      return `duration("${n < 0 ? '-' : ''}${o.days ? `PT${Math.abs(n)}S` : `P${Math.abs(n)}M`}")`
    }
    case 'list': { const items = o.v.map(literal); return items.includes(null) ? null : `[${items.join(', ')}]` }
    case 'context': { const items = Object.entries(o.v).map(([k, v]) => [k, literal(v)]); return items.some(([, v]) => v === null) ? null : `{${items.map(([k, v]) => `${JSON.stringify(k)}: ${v}`).join(', ')}}` }
    default: return null
  }
}
