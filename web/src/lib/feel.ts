// The part of FEEL that conditions of visibility use: literals, paths, comparison, and/or, not(), in, between,
// is defined(), count(), list contains(), arithmetic. Three-valued like DMN: null is "unknown".
// What it cannot read it answers with undefined: the page then shows the field, and the server decides.

type Value = unknown
type Node = (scope: Record<string, unknown>) => Value
class Unreadable extends Error {}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|"((?:[^"\\]|\\.)*)"|(<=|>=|!=|\.\.|[=<>()[\],.+\-*/])|([\p{L}_][\p{L}\p{N}_]*))/uy

interface Token {
  kind: 'number' | 'string' | 'mark' | 'name' | 'end'
  text: string
}
function tokens(source: string): Token[] {
  const out: Token[] = []
  TOKEN.lastIndex = 0
  let at = 0
  const text = source.trim()
  while (at < text.length) {
    TOKEN.lastIndex = at
    const m = TOKEN.exec(text)
    if (!m) throw new Unreadable()
    at = TOKEN.lastIndex
    if (m[1] !== undefined) out.push({ kind: 'number', text: m[1] })
    else if (m[2] !== undefined) out.push({ kind: 'string', text: m[2].replace(/\\(.)/g, '$1') })
    else if (m[3] !== undefined) out.push({ kind: 'mark', text: m[3] })
    else out.push({ kind: 'name', text: m[4]! })
  }
  out.push({ kind: 'end', text: '' })
  return out
}

const same = (a: Value, b: Value): Value => {
  if (Array.isArray(a) && Array.isArray(b)) return JSON.stringify(a) === JSON.stringify(b)
  return (a ?? null) === (b ?? null)
}
function compare(op: string, a: Value, b: Value): Value {
  if (op === '=') return same(a, b)
  if (op === '!=') return !same(a, b)
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return null
  const x = a as number
  const y = b as number
  return op === '<' ? x < y : op === '<=' ? x <= y : op === '>' ? x > y : x >= y
}
function and(a: Value, b: Value): Value {
  if (a === false || b === false) return false
  return a === true && b === true ? true : null
}
function or(a: Value, b: Value): Value {
  if (a === true || b === true) return true
  return a === false && b === false ? false : null
}
function arithmetic(op: string, a: Value, b: Value): Value {
  if (op === '+' && typeof a === 'string' && typeof b === 'string') return a + b
  if (typeof a !== 'number' || typeof b !== 'number') return null
  if (op === '+') return a + b
  if (op === '-') return a - b
  if (op === '*') return a * b
  return b === 0 ? null : a / b
}
function step(value: Value, name: string): Value {
  if (Array.isArray(value)) return value.map((v) => step(v, name))
  return value !== null && typeof value === 'object' ? ((value as Record<string, unknown>)[name] ?? null) : null
}
const FUNCTIONS: Record<string, (args: Value[]) => Value> = {
  not: ([a]) => (typeof a === 'boolean' ? !a : null),
  'is defined': ([a]) => a !== null && a !== undefined,
  count: ([a]) => (Array.isArray(a) ? a.length : a == null ? 0 : 1),
  'list contains': ([list, x]) => (Array.isArray(list) ? list.some((v) => same(v, x) === true) : null),
  contains: ([s, x]) => (typeof s === 'string' && typeof x === 'string' ? s.includes(x) : null),
  'starts with': ([s, x]) => (typeof s === 'string' && typeof x === 'string' ? s.startsWith(x) : null),
  'string length': ([s]) => (typeof s === 'string' ? [...s].length : null),
  sum: ([list]) => (Array.isArray(list) && list.every((v) => typeof v === 'number') ? list.reduce((n: number, v) => n + (v as number), 0) : null),
}

