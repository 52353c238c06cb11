// What changed between two texts: by characters of Chinese, by words of everything else.
export interface Piece {
  kind: 'same' | 'gone' | 'new'
  text: string
}

const TOKEN = /[\u3400-\u9fff]|[A-Za-z0-9]+|\s+|[^\sA-Za-z0-9\u3400-\u9fff]/g
const CELLS = 4_000_000 // of the table; what differs more than that is shown as replaced whole

export function diff(before: string, after: string): Piece[] {
  const a = before.match(TOKEN) ?? []
  const b = after.match(TOKEN) ?? []
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const out: Piece[] = []
  const add = (kind: Piece['kind'], words: string[]) => {
    const text = words.join('')
    const last = out[out.length - 1]
    if (!text) return
    if (last?.kind === kind) last.text += text
    else out.push({ kind, text })
  }
  add('same', a.slice(0, head))
  middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), add)
  add('same', a.slice(a.length - tail))
  return out
}

/** Longest common subsequence; a and b share neither beginning nor end. */
function middle(a: string[], b: string[], add: (kind: Piece['kind'], words: string[]) => void) {
  if (!a.length || !b.length || a.length * b.length > CELLS) {
    add('gone', a)
    add('new', b)
    return
  }
  const w = b.length + 1
  const length = new Uint16Array((a.length + 1) * w) // of the common part of a from i and b from j
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) length[i * w + j] = a[i] === b[j] ? length[(i + 1) * w + j + 1]! + 1 : Math.max(length[(i + 1) * w + j]!, length[i * w + j + 1]!)
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add('same', [a[i]!])
      i++
      j++
    } else if (i < a.length && (j === b.length || length[(i + 1) * w + j]! >= length[i * w + j + 1]!)) add('gone', [a[i++]!])
    else add('new', [b[j++]!])
  }
}
