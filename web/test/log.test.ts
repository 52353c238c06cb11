// Inclusion in the log, computed in the browser, against trees and paths by their definitions (RFC 9162, 2.1.1 and 2.1.3.1).
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { base64Of, bytesOf, headOf, judge, rootOf } from '../src/lib/log'

const h = (...parts: (Uint8Array | number[])[]) => new Uint8Array(createHash('sha256').update(Uint8Array.from(parts.flatMap((p) => [...p]))).digest())
const split = (n: number) => 2 ** Math.ceil(Math.log2(n) - 1)
const tree = (d: Uint8Array[]): Uint8Array => (d.length === 1 ? h([0], d[0]!) : h([1], tree(d.slice(0, split(d.length))), tree(d.slice(split(d.length)))))
const path = (m: number, d: Uint8Array[]): Uint8Array[] => {
  if (d.length === 1) return []
  const k = split(d.length)
  return m < k ? [...path(m, d.slice(0, k)), tree(d.slice(k))] : [...path(m - k, d.slice(k)), tree(d.slice(0, k))]
}
const leaves = (n: number) => Array.from({ length: n }, (_, i) => Uint8Array.from([i, i * 7, 3]))

describe('the log', () => {
  it('finds every entry of every tree up to 33, and no other', async () => {
    for (let n = 1; n <= 33; n++) {
      const d = leaves(n)
      const root = base64Of(tree(d))
      for (let m = 0; m < n; m++) {
        const p = path(m, d)
        expect(await rootOf(d[m]!, m, n, p)).toBe(root)
        expect(await rootOf(d[(m + 1) % n]!, m, n, p) === root).toBe(n === 1)
        expect(await rootOf(d[m]!, m, n, [...p, h([9])])).not.toBe(root)
        if (p.length) expect(await rootOf(d[m]!, m, n, p.slice(1))).not.toBe(root)
      }
      expect(await rootOf(d[0]!, n, n, path(0, d))).toBe(null)
    }
  })
  it('judges a proof by the checkpoint that comes with it', async () => {
    const d = leaves(5)
    const note = `city.example/log\n5\n${base64Of(tree(d))}\n\n— city.example/log x\n`
    const proof = { index: 3, entry: base64Of(d[3]!), leaf: '', hashes: path(3, d).map(base64Of), checkpoint: note, proof: '' }
    expect(headOf(note)).toEqual({ size: 5, root: base64Of(tree(d)) })
    expect(await judge(proof)).toBe('in')
    expect(await judge({ ...proof, index: 2 })).toBe('not')
    expect(await judge({ ...proof, checkpoint: note.replace('\n5\n', '\n3\n') })).toBe('not')
    expect(await judge({ ...proof, checkpoint: 'rubbish' })).toBe('not')
    expect([...bytesOf(base64Of(d[3]!))]).toEqual([...d[3]!])
  })
})
