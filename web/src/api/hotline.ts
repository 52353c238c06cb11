// Shapes of the enterprise seat (docs/api.md, "The enterprise seat").
import type { Light, Step, Text } from './types'

export interface HotlineNamed {
  key: string
  name: Text
}
export interface HotlineTopic extends HotlineNamed {
  area: number
  department: HotlineBody | null
}
export interface HotlineBody {
  code: string
  name: Text
}
export interface HotlineWords {
  kinds: HotlineNamed[]
  topics: HotlineTopic[]
  departments: HotlineBody[]
  text_max: number
  files_max: number
  file_max: number
}
export interface HotlineLine {
  id: string
  number: string
  kind: string
  kind_name: Text
  channel: 'phone' | 'online' | 'email'
  topic: string
  topic_name: Text | null
  department: HotlineBody | null
  urgent: boolean
  officer: boolean
  filed_at: string
  replied_at: string | null
  article: string
  article_version: number
  second: boolean
  satisfaction: string
  level: number
  returned: number
  state: string
  outcome: string
  due_at: string | null
  task: string | null
  late: boolean
}
export interface HotlineEarlier {
  times: number
  open: number
  items: HotlineLine[]
  known?: boolean
}
export interface HotlineTicket extends HotlineLine {
  seat: boolean
  contact: { name?: string; phone?: string; email?: string; uscc?: string; withheld: boolean } | null
  earlier: HotlineEarlier | null
  files: { no: number; name: string; type: string; size: number }[]
  escalations: { at: string; stage: string; level: number; department: HotlineBody }[]
}
export interface HotlineSuggestion {
  kind: string
  kind_found: boolean
  topic: string
  topic_found: boolean
  department: HotlineBody | null
  urgent: boolean
  officer: boolean
}
export interface HotlineFollowed {
  number: string
  kind_name: Text
  topic_name: Text | null
  department: HotlineBody | null
  filed_at: string
  replied_at: string | null
  due_at: string | null
  late: boolean
  second: boolean
  state: string
  outcome: string
  article: string
  text: string
  reply: string
  reasons: string[] | null
  steps: Step[]
  clock: { light: Light } | null
}
export interface HotlineStatistics {
  days: number
  n: number
  open: number
  answered: number
  escalated: number
  article: number
  with_number: number
  repeated: number
  kinds: { kind: string; kind_name: Text; channel: string; n: number }[]
  topics: { topic: string; name: Text; week: number; month: number; week_before: number; rising: boolean }[]
  departments: { department: HotlineBody; tickets: number; open: number; late: number; replies: number; on_time: number | null; said: number; satisfied: number | null; second: number; returned: number; escalated: number }[]
}
