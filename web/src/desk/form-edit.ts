// A form as its designer sees it: questions in order, each with the place of its schema in the file.
import type { Schema } from '@/api/types'
import { allFields, type Field, type Kind } from '@/lib/form'

export interface Question { field: Field; pointer: string; path: string[]; depth: number; parent: string[]; key: string }

// "/shareholders/[star]/name" is properties, shareholders, items, properties, name.
export const pathOf = (pointer: string): string[] => pointer.split('/').slice(1).flatMap((s) => (s === '*' ? ['items'] : ['properties', s]))
export function questionsOf(root: Schema): Question[] {
  const out: Question[] = []
  const visit = (f: Field, depth: number) => {
    const path = pathOf(f.pointer)
    out.push({ field: f, pointer: f.pointer, path, depth, parent: path.slice(0, -2), key: f.key })
    f.children.forEach((c) => visit(c, depth + 1))
  }
  allFields(root).forEach((f) => visit(f, 0))
  return out
}
export const nodeAt = (root: any, path: string[]): any => path.reduce((n, k) => n?.[k], root)
/** A copy in which the node at the path is what `change` makes of it. */
export function edited<T>(root: T, path: string[], change: (node: any) => any): T {
  const copy = structuredClone(root) as any
  if (!path.length) return change(copy) ?? copy
  const parent = nodeAt(copy, path.slice(0, -1))
  const last = path[path.length - 1]!
  parent[last] = change(parent[last]) ?? parent[last]
  return copy
}

export const KINDS: Kind[] = ['text', 'long', 'number', 'date', 'time', 'choice', 'many', 'yesno', 'agree', 'file', 'group', 'rows', 'list']
const bi = () => ({ zh: '选项一', en: 'First choice' })
/** What makes a question of that kind; title, help, prefill and the like stay as they are. */
export function shapeOf(kind: Kind): Record<string, unknown> {
  switch (kind) {
    case 'long': return { type: 'string', maxLength: 1000 }
    case 'number': return { type: 'number' }
    case 'date': return { type: 'string', format: 'date' }
    case 'time': return { type: 'string', format: 'time' }
    case 'choice': return { type: 'string', oneOf: [{ const: 'first', title: bi() }] }
    case 'many': return { type: 'array', uniqueItems: true, items: { type: 'string', oneOf: [{ const: 'first', title: bi() }] } }
    case 'yesno': return { type: 'boolean' }
    case 'agree': return { type: 'boolean', const: true }
    case 'file': case 'files': return { type: 'string', 'x-attachment': { types: ['pdf', 'jpeg', 'png'], max_bytes: 5000000 } }
    case 'group': return { type: 'object', additionalProperties: false, properties: {} }
    case 'rows': return { type: 'array', items: { type: 'object', additionalProperties: false, properties: {} } }
    case 'list': return { type: 'array', items: { type: 'string', maxLength: 100 } }
    default: return { type: 'string', maxLength: 60 }
  }
}
const SHAPE = ['type', 'format', 'oneOf', 'anyOf', 'enum', 'const', 'items', 'properties', 'uniqueItems', 'maxLength', 'minLength', 'minimum', 'maximum', 'x-attachment', 'additionalProperties', 'required', 'x-labels', '$ref']
export function asKind(node: Record<string, unknown>, kind: Kind): Record<string, unknown> {
  return { ...Object.fromEntries(Object.entries(node).filter(([k]) => !SHAPE.includes(k))), ...shapeOf(kind) }
}
/** Where values come from that the city knows already. */
export const PREFILLS = ['applicant.name', 'applicant.id_number', 'applicant.birth', 'applicant.gender', 'applicant.phone', 'applicant.email', 'applicant.address', 'enterprise.name', 'enterprise.uscc', 'enterprise.address', 'enterprise.legal_representative'] as const
export const IDENTIFIERS = ['resident_id', 'uscc'] as const
/** Properties renamed in place, so that the order of the questions stays. */
export const renamed = (o: Record<string, unknown>, from: string, to: string) => Object.fromEntries(Object.entries(o).map(([k, v]) => [k === from ? to : k, v]))
export function moved(o: Record<string, unknown>, key: string, by: number): Record<string, unknown> {
  const keys = Object.keys(o)
  const at = keys.indexOf(key)
  const to = at + by
  if (at < 0 || to < 0 || to >= keys.length) return o
  keys.splice(to, 0, keys.splice(at, 1)[0]!)
  return Object.fromEntries(keys.map((k) => [k, o[k]]))
}
