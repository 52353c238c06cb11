// Shapes of /studio/decisions, and what the pages of a decision share.
import type { Json, MaybeText, ProblemItem, Text } from '@/api/types'
import { locale, tx } from '@/lib/text'

export interface Who { id: string; name: string }
export interface Version { hash: string; valid_from: string; valid_to: string | null; published_at: string | null; published_by: Who | null; in_force: boolean }
export interface Column { id: string; label: Text; text: string; type: string; output: boolean; choices: string[] }
export interface Rule { id: string; index: number; text: Text | null; cells: string[] }
export interface Table { id: string; name: string; title: Text; file: string; kind: string; requires: string[]; policy?: string; aggregation?: string; columns?: Column[]; rules?: Rule[]; text?: string }
export interface Input { name: string; label: Text; type: string; choices: string[] }
export interface Model { inputs: Input[]; decisions: Table[] }
export interface Hit { decision: string; rule: string; index: number }
export interface Because extends Hit { title: Text; text: Text | null; because: Text; conditions: { label: Text; test: Text; value: Text }[]; outputs: { label: Text; value: Text }[] }
export interface Trial { values: Record<string, Json>; result: Json; hits: Hit[]; because: Because[]; case?: string; was?: Json; was_hits?: Hit[]; same?: boolean }
export interface Example { file: string; index: number; title: Text | null; good: boolean; input: Record<string, Json>; expected: Json; found: Json; hits: Hit[]; missing: string[] }
export interface Check { good: boolean; problems: ProblemItem[]; examples: Example[]; model: Model; hash: string; rev?: number; saved_at?: string }
export interface Comparison { id: string; hash: string; state: 'running' | 'done' | 'failed'; at: string; purpose: string; asked_by: Who; total: number; chosen: number; done: number; changed: number; same: number; unreadable: number; cases: { number: string; was: Hit[]; now: Hit[] }[] }
export interface Change { kind: string; decision?: string; title?: Text; rule?: string; index?: number; was_index?: number; text?: Text | null; cells?: string[]; changed?: { label: Text | null; was: string; now: string }[]; parts?: string[]; member?: string; was?: Json; now?: Json }
export interface Publication { id: string; hash: string; asked_by: Who; at: string; state: string; rejected_by: { id: string; name: string } | null; rejected_at: string | null; reason: string | null; released_by: Who | null; released_at: string | null; report: { comparison: Comparison; examples: number; changes: Change[] | null; before: string | null } | null }
/** A source that is not confirmed was taken from memory or second hand, or set for the demonstration; rules rest on it. */
export interface Source { zh: string; en: string; confirmed?: boolean; rules?: string[] }
export interface Entry { key: string; name: MaybeText; decides: MaybeText; department: { code: string; name: MaybeText } | null; source: Source[] | null; valid_from: string | null; valid_to: string | null; systems?: string[] | null }
export interface Card extends Entry { in_force: Version | null; draft: { rev: number; saved_by: Who; saved_at: string } | null; waiting: Publication | null; state: string }
export interface Full extends Entry { versions: Version[]; publications: Publication[]; draft: Card['draft']; files: Record<string, string>; model: Model; used_by: { code: string; name: MaybeText }[]; comparison: Comparison | null }
export type Files = Record<string, string>

/** decision.json of the files, or {} while it cannot be read. */
export function entryOf(files: Files): Record<string, any> {
  try {
    return JSON.parse(files['decision.json'] ?? '{}') as Record<string, any>
  } catch {
    return {}
  }
}
export const unconfirmed = (source: Source[] | null | undefined): Source[] => (Array.isArray(source) ? source : []).filter((s) => s.confirmed === false)
/** Ids of the rules that rest on sources which nobody has confirmed. */
export const unconfirmedRules = (files: Files): Set<string> => new Set(unconfirmed(entryOf(files).source as Source[]).flatMap((s) => s.rules ?? []))
/** What a coded value is called: "first" is the only home. */
export function labelOf(files: Files, value: unknown): string {
  const label = (entryOf(files).labels ?? {})[String(value)] as Text | undefined
  return label ? tx(label) : String(value)
}
/** The id at the end of a problem's place, "taxes.dmn:571#table_income". */
export const placeOf = (p: ProblemItem): string => (p.field?.split('#').pop() ?? '').split('/')[0] ?? ''
export const policyKey = (t: Table): string => (t.aggregation ? 'COLLECT_' + t.aggregation : (t.policy ?? 'UNIQUE').replace(' ', '_'))
/** A cell as people read it. */
export function cellText(files: Files, cell: string): string {
  if (cell === '' || cell === '-') return '–'
  return cell
    .replace(/date\("([^"]+)"\)/g, '$1')
    .replace(/<=/g, '≤')
    .replace(/>=/g, '≥')
    .replace(/"([^"]*)"/g, (_, s: string) => labelOf(files, s))
    .replace(/\btrue\b/g, locale.value === 'en' ? 'yes' : '是')
    .replace(/\bfalse\b/g, locale.value === 'en' ? 'no' : '否')
    .replace(/\bnull\b/g, locale.value === 'en' ? 'not given' : '未提供')
}
/** A value as people read it; members of an object one by one. */
export function valueRows(files: Files, v: Json): { label: string; text: string }[] {
  const say = (x: unknown): string => {
    if (x === null || x === undefined) return locale.value === 'en' ? 'none' : '无'
    if (typeof x === 'boolean') return locale.value === 'en' ? (x ? 'yes' : 'no') : x ? '是' : '否'
    return typeof x === 'object' ? JSON.stringify(x) : typeof x === 'string' ? labelOf(files, x) : String(x)
  }
  if (v && typeof v === 'object' && !Array.isArray(v)) return Object.entries(v).map(([k, x]) => ({ label: labelOf(files, k), text: say(x) }))
  return [{ label: '', text: say(v) }]
}
