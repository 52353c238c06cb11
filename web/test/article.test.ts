import { describe, expect, it } from 'vitest'
import { blocks } from '../src/lib/article'

describe('the text of an article', () => {
  it('is one paragraph when it has no structure', () => {
    expect(blocks('一个工作日办结。')).toEqual([{ kind: 'p', text: '一个工作日办结。' }])
  })
  it('parts paragraphs at empty lines and keeps the lines of each', () => {
    expect(blocks('a\r\nb\n\n\nc')).toEqual([{ kind: 'p', text: 'a\nb' }, { kind: 'p', text: 'c' }])
  })
  it('knows lists and headings, also in Chinese numbering', () => {
    expect(blocks('# 材料\n- 甲\n- 乙\n\n1. one\n2) two\n3、三')).toEqual([
      { kind: 'h', text: '材料' },
      { kind: 'ul', items: ['甲', '乙'] },
      { kind: 'ol', items: ['one', 'two', '三'] },
    ])
  })
  it('does not take a figure or a date for an item', () => {
    expect(blocks('2.5 days\n2021.10.21 起')).toEqual([{ kind: 'p', text: '2.5 days\n2021.10.21 起' }])
  })
  it('begins a new list after a paragraph, and a paragraph after a list', () => {
    expect(blocks('- a\ntext\n- b').map((b) => b.kind)).toEqual(['ul', 'p', 'ul'])
  })
  it('leaves markup as it is written', () => {
    expect(blocks('<b>x</b>')).toEqual([{ kind: 'p', text: '<b>x</b>' }])
  })
})
