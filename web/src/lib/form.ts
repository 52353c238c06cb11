// A form as the wizard sees it: fields with their kind of control, gathered into pages by x-group.
// Same keywords as the server's forms: JSON Schema 2020-12 plus x-identifier, x-prefill, x-visible, x-readonly, x-attachment, x-personal, x-group.
import type { Data, Json, Schema } from '@/api/types'
import { sayIfKnown } from '@/i18n'
import { visible } from './feel'
import { fullDay } from './format'
import { join, read, write } from './pointer'
import { tx } from './text'

export type Kind = 'text' | 'long' | 'number' | 'date' | 'time' | 'choice' | 'many' | 'yesno' | 'agree' | 'file' | 'files' | 'group' | 'rows' | 'list'
export interface Field {
  pointer: string // in the schema; items of rows use "*"
  key: string
  kind: Kind
  schema: Schema
  title: string
  hint: string
  required: boolean
  readonly: boolean
  children: Field[]
}
export interface FormPage {
  key: string
  title: string
  fields: Field[]
}
export interface AttachmentRule {
  types?: string[]
  max_bytes?: number
  material?: string
}

export function resolve(root: Schema, schema: Schema | undefined): Schema {
  let s = schema ?? {}
  for (let i = 0; i < 8 && typeof s.$ref === 'string'; i++) {
    const { $ref, ...beside } = s
    if (!$ref!.startsWith('#')) return s
    const target = read(root as unknown as Json, $ref!.slice(1)) as unknown as Schema | undefined
    if (!target) return s
    s = { ...target, ...beside }
  }
  return s
}

export const attachmentRule = (s: Schema): AttachmentRule | null => (s['x-attachment'] as AttachmentRule | undefined) ?? null
const typeOf = (s: Schema): string => (Array.isArray(s.type) ? s.type.find((t) => t !== 'null') : s.type) ?? (s.properties ? 'object' : s.items ? 'array' : 'string')

function kindOf(root: Schema, s: Schema): Kind {
  if (attachmentRule(s)) return typeOf(s) === 'array' ? 'files' : 'file'
  const type = typeOf(s)
  if (type === 'object') return 'group'
  if (type === 'array') {
    const item = resolve(root, s.items)
    if (attachmentRule(item)) return 'files'
    if (typeOf(item) === 'object') return 'rows'
    return choices(root, item).length ? 'many' : 'list'
  }
  if (type === 'boolean') return s.const === true ? 'agree' : 'yesno'
  if (choices(root, s).length) return 'choice'
  if (type === 'number' || type === 'integer') return 'number'
  if (s.format === 'date') return 'date'
  if (s.format === 'time') return 'time'
  return (s.maxLength as number | undefined) && (s.maxLength as number) > 120 ? 'long' : 'text'
}

export interface Choice {
  value: Json
  label: string
  hint: string
}
/** Alternatives of a field: oneOf/anyOf of const with title, or enum (with x-labels when the values are codes). */
export function choices(root: Schema, schema: Schema): Choice[] {
  const s = resolve(root, schema)
  const list = (s.oneOf ?? (s.anyOf as Schema[] | undefined)) as Schema[] | undefined
  if (list?.length && list.every((o) => 'const' in o))
    return list.map((o) => ({ value: o.const as Json, label: tx(o.title) || String(o.const), hint: tx(o.description) }))
  if (!Array.isArray(s.enum)) return []
  const labels = s['x-labels'] ?? s['x-enum-titles'] ?? s['x-titles']
  return s.enum.map((v, i) => {
    const own = Array.isArray(labels) ? labels[i] : labels && typeof labels === 'object' ? (labels as Record<string, unknown>)[String(v)] : undefined
    return { value: v as Json, label: tx(own) || (typeof v === 'string' && sayIfKnown(`value.${v}`)) || String(v), hint: '' }
  })
}

function fieldOf(root: Schema, schema: Schema, at: string[], required: boolean): Field {
  const s = resolve(root, schema)
  const kind = kindOf(root, s)
  const children = kind === 'group' ? childrenOf(root, s, at) : kind === 'rows' ? childrenOf(root, resolve(root, s.items), [...at, '*']) : []
  return {
    pointer: join(at),
    key: at[at.length - 1] ?? '',
    kind,
    schema: s,
    title: tx(s.title) || (at[at.length - 1] ?? ''),
    hint: tx(s.description),
    required,
    readonly: s['x-readonly'] === true || s.readOnly === true,
    children,
  }
}
function childrenOf(root: Schema, s: Schema, at: string[]): Field[] {
  const required = new Set(s.required ?? [])
  return Object.entries(s.properties ?? {}).map(([name, child]) => fieldOf(root, child, [...at, name], required.has(name)))
}

export const allFields = (root: Schema): Field[] => childrenOf(root, resolve(root, root), [])

const groupOf = (s: Schema): string => {
  const g = s['x-group']
  return typeof g === 'string' || typeof g === 'number' ? String(g) : g ? tx(g) : ''
}
const hasGroups = (f: Field): boolean => f.kind === 'group' && !groupOf(f.schema) && f.children.some((c) => groupOf(c.schema) || hasGroups(c))

