// Shapes of publications (docs/api.md).
import type { Text } from './types'

export const KINDS = ['interpretation', 'case', 'notice'] as const
export type Kind = (typeof KINDS)[number]
export interface OwnText { zh: string; en?: string } // English may be missing
export interface Department { code: string; name: Text }
export interface NewsItem {
  key: string
  kind: Kind
  title: OwnText
  summary?: OwnText
  department: Department
  number: string | null
  date: string
  areas: number[]
  validity: 'pending' | 'in_force' | 'expired' | null
  chinese_only: boolean
  released_at: string | null
  corrected_at: string | null
}
export interface NewsFile { sha256: string; name: string; type?: string; size?: number }
export interface NewsPiece extends NewsItem {
  body?: OwnText
  services?: { code: string; name: Text }[]
  laws?: OwnText[]
  valid_from?: string | null
  valid_to?: string | null
  attachments?: NewsFile[]
  history: { at: string; note: OwnText | null }[]
  withdrawn: { at: string; reason: OwnText } | null
}
export interface NewsContent {
  kind: Kind
  title: OwnText
  summary: OwnText
  body: OwnText
  department: string
  date: string
  number?: string
  areas?: number[]
  services?: string[]
  laws?: OwnText[]
  valid_from?: string
  valid_to?: string
  attachments?: NewsFile[]
  correction?: OwnText
}
export interface NewsVersion { version: number; content: NewsContent; state: 'waiting' | 'published' | 'replaced' | 'rejected'; made_by: { id: string; name: string } | null; made_at: string; decided_by: { id: string; name: string } | null; decided_at: string | null; reason: string | null }
export interface NewsDesk { key: string; department: Department; released: number | null; was_released: boolean; withdrawn_at: string | null; withdrawn_reason: OwnText | null; versions: NewsVersion[]; may_write: boolean; may_release: boolean }
export interface NewsLine { key: string; department: Department; released: number | null; withdrawn_at: string | null; kind: Kind; title: OwnText; date: string; version: number; state: NewsVersion['state']; made_at: string }
export interface NewsList { items: NewsItem[]; next: string | null; years: number[]; departments: Department[] }
