import { describe, expect, it } from 'vitest'
import type { GuideTree } from '../src/api/types'
import { changes, clean, comers, freshId, newNode, order, placeOf } from '../src/desk/guide'
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

describe('the guide as one draws it', () => {
  const drawn: GuideTree = { start: 'b', nodes: { lost: { question: text('丢'), answers: [] }, a: { question: text('甲'), help: { zh: ' ', en: '' }, answers: [{ text: text(' 完 '), service: 's' }] }, b: { question: text('乙'), answers: [{ text: text('去'), to: 'a' }, { text: text('再'), to: 'a' }] } } }
  it('has its questions in the order in which people come to them', () => {
    expect(order(drawn)).toEqual(['b', 'a', 'lost'])
    expect(comers(drawn)).toEqual({ a: 2 })
    expect(freshId({ start: 'q1', nodes: { q1: newNode(), q3: newNode() } })).toBe('q4')
  })
  it('is sent without what is empty', () => {
    const sent = clean(drawn)
    expect(sent.nodes.a).toEqual({ question: text('甲'), answers: [{ text: text('完'), service: 's' }] })
    expect(clean({ start: 'x', nodes: { x: newNode() } }).nodes.x!.answers[0]).toEqual({ text: { zh: '', en: '' }, to: '' })
  })
  it('is compared by its questions, with the names of what answers lead to', () => {
    const before = clean(drawn)
    const after = clean(drawn)
    after.nodes.a!.answers[0] = { text: text('完'), article: 'x' }
    delete after.nodes.lost
    expect(changes(before, after, (kind, code) => `${kind} ${code}`)).toEqual([
      { id: 'a', before: '甲 / 甲\n– 完 / 完 → service s', after: '甲 / 甲\n– 完 / 完 → article x' },
      { id: 'lost', before: '丢 / 丢', after: '' },
    ])
    expect(changes(before, before, () => '')).toEqual([])
  })
  it('knows the place of a fault', () => {
    expect(placeOf('/nodes/q1/answers/2')).toEqual({ node: 'q1', answer: 2 })
    expect(placeOf('/nodes/q1')).toEqual({ node: 'q1', answer: null })
    expect(placeOf('/start')).toBe(null)
  })
})
