import { describe, expect, it } from 'vitest'
import { diff } from '../src/lib/diff'

const said = (a: string, b: string) => diff(a, b).map((p) => ({ same: '', gone: '-', new: '+' })[p.kind] + p.text)
const sides = (a: string, b: string) => {
  const d = diff(a, b)
  const side = (kinds: string[]) => d.filter((p) => kinds.includes(p.kind)).map((p) => p.text).join('')
  return [side(['same', 'gone']), side(['same', 'new'])]
}

describe('what changed', () => {
  it('is nothing when nothing changed', () => {
    expect(diff('一个工作日办结。', '一个工作日办结。')).toEqual([{ kind: 'same', text: '一个工作日办结。' }])
    expect(diff('', '')).toEqual([])
  })
  it('is single characters in Chinese and whole words elsewhere', () => {
    expect(said('一个工作日办结', '三个工作日办结')).toEqual(['-一', '+三', '个工作日办结'])
    expect(said('within three days', 'within thirty days')).toEqual(['within ', '-three', '+thirty', ' days'])
  })
  it('is what was added at either end', () => {
    expect(said('甲', '甲乙')).toEqual(['甲', '+乙'])
    expect(said('甲乙', '乙')).toEqual(['-甲', '乙'])
  })
  it('gives both texts back whole', () => {
    const a = '材料齐全的，承诺1个工作日\n办结；Licence by mail.'
    const b = '材料齐全、符合形式的，承诺2个工作日办结。Licence by mail or at the counter.'
    expect(sides(a, b)).toEqual([a, b])
    const long = Array.from({ length: 3000 }, (_, i) => `w${i % 7} `).join('')
    const other = Array.from({ length: 3000 }, (_, i) => `v${i % 5} `).join('')
    expect(sides(long, other)).toEqual([long, other])
  })
})