/** Pages in the order of first appearance. A group of fields without x-group whose members have one is taken apart. */
export function pagesOf(root: Schema): FormPage[] {
  const pages = new Map<string, FormPage>()
  const titles = (resolve(root, root)['x-groups'] ?? {}) as Record<string, unknown> | { key?: string; id?: string; title?: unknown }[]
  const titleOf = (key: string): string => {
    const found = Array.isArray(titles) ? titles.find((g) => (g.key ?? g.id) === key) : titles[key]
    return tx(found) || (/^[a-z]\w*$/.test(key) ? sayIfKnown(`group.${key}`) : key)
  }
  const add = (f: Field) => {
    if (hasGroups(f)) return f.children.forEach(add)
    const own = groupOf(f.schema)
    const key = own || f.pointer
    const page = pages.get(key) ?? { key, title: own ? titleOf(own) : f.title, fields: [] }
    page.fields.push(f)
    pages.set(key, page)
  }
  allFields(root).forEach(add)
  for (const p of pages.values()) p.title ||= p.fields.slice(0, 3).map((f) => f.title).join(' · ') // a key nobody has named
  return [...pages.values()]
}

/** What one row of a list is called: the items' own title, else the list's without a remark in brackets at its end. */
export const itemName = (root: Schema, f: Field): string => tx(resolve(root, f.schema.items).title) || f.title.replace(/\s*[（(][^（()）]*[)）]\s*$/, '')
export const isVisible = (f: Field, data: Data): boolean => visible(f.schema['x-visible'], data)
export const visiblePages = (pages: FormPage[], data: Data): FormPage[] => pages.filter((p) => p.fields.some((f) => isVisible(f, data)))

/** The data with the schema's defaults where nothing is answered yet. */
export function withDefaults(root: Schema, data: Data): Data {
  let out = data
  const visit = (f: Field, pointer: string) => {
    if (f.kind === 'group') return f.children.forEach((c) => visit(c, `${pointer}/${c.key}`))
    if (f.schema.default !== undefined && read(out, pointer) === undefined) out = write(out, pointer, f.schema.default as Json)
  }
  allFields(root).forEach((f) => visit(f, f.pointer))
  return out
}

/** What is sent: values of hidden fields and empty leaves are left out. */
export function pruned(root: Schema, data: Data): Data {
  let out = data
  const visit = (f: Field, pointer: string) => {
    if (!isVisible(f, data)) {
      if (read(out, pointer) !== undefined) out = write(out, pointer, undefined)
      return
    }
    const value = read(out, pointer)
    if (f.kind === 'group') {
      f.children.forEach((c) => visit(c, `${pointer}/${c.key}`))
      const left = read(out, pointer)
      if (left && typeof left === 'object' && !Object.keys(left).length && !f.required) out = write(out, pointer, undefined)
    } else if (f.kind === 'rows' && Array.isArray(value)) {
      value.forEach((_, i) => f.children.forEach((c) => visit(c, `${pointer}/${i}/${c.key}`)))
    } else if (f.kind === 'list' && Array.isArray(value)) {
      const kept = value.filter((v) => v !== '' && v !== null)
      if (kept.length !== value.length) out = write(out, pointer, kept.length ? kept : undefined)
    } else if (value === '' || value === null) out = write(out, pointer, undefined)
  }
  allFields(root).forEach((f) => visit(f, f.pointer))
  return out
}

/** The field that a pointer into the data leads to, and the page it is on. */
export function locate(pages: FormPage[], pointer: string): { page: FormPage; field: Field } | null {
  const generic = pointer.replace(/\/\d+(?=\/|$)/g, '/*')
  let best: { page: FormPage; field: Field; length: number } | null = null
  const look = (page: FormPage, f: Field) => {
    if ((generic === f.pointer || generic.startsWith(f.pointer + '/')) && f.pointer.length > (best?.length ?? -1))
      best = { page, field: f, length: f.pointer.length }
    f.children.forEach((c) => look(page, c))
  }
  for (const p of pages) p.fields.forEach((f) => look(p, f))
  return best
}
/** A page-safe id for the control of a data pointer. */
export const idOf = (pointer: string): string => 'f' + pointer.replace(/[^A-Za-z0-9]+/g, '-')

/** A value as people read it, for "check your answers" and the desk. */
export function shown(root: Schema, f: Field, value: Json | undefined, say: (key: string) => string): string {
  if (value === undefined || value === null || value === '') return ''
  if (f.kind === 'yesno' || f.kind === 'agree') return say(value === true ? 'form.yes' : 'form.no')
  if (f.kind === 'choice') return choices(root, f.schema).find((c) => c.value === value)?.label ?? String(value)
  if (f.kind === 'many' && Array.isArray(value)) {
    const list = choices(root, resolve(root, f.schema.items))
    return value.map((v) => list.find((c) => c.value === v)?.label ?? String(v)).join('、')
  }
  if (Array.isArray(value)) return value.map((v) => (typeof v === 'object' ? JSON.stringify(v) : String(v))).join('、')
  if (f.kind === 'date' && typeof value === 'string') return fullDay(value)
  if (typeof value === 'number' && Math.abs(value) >= 10000) return value.toLocaleString('en-US')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
