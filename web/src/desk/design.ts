// Shapes of /studio/designs, and what the parts of the designer share.
import type { MaybeText, ProblemItem, Text } from '@/api/types'
import { say, sayIfKnown } from '@/i18n'

export type Files = Record<string, string>
export interface Who { id: string; name: string }
export interface Waiting { id: string; hash: string; asked_by: Who; at: string; state: string; approved_by: Who | null; approved_at: string | null; rejected_by: Who | null; rejected_at: string | null; reason: string | null }
export interface DesignCard { code: string; name: MaybeText; department: { code: string; name: MaybeText } | null; hash: string | null; draft: { rev: number; saved_by: Who; saved_at: string; base: string } | null; waiting: Waiting | null }
export interface Design extends DesignCard { versions: { hash: string; published_at: string | null; current: boolean }[]; publications: Waiting[]; files: Files; published: Files | null }
export interface Options {
  departments: { code: string; name: Text }[]
  verbs: { key: string; name: Text; kind: 'local' | 'job'; input: { properties?: Record<string, { type?: unknown; description?: MaybeText; title?: MaybeText }>; required?: string[] } | null; double: boolean }[]
  decisions: { key: string; name: Text }[]
  services: { code: string; name: Text }[]
}
export interface Note { text: MaybeText }
export interface Checked { good: boolean; problems: (ProblemItem & { path?: string[] })[]; notes?: Note[] }

export const kindWord = (kind: string): string => sayIfKnown(`ds.kinds.${kind}`) || say('ds.kinds.other')
export function parsed<T = Record<string, any>>(text: string | undefined): T | null {
  try {
    return JSON.parse(text ?? '') as T
  } catch {
    return null
  }
}
export const written = (v: unknown): string => JSON.stringify(v, null, 2) + '\n'

/** Decisions of the folder's own tables. */
export function ownDecisions(files: Files): { key: string; name: string; file: string }[] {
  const out: { key: string; name: string; file: string }[] = []
  for (const [file, text] of Object.entries(files)) {
    if (!file.endsWith('.dmn')) continue
    const doc = new DOMParser().parseFromString(text, 'application/xml')
    for (const d of doc.getElementsByTagNameNS('*', 'decision')) out.push({ key: d.getAttribute('id') ?? '', name: d.getAttribute('label') || d.getAttribute('name') || '', file })
  }
  return out.filter((d) => d.key)
}
/** "process.bpmn:12#task1" → {file, id}; "form.json#/properties/name" → {file, pointer}. */
export function placeOf(p: ProblemItem): { file: string; id: string; pointer: string } {
  const [where = '', at = ''] = (p.field ?? '').split('#')
  const file = where.replace(/:\d+$/, '')
  return at.startsWith('/') ? { file, id: '', pointer: at } : { file, id: at.split('/')[0] ?? '', pointer: '' }
}
export const OUTCOMES = ['accept', 'correct', 'refuse', 'approve', 'reject', 'return', 'done', 'submit', 'confirm'] as const
export const ENDS = ['approved', 'refused', 'rejected', 'withdrawn'] as const
export const TASK_KINDS = ['acceptance', 'handle', 'review', 'sign', 'cosign', 'fill', 'window'] as const
export const ROLES = ['handler', 'reviewer', 'signer', 'head', 'window'] as const
