import { describe, expect, it } from 'vitest'
import type { GuideTree } from '../src/api/types'
import { address, legOf, walk } from '../src/lib/guide'

const text = (zh: string) => ({ zh, en: zh })
const tree: GuideTree = {
  start: 'who',
  nodes: {
    who: { question: text('谁'), answers: [{ text: text('企业'), to: 'company' }, { text: text('个人'), article: 'elder_card' }] },
    company: { question: text('执照'), answers: [{ text: text('没有'), service: 'establish_company' }, { text: text('有'), to: 'gone' }] },
  },
}

describe('the way through the guide', () => {
  it('begins at the first question', () => {
    expect(walk(tree, [])).toEqual({ taken: [], at: tree.nodes.who, end: null, broken: false })
  })
  it('keeps what was answered and where each answer can be changed', () => {
    const way = walk(tree, ['company', 'service~establish_company'])
    expect(way.end).toEqual({ service: 'establish_company' })
    expect(way.at).toBe(null)
    expect(way.taken.map((x) => [x.answer.text.zh, x.legs])).toEqual([['企业', []], ['没有', ['company']]])
  })
  it('ends at an article too', () => {
    expect(walk(tree, ['article~elder_card']).end).toEqual({ article: 'elder_card' })
  })
  it('goes as far as the address holds, when the tree has changed since', () => {
    for (const legs of [['company', 'service~other'], ['company', 'gone']]) {
      const way = walk(tree, legs)
      expect([way.broken, way.at, way.taken.length]).toEqual([true, tree.nodes.company, 1])
    }
    expect(walk(tree, ['article~elder_card', 'more']).broken).toBe(true)
  })
  it('writes addresses that can be read back', () => {
    expect(address(['a/b', legOf({ text: text(''), service: 'x' })])).toBe('/guide/a%2Fb/service~x')
  })
})
