// The guide as one draws it: its questions in the order in which people come to them, and as lines of text to compare two versions.
import type { GuideAnswer, GuideNode, GuideTree, Text } from '@/api/types'

/** Ids of the questions, breadth first from the start; those that nobody comes to at the end. */
export function order(tree: GuideTree): string[] {
  const out: string[] = tree.nodes[tree.start] ? [tree.start] : []
  for (let i = 0; i < out.length; i++) for (const a of tree.nodes[out[i]!]!.answers) if (a.to && tree.nodes[a.to] && !out.includes(a.to)) out.push(a.to)
  for (const id of Object.keys(tree.nodes)) if (!out.includes(id)) out.push(id)
  return out
}
/** How many answers lead to each question. */
export function comers(tree: GuideTree): Record<string, number> {
  const n: Record<string, number> = {}
  for (const node of Object.values(tree.nodes)) for (const a of node.answers) if (a.to) n[a.to] = (n[a.to] ?? 0) + 1
  return n
}
export function freshId(tree: GuideTree): string {
  for (let i = Object.keys(tree.nodes).length + 1; ; i++) if (!tree.nodes[`q${i}`]) return `q${i}`
}
export const blank = (): Text => ({ zh: '', en: '' })
export const newNode = (): GuideNode => ({ question: blank(), answers: [{ text: blank(), to: '' }, { text: blank(), to: '' }] })

/** As it is sent: what is empty is left out. */
export function clean(tree: GuideTree): GuideTree {
  const text = (x: Text): Text => ({ zh: x.zh.trim(), en: (x.en ?? '').trim() })
  const answer = (a: GuideAnswer): GuideAnswer => ({ text: text(a.text), ...(a.service !== undefined ? { service: a.service } : a.article !== undefined ? { article: a.article } : { to: a.to ?? '' }) })
  const nodes: GuideTree['nodes'] = {}
  for (const id of order(tree)) {
    const n = tree.nodes[id]!
    const help = n.help && text(n.help)
    nodes[id] = { question: text(n.question), ...(help && (help.zh || help.en) ? { help } : {}), answers: n.answers.map(answer) }
  }
  return { start: tree.start, nodes }
}

type Naming = (kind: 'service' | 'article', code: string) => string // what a service or article is called
/** A question as lines: itself, its explanation, its answers; both languages. */
function asLines(tree: GuideTree, id: string, name: Naming): string {
  const said = (x: Text | undefined) => (x ? `${x.zh} / ${x.en ?? ''}` : '')
  const goal = (a: GuideAnswer) => (a.service ? name('service', a.service) : a.article ? name('article', a.article) : said(tree.nodes[a.to ?? '']?.question))
  const n = tree.nodes[id]
  return n ? [said(n.question), ...(n.help ? [said(n.help)] : []), ...n.answers.map((a) => `– ${said(a.text)} → ${goal(a)}`)].join('\n') : ''
}
/** The questions that differ, as lines before and after. */
export function changes(before: GuideTree, after: GuideTree, name: Naming): { id: string; before: string; after: string }[] {
  const ids = [...new Set([...order(after), ...order(before)])]
  return ids.map((id) => ({ id, before: asLines(before, id, name), after: asLines(after, id, name) })).filter((c) => c.before !== c.after)
}
/** The place of a fault ("/nodes/q1/answers/2", a JSON pointer) as question and answer. */
export function placeOf(field: string | null | undefined): { node: string; answer: number | null } | null {
  const m = /^\/?nodes\/([^/]+)(?:\/answers\/(\d+))?/.exec(field ?? '')
  return m ? { node: m[1]!, answer: m[2] === undefined ? null : Number(m[2]) } : null
}