class Parser {
  private at = 0
  constructor(private readonly list: Token[]) {}
  private get now(): Token {
    return this.list[this.at]!
  }
  private is(text: string): boolean {
    return this.now.text === text && (this.now.kind === 'mark' || this.now.kind === 'name')
  }
  private take(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }
  private need(text: string) {
    if (!this.take(text)) throw new Unreadable()
  }
  whole(): Node {
    const node = this.either()
    if (this.now.kind !== 'end') throw new Unreadable()
    return node
  }
  private either(): Node {
    let left = this.both()
    while (this.take('or')) {
      const a = left
      const b = this.both()
      left = (s) => or(a(s), b(s))
    }
    return left
  }
  private both(): Node {
    let left = this.comparison()
    while (this.take('and')) {
      const a = left
      const b = this.comparison()
      left = (s) => and(a(s), b(s))
    }
    return left
  }
  private comparison(): Node {
    const left = this.sum()
    for (const op of ['=', '!=', '<=', '>=', '<', '>']) {
      if (this.take(op)) {
        const right = this.sum()
        return (s) => compare(op, left(s), right(s))
      }
    }
    if (this.take('between')) {
      const low = this.sum()
      this.need('and')
      const high = this.sum()
      return (s) => and(compare('>=', left(s), low(s)), compare('<=', left(s), high(s)))
    }
    if (this.take('in')) return this.membership(left)
    return left
  }
  private membership(left: Node): Node {
    const options: Node[] = []
    if (this.take('(')) {
      do options.push(this.sum())
      while (this.take(','))
      this.need(')')
    } else options.push(this.sum())
    return (s) => {
      const v = left(s)
      return options.some((o) => {
        const x = o(s)
        return Array.isArray(x) ? x.some((y) => same(y, v) === true) : same(x, v) === true
      })
    }
  }
  private sum(): Node {
    let left = this.product()
    for (;;) {
      const op = this.is('+') ? '+' : this.is('-') ? '-' : ''
      if (!op) return left
      this.at++
      const a = left
      const b = this.product()
      left = (s) => arithmetic(op, a(s), b(s))
    }
  }
  private product(): Node {
    let left = this.unary()
    for (;;) {
      const op = this.is('*') ? '*' : this.is('/') ? '/' : ''
      if (!op) return left
      this.at++
      const a = left
      const b = this.unary()
      left = (s) => arithmetic(op, a(s), b(s))
    }
  }
  private unary(): Node {
    if (this.take('-')) {
      const a = this.unary()
      return (s) => arithmetic('-', 0, a(s))
    }
    return this.path()
  }
  private path(): Node {
    let node = this.primary()
    while (this.take('.')) {
      if (this.now.kind !== 'name') throw new Unreadable()
      const name = this.now.text
      this.at++
      const from = node
      node = (s) => step(from(s), name)
    }
    return node
  }
  private primary(): Node {
    const t = this.now
    this.at++
    if (t.kind === 'number') return () => +t.text
    if (t.kind === 'string') return () => t.text
    if (t.text === '(' && t.kind === 'mark') {
      const inner = this.either()
      this.need(')')
      return inner
    }
    if (t.text === '[' && t.kind === 'mark') return this.listOf()
    if (t.kind !== 'name') throw new Unreadable()
    if (t.text === 'true' || t.text === 'false') return () => t.text === 'true'
    if (t.text === 'null') return () => null
    return this.nameOrCall(t.text)
  }
  private listOf(): Node {
    const items: Node[] = []
    if (!this.is(']')) {
      do items.push(this.either())
      while (this.take(','))
    }
    this.need(']')
    return (s) => items.map((i) => i(s))
  }
  private nameOrCall(first: string): Node {
    let name = first // names of built-ins hold a space: "is defined(x)"
    const ahead = this.list[this.at + 1]
    if (this.now.kind === 'name' && FUNCTIONS[`${first} ${this.now.text}`] && ahead?.text === '(') {
      name = `${first} ${this.now.text}`
      this.at++
    }
    if (!this.is('(')) return (s) => s[name] ?? null
    const f = FUNCTIONS[name]
    if (!f) throw new Unreadable()
    this.need('(')
    const args: Node[] = []
    if (!this.is(')')) {
      do args.push(this.either())
      while (this.take(','))
    }
    this.need(')')
    return (s) => f(args.map((a) => a(s)))
  }
}

const compiled = new Map<string, Node | null>()
/** The condition's value over the data; undefined when this reader does not know the expression. */
export function feel(expression: string, scope: Record<string, unknown>): unknown {
  let node = compiled.get(expression)
  if (node === undefined) {
    try {
      const bare = expression.trim().replace(/^\{([\s\S]*)\}$/, '$1')
      node = new Parser(tokens(bare)).whole()
    } catch (e) {
      if (!(e instanceof Unreadable)) throw e
      node = null
    }
    compiled.set(expression, node)
  }
  return node ? node(scope) : undefined
}
/** Shown unless the condition is known and is not true. */
export function visible(expression: unknown, scope: Record<string, unknown>): boolean {
  if (typeof expression !== 'string' || !expression.trim()) return true
  const v = feel(expression, scope)
  return v === undefined ? true : v === true
}
