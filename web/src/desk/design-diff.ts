// What differs between two folders of a service, in words: elements of the process, questions of forms, members of the entry, other files.
import { reactive } from 'vue'
import type { Schema } from '@/api/types'
import { say, sayIfKnown } from '@/i18n'
import { tx } from '@/lib/text'
import { kindWord, parsed, type Files } from './design'
import { nodeAt, questionsOf } from './form-edit'

export interface Detail { label: string; was: string; now: string }
export interface Difference { part: 'process' | 'form' | 'entry' | 'files'; kind: 'added' | 'removed' | 'changed'; what: string; id: string; details: Detail[] }
type Thing = { what: string; facts: Record<string, string> }

const TB = 'urn:tongban:bpmn:1'
const PARTS = /^(script|conditionExpression|timeDuration|timeDate|timeCycle|completionCondition|loopCondition|condition|activationCondition)$/
const text = (v: unknown): string => {
  if (v === undefined || v === null) return ''
  if (typeof v === 'boolean') return say(v ? 'form.yes' : 'form.no')
  if (typeof v !== 'object') return String(v)
  const o = v as Record<string, unknown>
  if (typeof o.n === 'number' && typeof o.unit === 'string') return `${say(`clock.n.${o.unit}`, { n: o.n })}${o.source ? ` (${tx(o.source)})` : ''}`
  if (typeof o.zh === 'string' && Object.keys(o).every((k) => k === 'zh' || k === 'en')) return `${o.zh} / ${String(o.en ?? '')}`
  return JSON.stringify(v)
}

/** Departments by their code, once the page knows them. */
export const departmentNames = reactive(new Map<string, unknown>())
/** What an attribute says, as the panel says it. */
function inWords(name: string, value: string): string {
  if (name === 'kind') return sayIfKnown(`ds.task.${value}`) || value
  if (name === 'role') return sayIfKnown(`role.${value}`) || value
  if (name === 'department') return tx(departmentNames.get(value)) || value
  if (name === 'outcomes') return value.split(',').map((o) => sayIfKnown(`ds.outcome.${o.trim()}`) || o.trim()).join(say('listSep'))
  const clock = /^(\d+)(wd|wh|d|h)$/.exec(value)
  if (name === 'clock' && clock) return say(`clock.n.${{ wd: 'working_day', wh: 'working_hour', d: 'calendar_day', h: 'hour' }[clock[2]!]}`, { n: Number(clock[1]) })
  return value
}

