// The part of FEEL that conditions of visibility use: literals, paths, comparison, and/or, not(), in, between, count(),
// list contains(), arithmetic. Three-valued like DMN: null is "unknown". What it cannot read it answers with undefined: the page
// then shows the field, and the server decides. It must say what the server's FEEL says: test/differential/visibility.json has
// the cases that both are held to.

type Value = unknown
type Node = (scope: Record<string, unknown>) => Value
class Unreadable extends Error {}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|"((?:[^"\\]|\\.)*)"|(<=|>=|!=|\.\.|[=<>()[\],.+\-*/])|([\p{L}_][\p{L}\p{N}_]*))/uy

interface Token {
  kind: 'number' | 'string' | 'mark' | 'name' | 'end'
  text: string
}
function plain(text: string): string {
  if (/\\[^"\\]/.test(text)) throw new Unreadable() // other escapes are the server's
  return text.replace(/\\(.)/g, '$1')
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
    else if (m[2] !== undefined) out.push({ kind: 'string', text: plain(m[2]) })
    else if (m[3] !== undefined) out.push({ kind: 'mark', text: m[3] })
    else out.push({ kind: 'name', text: m[4]! })
  }
  out.push({ kind: 'end', text: '' })
  return out
}

/** Equal, not equal, or null: values of different types have no equality. */
function same(a: Value, b: Value): Value {
  const x = a ?? null
  const y = b ?? null
  if (x === null || y === null) return x === y
  if (Array.isArray(x) && Array.isArray(y)) return x.length === y.length && x.every((v, i) => same(v, y[i]) === true)
  if (typeof x !== typeof y || Array.isArray(x) !== Array.isArray(y)) return null
  if (typeof x !== 'object') return x === y
  const p = x as Record<string, Value>
  const q = y as Record<string, Value>
  const keys = Object.keys(p)
  return keys.length === Object.keys(q).length && keys.every((k) => k in q && same(p[k], q[k]) === true)
}
/** By code points, as FEEL orders texts; < 0, 0, > 0. */
function order(a: string, b: string): number {
  const x = [...a]
  const y = [...b]
  let i = 0
  while (i < x.length && i < y.length && x[i] === y[i]) i++
  return i < x.length && i < y.length ? x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)! : x.length - y.length
}
function compare(op: string, a: Value, b: Value): Value {
  if (op === '=' || op === '!=') {
    const equal = same(a, b)
    return equal === null ? null : equal === (op === '=')
  }
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return null
  const d = typeof a === 'string' ? order(a, b as string) : a - (b as number)
  return op === '<' ? d < 0 : op === '<=' ? d <= 0 : op === '>' ? d > 0 : d >= 0
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
  if (op === '/' && b === 0) return null
  const n = op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : a / b
  return Number(n.toPrecision(15)) // decimals, not doubles: 0.1 + 0.2 = 0.3
}
function step(value: Value, name: string): Value {
  if (Array.isArray(value)) return value.map((v) => step(v, name))
  return value !== null && typeof value === 'object' ? ((value as Record<string, unknown>)[name] ?? null) : null
}
/** A list, or the single value that stands for a list of one; null for null. */
const listOf = (v: Value): Value[] | null => (Array.isArray(v) ? v : v == null ? null : [v])
const total = (list: Value[] | null): Value =>
  list?.length && list.every((v) => typeof v === 'number') ? list.reduce((n: Value, v) => arithmetic('+', n, v), 0) : null
const FUNCTIONS: Record<string, (args: Value[]) => Value> = {
  not: ([a]) => (typeof a === 'boolean' ? !a : null),
  count: ([a]) => listOf(a)?.length ?? null,
  'list contains': ([list, x]) => listOf(list)?.some((v) => same(v, x) === true) ?? null,
  contains: ([s, x]) => (typeof s === 'string' && typeof x === 'string' ? s.includes(x) : null),
  'starts with': ([s, x]) => (typeof s === 'string' && typeof x === 'string' ? s.startsWith(x) : null),
  'string length': ([s]) => (typeof s === 'string' ? [...s].length : null),
  sum: (args) => total(args.length === 1 ? listOf(args[0]) : args),
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
      let out: Value = false
      for (const o of options) {
        const x = o(s)
        const hit = Array.isArray(x) ? same(x, v) === true || x.some((y) => same(y, v) === true) : same(x, v)
        if (hit === true || x === true) return true // true is a condition that holds
        if (hit === null) out = null
      }
      return out
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
    let name = first // names of built-ins hold a space: "list contains(l, x)"
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
