// Shapes of docs/api.md, written by hand; the server's openapi.json is the judge.
export type Text = { zh: string; en?: string }
export type MaybeText = Text | string | null | undefined
export type Unit = 'working_day' | 'calendar_day' | 'hour' | 'working_hour'
export type Light = 'none' | 'green' | 'yellow' | 'red' | 'stopped' | 'done' | 'done_late'

export interface Named {
  code: string
  name: Text
}
export interface Limit {
  n: number
  unit: Unit
  source?: MaybeText
}
export interface Clock {
  promised: Limit | null
  statutory: Limit | null
  started_at: string | null
  due_at: string | null
  statutory_due_at: string | null
  elapsed: number | null
  total: number | null
  unit: Unit | null
  light: Light
  stopped: { cause: MaybeText; since: string; notice?: string | null } | null
  calendar?: string | null
}

export interface ProblemItem {
  code: string
  field?: string | null
  text?: MaybeText
  remedy?: MaybeText
}

export interface RoleGrant {
  role: string
  department: string
  town: string
}
export interface Actor {
  id: string
  kind: 'person' | 'enterprise' | 'staff'
  login: string
  name: string
  must_change_password: boolean
  must_add_key: boolean
  totp: boolean
  keys: number // security keys
  acting_for: { id: string; name: string } | null
  principals: { id: string; name: string }[]
  staff: { department: Named; town: string; roles: RoleGrant[] } | null
}
export interface Session {
  signed_in: boolean
  csrf: string
  actor: Actor | null
  city: { code: string; name: Text; demo: boolean; idp?: Text | null }
}

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface ServiceCard {
  properties?: string[]
  code: string
  name: Text
  summary: Text
  area: number | string
  department: Named
  audience: string[]
  online: 'full' | 'partial' | 'none'
  promised: Limit | null
  statutory: Limit | null
  fee: Text
  visits: number
}
export interface ServiceMaterial {
  code: string
  name: Text
  required: boolean
  forms?: MaybeText
  reuse?: unknown
  source?: MaybeText
  later?: boolean
  later_days?: number
  waived_by_commitment?: boolean
}
export interface ServiceStep {
  key: string
  name: Text
  department: Named | Text | string
  clock?: Limit | null
  limit?: Limit | null
  optional?: boolean
  group?: number
  parallel_group?: number
}
export interface Service extends ServiceCard {
  acceptance?: 'automatic' | 'officer'
  confirm?: boolean // persons named confirm before it is filed
  basic_code?: string
  implementation_code?: string
  legal_basis: MaybeText[]
  conditions: MaybeText[]
  materials: ServiceMaterial[]
  steps: ServiceStep[]
  results: { kind: string; name: Text }[]
  fees: { name: Text; amount_fen: number; basis?: MaybeText }[]
  channels: string[]
  halls: (string | Hall)[]
  hotline?: string | null
  version?: string
  remedies?: MaybeText
  doubles?: MaybeText[]
  properties?: string[]
  events?: string[]
}
/** How far the confirmation by the persons named is. */
export interface ConfirmState {
  ready: boolean
  until: string | null
  people: { name: string; as: MaybeText[]; state: 'asked' | 'confirmed' | 'denied'; reason?: string; at?: string }[]
}
export interface Confirmation {
  id: string
  service: string
  service_name: Text
  by: string
  name: string
  as: MaybeText[]
  state: 'asked' | 'confirmed' | 'denied'
  asked_at: string
  until: string
  data: Data
}
export interface Hall {
  id: string
  name: Text
  address?: MaybeText
  hours?: MaybeText
  phone?: string
  town?: string
}

export interface Schema {
  [key: string]: unknown
  type?: string | string[]
  title?: MaybeText
  description?: MaybeText
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: unknown[]
  oneOf?: Schema[]
  const?: unknown
  format?: string
  $ref?: string
  $defs?: Record<string, Schema>
}
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Data = Record<string, Json>
export interface Origin {
  source: MaybeText
  as_of?: string | null
}
export interface ServiceForm {
  schema: Schema
  data: Data
  origin: Record<string, Origin>
  materials: ServiceMaterial[]
  reusable: { material: string; attachment: Attachment | string }[]
}
export interface Attachment {
  id: string
  name: string
  type: string
  size: number
  sha256?: string
  material?: string
  at?: string
}
export interface Draft {
  id: string
  service: string
  data: Data
  page: string | number | { at?: string; without?: string[] } | null
  updated_at: string
}

