// The form of a publication and the content that is sent: what is left empty is left out.
import type { NewsContent, NewsFile, NewsPiece, OwnText } from '@/api/news'
import type { Text } from '@/api/types'
import { cityDay } from '@/lib/format'

export interface NewsForm {
  kind: string
  department: string
  number: string
  date: string
  from: string
  to: string
  areas: number[]
  services: string[]
  laws: string
  files: NewsFile[]
  title: Both
  summary: Both
  body: Both
  correction: Both
}
interface Both { zh: string; en: string }
const none = (): Both => ({ zh: '', en: '' })
const both = (x?: OwnText): Both => ({ zh: x?.zh ?? '', en: x?.en ?? '' })
const own = (x: Both): OwnText => ({ zh: x.zh.trim(), ...(x.en.trim() ? { en: x.en.trim() } : {}) })

export const emptyForm = (department: string): NewsForm => ({ kind: '', department, number: '', date: cityDay(new Date()), from: '', to: '', areas: [], services: [], laws: '', files: [], title: none(), summary: none(), body: none(), correction: none() })
export const formOf = (c: NewsContent): NewsForm => ({
  kind: c.kind,
  department: c.department,
  number: c.number ?? '',
  date: c.date,
  from: c.valid_from ?? '',
  to: c.valid_to ?? '',
  areas: [...(c.areas ?? [])],
  services: [...(c.services ?? [])],
  laws: (c.laws ?? []).map((l) => (l.en ? `${l.zh} | ${l.en}` : l.zh)).join('\n'),
  files: [...(c.attachments ?? [])],
  title: both(c.title),
  summary: both(c.summary),
  body: both(c.body),
  correction: none(), // of each version anew
})
const lawsOf = (text: string): OwnText[] =>
  text.split('\n').map((l) => l.trim()).filter(Boolean).map((l) => {
    const at = l.indexOf('|')
    return at < 0 ? { zh: l } : own({ zh: l.slice(0, at), en: l.slice(at + 1) })
  })
export function contentOf(f: NewsForm): NewsContent {
  const laws = lawsOf(f.laws)
  return {
    kind: f.kind as NewsContent['kind'],
    title: own(f.title),
    summary: own(f.summary),
    body: own(f.body),
    department: f.department,
    date: f.date,
    ...(f.number.trim() ? { number: f.number.trim() } : {}),
    ...(f.areas.length ? { areas: [...f.areas].sort((a, b) => a - b) } : {}),
    ...(f.services.length ? { services: f.services } : {}),
    ...(laws.length ? { laws } : {}),
    ...(f.from ? { valid_from: f.from } : {}),
    ...(f.to ? { valid_to: f.to } : {}),
    ...(f.files.length ? { attachments: f.files.map((x) => ({ sha256: x.sha256, name: x.name })) } : {}),
    ...(f.correction.zh.trim() ? { correction: own(f.correction) } : {}),
  }
}
/** As everybody will see it. */
export function previewOf(c: NewsContent, name: (code: string) => Text, service: (code: string) => Text): NewsPiece {
  return {
    key: '', kind: c.kind, title: c.title, summary: c.summary, body: c.body, department: { code: c.department, name: name(c.department) }, number: c.number ?? null, date: c.date, areas: c.areas ?? [],
    validity: null, chinese_only: !c.title.en, released_at: null, corrected_at: null, services: (c.services ?? []).map((code) => ({ code, name: service(code) })), laws: c.laws ?? [],
    valid_from: c.valid_from ?? null, valid_to: c.valid_to ?? null, attachments: c.attachments ?? [], history: [], withdrawn: null,
  }
}
