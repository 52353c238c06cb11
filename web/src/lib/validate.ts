// Hints while filling in: JSON Schema 2020-12 by an interpreter (no eval, so the content policy stays strict), plus
// check digits. Messages are about what to do. The server judges again and its problems are shown the same way.
import { Validator, type OutputUnit } from '@cfworker/json-schema'
import type { Data, Json, Schema } from '@/api/types'
import { allFields, isVisible, pruned, resolve, type Field } from './form'
import { checkIdentifier } from './identifier'
import { read } from './pointer'

export interface Fault {
  pointer: string
  code: string
  values: Record<string, unknown>
}

const NESTING = new Set(['properties', 'items', 'prefixItems', 'allOf', 'anyOf', 'oneOf', '$ref', 'if', 'then', 'else', 'dependentSchemas', 'additionalProperties', 'unevaluatedProperties', 'false'])

function limitOf(schema: Schema, keywordLocation: string): unknown {
  return read(schema as unknown as Json, keywordLocation.replace(/^#/, '').split('/').map((p) => decodeURIComponent(p)).join('/'))
}

function missing(unit: OutputUnit): Fault | null {
  const name = /"((?:[^"\\]|\\.)+)"\.?$/.exec(unit.error)?.[1]
  return name ? { pointer: `${bare(unit.instanceLocation)}/${name}`, code: 'required', values: {} } : null
}
const bare = (location: string) => location.replace(/^#/, '')

function faultOf(schema: Schema, unit: OutputUnit): Fault | null {
  if (NESTING.has(unit.keyword)) return null
  if (unit.keyword === 'required' || unit.keyword === 'dependentRequired') return missing(unit)
  const oneOfList = unit.keyword === 'const' && /\/(oneOf|anyOf)\//.test(unit.keywordLocation)
  return { pointer: bare(unit.instanceLocation), code: oneOfList ? 'enum' : unit.keyword, values: { limit: limitOf(schema, unit.keywordLocation) } }
}

function identifierFaults(root: Schema, data: Data): Fault[] {
  const out: Fault[] = []
  const visit = (f: Field, pointer: string) => {
    const value = read(data, pointer)
    const kind = f.schema['x-identifier']
    if (typeof kind === 'string' && typeof value === 'string' && value && checkIdentifier(kind, value) === false)
      out.push({ pointer, code: 'identifier', values: { kind } })
    if (f.kind === 'rows' && Array.isArray(value)) value.forEach((_, i) => f.children.forEach((c) => visit(c, `${pointer}/${i}/${c.key}`)))
    if (f.kind === 'group') f.children.forEach((c) => visit(c, `${pointer}/${c.key}`))
  }
  allFields(root).forEach((f) => visit(f, f.pointer))
  return out
}

const hiddenBy = (root: Schema, data: Data): string[] => {
  const out: string[] = []
  const visit = (f: Field) => {
    if (!isVisible(f, data)) out.push(f.pointer)
    else if (f.kind === 'group') f.children.forEach(visit)
  }
  allFields(root).forEach(visit)
  return out
}

/** Every fault of the data, at most one per place, in the order of the form. */
export function faults(root: Schema, data: Data): Fault[] {
  const clean = pruned(root, data)
  const result = new Validator(resolve(root, root) as object, '2020-12', false).validate(clean)
  const hidden = hiddenBy(root, data)
  const order = new Map(flat(root).map((p, i) => [p, i]))
  const rowsOf = (f: Fault) => Number(/\/(\d+)(?=\/|$)/.exec(f.pointer)?.[1] ?? 0)
  const seen = new Set<string>()
  const rank = (f: Fault) => order.get(f.pointer.replace(/\/\d+(?=\/|$)/g, '/*')) ?? 1e6
  return [...result.errors.map((u) => faultOf(root, u)), ...identifierFaults(root, clean)]
    .filter((f): f is Fault => f !== null && !hidden.some((h) => f.pointer === h || f.pointer.startsWith(h + '/')))
    .sort((a, b) => rank(a) - rank(b) || rowsOf(a) - rowsOf(b))
    .filter((f) => !seen.has(f.pointer) && seen.add(f.pointer))
}
function flat(root: Schema): string[] {
  const out: string[] = []
  const visit = (f: Field) => {
    out.push(f.pointer)
    f.children.forEach(visit)
  }
  allFields(root).forEach(visit)
  return out
}

/** The message for a fault, in the page's language. */
export function faultText(f: Fault, field: Field | null, say: (key: string, values?: Record<string, unknown>) => string): string {
  const title = field?.title ?? ''
  const chosen = field && ['choice', 'many', 'yesno'].includes(field.kind)
  const filed = field && ['file', 'files'].includes(field.kind)
  if (f.code === 'required' || (f.code === 'minLength' && Number(f.values.limit) <= 1))
    return say(filed ? 'fault.requiredFile' : chosen ? 'fault.requiredChoice' : 'fault.required', { title })
  if (f.code === 'const' && field?.kind === 'agree') return say('fault.agree')
  if (f.code === 'identifier') return say(f.values.kind === 'uscc' || f.values.kind === 'resident_id' ? `fault.${f.values.kind}` : 'fault.identifier', { title })
  if (f.code === 'format') return say(['date', 'email', 'time', 'uri'].includes(String(f.values.limit)) ? `fault.format_${String(f.values.limit)}` : 'fault.format', { title })
  const known = ['minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minItems', 'maxItems', 'uniqueItems', 'pattern', 'enum', 'type']
  return say(known.includes(f.code) ? `fault.${f.code}` : 'fault.other', { title, limit: f.values.limit })
}