export interface CaseRow {
  id: string
  number: string
  service: Named
  state: CaseState
  filed_at: string
  due_at: string | null
  light: Light
  waiting_for_me: boolean
}
export type CaseState = 'filed' | 'correction' | 'accepted' | 'handling' | 'decided' | 'delivered' | 'withdrawn' | 'refused' | 'closed'
export interface Step {
  key: string
  name: Text
  department: MaybeText | Named
  state: 'waiting' | 'running' | 'stopped' | 'done' | 'refused' | 'withdrawn'
  parallel_group: number
  clock: Clock | null
  officer: MaybeText
  started_at: string | null
  ended_at: string | null
  outcome: string | null
  can_withdraw: boolean
}
export interface DiagramElement {
  id: string
  kind: string
  name: Text | null
  step: string | null
  state: 'done' | 'running' | 'waiting' | 'armed' | 'failed' | 'cancelled' | 'none'
  times: number
  entered_at: string | null
  left_at: string | null
  due_at: string | null
  who: MaybeText
  department: MaybeText
  outcome: MaybeText
  text: MaybeText
}
export interface CaseDiagram {
  number: string
  service: { code: string; name: Text }
  hash: string
  current: boolean
  state: string
  version: number
  xml: string | null
  elements: DiagramElement[]
}
export interface CaseDocument {
  id: string
  kind: string
  number: string | null
  title: Text
  at: string
  original_sha256?: string | null
  sealed?: boolean
  verify_url: string | null
}
export interface Explanation {
  at?: string
  decision: string
  title: MaybeText
  result?: Json
  hits?: { rule?: string; text: MaybeText; because?: MaybeText; conditions?: { label: Text; test: Text; value: Text }[]; outputs?: { label: Text; value: Text }[] }[]
  values?: Record<string, Json>
  text: MaybeText
  source?: MaybeText[] | null
  owner?: { code: string; name: MaybeText } | null
  version?: string
}
export interface CaseView {
  id: string
  number: string
  version: number
  service: Named
  applicant: { name: string }
  state: CaseState
  outcome: string | null
  filed_at: string
  accepted_at: string | null
  decided_at: string | null
  clock: Clock | null
  steps: Step[]
  documents: CaseDocument[]
  correction: { items: MaybeText[]; due_at?: string | null; at?: string | null; lapses?: boolean; unanswered?: MaybeText } | null
  history: { at: string; text: MaybeText; who: MaybeText }[]
  awaiting?: Awaiting[]
  can: string[]
  tasks?: { id: string; kind?: string; title: MaybeText; due_at?: string | null; form?: Schema | null; outcomes?: Outcome[] }[] // the applicant's own
  explanations?: Explanation[]
  review?: { case: string; at: string; reason: string | null } | null
}
export interface Licence {
  holder?: string | null
  id: string
  type: Text
  number: string
  certificate_id: string
  issued_on: string
  valid_to: string | null
  status: string
  verify_url: string
  document: { case: string; id: string; original?: boolean; sealed?: boolean } | null
}
export interface Message {
  id: string
  at: string
  title: Text
  body: Text
  case?: string | null
  read: boolean
}
export interface Delegation {
  id: string
  direction?: 'given' | 'received'
  agent?: { id?: string; login?: string; name?: MaybeText }
  principal?: { id?: string; name?: string }
  agent_login?: string
  services: string[]
  until: string
  created_at?: string
  revoked_at?: string | null
  in_force?: boolean
}
/** A request about personal data; asked and answer where one is shown alone. */
export interface RightsRequest {
  id: string
  number: string
  kind: { code: string; title: MaybeText; article: MaybeText }
  department: { code: string; name: MaybeText }
  case_number: string | null
  state: 'open' | 'confirm' | 'answered'
  outcome: 'granted' | 'partly' | 'refused' | null
  asked_at: string
  due_at: string
  answered_at: string | null
  late: boolean
  complaint: string | null
  about: string | null
  who?: MaybeText
  asked?: { text: string; deceased?: string; deceased_number?: string; relation?: string }
  answer?: { text: string; ground?: MaybeText }
}

export interface ReadRecord {
  at: string
  reader: MaybeText
  department: MaybeText
  what: MaybeText
  purpose: MaybeText
  basis: MaybeText
  case_number?: string | null
}

