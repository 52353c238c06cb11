// Shapes and words of the knowledge base that its desk pages share.
import type { Named, Text } from '@/api/types'
import { hasRole, session } from '@/api/session'

export interface Content {
  owner: string
  review_on: string
  title: Text
  body: Text
  words?: string[]
  services?: string[]
  laws?: Text[]
}
export interface Version {
  version: number
  content: Content
  state: 'waiting' | 'published' | 'replaced' | 'rejected'
  made_by: { id: string; name: string } | null
  made_at: string
  decided_by: { id: string; name: string } | null
  decided_at: string | null
  reason: string | null
}
interface Uses {
  owner: Named
  review_on: string
  overdue: boolean
  published: number | null
  retired_at: string | null
  helpful: number
  unhelpful: number
}
export interface Article extends Uses {
  key: string
  created_at: string
  versions: Version[]
  may_write: boolean
  may_publish: boolean
}
export interface ArticleLine extends Uses {
  key: string
  title: Text
  version: number
  state: Version['state']
}
export interface Question {
  id: string
  lang: 'zh-CN' | 'en'
  text: string
  department: Named | null
  times: number
  first_at: string
  last_at: string
  state: 'open' | 'drafted' | 'answered' | 'dismissed'
  article: string | null
}
export const DAYS_MOST = 730 // ahead that a review may be put off

export const writesForAll = () => hasRole('designer', 'publisher')
/** Departments for which this account writes; null: all. */
export function myDepartments(): string[] | null {
  if (writesForAll()) return null
  const roles = session.actor?.staff?.roles.filter((r) => ['window', 'handler', 'head'].includes(r.role)) ?? []
  const own = session.actor?.staff?.department.code
  if (roles.some((r) => r.department === '*')) return null
  return [...new Set(roles.map((r) => r.department || own || '').filter(Boolean))]
}
export const lines = (s: string): string[] => [...new Set(s.split(/[\n,，、;；]/).map((x) => x.trim()).filter(Boolean))]