function processThings(xml: string | undefined): Map<string, Thing> {
  const out = new Map<string, Thing>()
  if (!xml) return out
  const doc = new DOMParser().parseFromString(xml, 'application/xml')
  const name = (id: string) => [...doc.getElementsByTagNameNS('*', '*')].find((e) => e.getAttribute('id') === id)?.getAttribute('name') || id
  for (const process of doc.getElementsByTagNameNS('*', 'process'))
    for (const e of [process, ...process.getElementsByTagNameNS('http://www.omg.org/spec/BPMN/20100524/MODEL', '*')]) {
      const id = e.getAttribute('id')
      if (!id || !/(Task|^task|Event|Gateway|callActivity|ubProcess|transaction|sequenceFlow|process)$/.test(e.localName)) continue
      const facts: Record<string, string> = {}
      for (const a of e.attributes) if (a.namespaceURI === TB || ['name', 'default', 'attachedToRef', 'calledElement', 'cancelActivity', 'sourceRef', 'targetRef'].includes(a.name)) facts[a.localName] = /Ref$|^default$/.test(a.localName) ? name(a.value) : inWords(a.localName, a.value)
      const visit = (parent: Element) => {
        for (const c of parent.children) {
          if (c.namespaceURI === TB) facts[`${c.localName} ${c.getAttribute('name')}`] = c.getAttribute('value') ?? ''
          else if (PARTS.test(c.localName)) facts[c.localName] = (c.textContent ?? '').trim()
          if (!c.getAttribute('id') || /EventDefinition|LoopCharacteristics|extensionElements/.test(c.localName)) visit(c)
        }
      }
      visit(e)
      const flow = e.localName === 'sequenceFlow'
      out.set(id, { what: flow ? say('ds.diff.flow', { from: name(e.getAttribute('sourceRef') ?? ''), to: name(e.getAttribute('targetRef') ?? '') }) : `${kindWord(e.localName[0]!.toUpperCase() + e.localName.slice(1))} ${e.getAttribute('name') || id}`, facts })
    }
  return out
}
function formThings(json: string | undefined): Map<string, Thing> {
  const out = new Map<string, Thing>()
  const schema = parsed<Schema>(json)
  if (!schema) return out
  for (const q of questionsOf(schema)) {
    const node = { ...((nodeAt(schema, q.path) ?? {}) as Record<string, unknown>) }
    if (q.field.kind === 'group') delete node.properties
    if (q.field.kind === 'rows') delete node.items
    delete node.required
    const facts = Object.fromEntries(Object.entries(node).map(([k, v]) => [k, text(v)]))
    if (q.field.required) facts.required = text(true)
    out.set(q.pointer, { what: q.field.title, facts })
  }
  return out
}
function entryThings(json: string | undefined): Map<string, Thing> {
  const out = new Map<string, Thing>()
  for (const [k, v] of Object.entries(parsed(json) ?? {})) {
    const label = sayIfKnown(`ds.e.${k}`) || sayIfKnown(`ds.e.list.${k}`) || k
    if (!Array.isArray(v)) out.set(k, { what: label, facts: { value: text(v) } })
    else
      v.forEach((x, i) => {
        const o = x as Record<string, unknown>
        const id = typeof x === 'object' ? String(o.code ?? o.key ?? tx(o.name) ?? i) || String(i) : String(x)
        out.set(`${k}/${typeof x === 'object' && !o.code && !o.key ? i : id}`, { what: `${label}: ${typeof x === 'object' ? tx(o.name) || tx(x) || id : id}`, facts: typeof x === 'object' && !('zh' in (x as object)) ? Object.fromEntries(Object.entries(o).map(([m, y]) => [m, text(y)])) : { value: text(x) } })
      })
  }
  return out
}
function compare(part: Difference['part'], was: Map<string, Thing>, now: Map<string, Thing>, prefix = ''): Difference[] {
  const out: Difference[] = []
  const label = (k: string) => sayIfKnown(`ds.attr.${k.split(' ')[0]}`) + (k.includes(' ') ? ` ${k.split(' ')[1]}` : '') || k
  for (const [id, t] of was) if (!now.has(id)) out.push({ part, kind: 'removed', what: prefix + t.what, id, details: [] })
  for (const [id, t] of now) {
    const before = was.get(id)
    if (!before) {
      out.push({ part, kind: 'added', what: prefix + t.what, id, details: Object.entries(t.facts).filter(([k, v]) => v && k !== 'name').map(([k, v]) => ({ label: label(k), was: '', now: v })) })
      continue
    }
    const details = [...new Set([...Object.keys(before.facts), ...Object.keys(t.facts)])].filter((k) => (before.facts[k] ?? '') !== (t.facts[k] ?? '')).map((k) => ({ label: label(k), was: before.facts[k] ?? '', now: t.facts[k] ?? '' }))
    if (details.length) out.push({ part, kind: 'changed', what: prefix + t.what, id, details })
  }
  return out
}

export function differences(was: Files, now: Files): Difference[] {
  const out = [...compare('process', processThings(was['process.bpmn']), processThings(now['process.bpmn'])), ...compare('form', formThings(was['form.json']), formThings(now['form.json'])), ...compare('entry', entryThings(was['service.json']), entryThings(now['service.json']))]
  const files = [...new Set([...Object.keys(was), ...Object.keys(now)])].sort()
  for (const f of files) {
    if (f.startsWith('forms/')) out.push(...compare('form', formThings(was[f]), formThings(now[f]), `${f}: `))
    else if (!['process.bpmn', 'form.json', 'service.json'].includes(f) && was[f] !== now[f]) out.push({ part: 'files', kind: !(f in was) ? 'added' : !(f in now) ? 'removed' : 'changed', what: f, id: f, details: [] })
  }
  return out
}