export interface Task {
  id: string
  case: string
  case_number: string
  service: Named | string
  step: string
  kind: string
  service_name?: Text
  title: MaybeText
  department: Named | MaybeText
  town: string
  applicant: string
  opened_at: string
  due_at: string | null
  light: Light
  assignee: { id: string; name: string } | null
  urged: number
  version: number
  waiting?: boolean
  status?: string
  role?: string
}
export interface Outcome {
  key: string
  text: Text
  reasons_required?: boolean
  corrections_required?: boolean
}
export interface DeskTask extends Task {
  outcomes?: Outcome[]
  opinion_required?: boolean
  can_decide?: boolean
  stop_causes?: { key: string; text: Text }[] | string[] | null
  separate?: unknown
  form?: Schema | null
}
/** Originals on their way between towns; `case`: only for those who may open it. */
export interface Handover {
  number: string
  case: string | null
  case_number: string
  direction: 'in' | 'out' | null
  from: Named
  to: Named
  department: Named | MaybeText
  papers: string[] | null
  state: 'sent' | 'received' | 'incomplete'
  sent_at: string
  received_at: string | null
}
/** A message or signal that a case waits for. */
export interface Awaiting {
  kind: 'message' | 'signal'
  name: string
  title: MaybeText
  from: MaybeText
  since: string | null
}
/** An activity of an ad hoc sub-process that somebody may begin. */
export interface Offer {
  id: string
  title: MaybeText
  step: string
  department: Named | MaybeText
  role: string
  town: string
  opened_at: string
  can_begin: boolean
}
/** Where a case stands still until somebody mends it. */
export interface Incident {
  node: string
  title: MaybeText
  at: string | null
  code: string | null
  text: MaybeText
  remedy: MaybeText
  can_retry: boolean
}
export interface DeskCase extends Omit<CaseView, 'tasks'> {
  data: Data
  vars?: Data
  schema: Schema
  attachments: Attachment[]
  explanations: Explanation[]
  resume_task?: string | null
  tasks: DeskTask[]
  incidents?: Incident[]
  offers?: Offer[]
  journal: { at?: string; seq?: number; type?: string; text?: MaybeText; who?: MaybeText; data?: Json }[]
}
export interface Colleague {
  id: string
  name: string
  login?: string
  roles?: string[]
}

// Ratings (好差评)
export interface Grade {
  key: string
  text: Text
  bad: boolean
}
export interface Ticket {
  id: string
  number: string
  over: boolean
  outcome: string
  task: string | null
  due_at: string | null
  late: boolean
}
export interface CaseRatings {
  open: boolean
  grades: Grade[]
  text_max: number
  ratings: { channel: string; grade: string; at: string; text: string; counted: boolean; ticket: Ticket | null }[]
}
export interface RatingCode {
  service: { code: string; name: Text } | null
  department: { code: string; name: Text }
  channel: string
  visit: boolean
  used: boolean
  expires_at: string
  grades: Grade[]
  text_max: number
}
export interface Figure {
  few: boolean
  n: number | null
  by: Record<string, number> | null
  satisfied: number | null
}
export interface Published {
  from: string
  to: string
  least: number
  grades: Grade[]
  all: Figure
  departments: (Figure & { department: { code: string; name: Text }; services: (Figure & { service: { code: string; name: Text } | null })[] })[]
}
export interface BadRating {
  id: string
  channel: string
  service: { code: string; name: Text } | null
  grade: string
  grade_text: Text
  at: string
  case_number: string | null
  text: string
  counted: boolean
  ticket: Ticket | null
}

// The knowledge base
export interface KnowledgeHit {
  key: string
  version: number
  title: Text
  excerpt: Text
  body?: Text // of suggestions
  owner: Named
  services: { code: string; name: Text; online: string }[]
  coverage: number
  review_on: string
  overdue: boolean
}
export interface KnowledgeAnswers {
  items: KnowledgeHit[]
  answered: boolean
}
export interface KnowledgeArticle {
  key: string
  version: number
  title: Text
  body: Text
  owner: Named
  services: { code: string; name: Text; online: string }[]
  laws: Text[]
  published_at: string
  review_on: string
  overdue: boolean
}
// The guide (智能导办): an answer leads to exactly one of a question, a service, an article
export interface GuideAnswer {
  text: Text
  to?: string
  service?: string
  article?: string
}
export interface GuideNode {
  question: Text
  help?: Text
  answers: GuideAnswer[]
}
export interface GuideTree {
  start: string
  nodes: Record<string, GuideNode>
}
export interface PublishedGuide extends GuideTree {
  version: number
  services: Record<string, Text>
  articles: Record<string, Text>
}
