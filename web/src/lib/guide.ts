// The way through the guide as the address holds it: the questions come to, and at the end "service~CODE" or "article~KEY".
import type { GuideAnswer, GuideNode, GuideTree } from '@/api/types'

export const legOf = (a: GuideAnswer): string => a.to ?? (a.service ? `service~${a.service}` : `article~${a.article}`)

export interface Way {
  taken: { node: GuideNode; answer: GuideAnswer; legs: string[] }[] // legs: the way to that question
  at: GuideNode | null // the question that is open
  end: { service: string } | { article: string } | null
  broken: boolean // the address asks for a choice that there is not (any more); the way goes as far as it holds
}

export function walk(tree: GuideTree, legs: string[]): Way {
  const way: Way = { taken: [], at: tree.nodes[tree.start] ?? null, end: null, broken: false }
  for (let i = 0; i < legs.length; i++) {
    const answer: GuideAnswer | undefined = way.at?.answers.find((a) => legOf(a) === legs[i])
    if (!way.at || !answer || (answer.to !== undefined && !tree.nodes[answer.to])) {
      way.broken = true
      return way
    }
    way.taken.push({ node: way.at, answer, legs: legs.slice(0, i) })
    way.at = answer.to !== undefined ? tree.nodes[answer.to]! : null
    if (answer.service) way.end = { service: answer.service }
    else if (answer.article) way.end = { article: answer.article }
  }
  return way
}
export const address = (legs: string[]): string => '/guide' + legs.map((l) => '/' + encodeURIComponent(l)).join('')
