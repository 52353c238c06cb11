// Random FEEL by type: trees, so that a difference can be followed down to the smallest expression that shows it.
// A node: {op, fmt, kids, binds?, name?}. fmt holds {0}, {1} … for the kids; a binder's last kid sees the name it binds.

export const text = (n) => n.fmt.replace(/\{(\d)\}/g, (_, i) => text(n.kids[Number(i)]))
const leaf = (op, fmt, extra = {}) => ({ op, fmt, kids: [], ...extra })
const node = (op, fmt, kids, extra = {}) => ({ op, fmt, kids, ...extra })

/* Names that the node needs from around it. */
export function free(n) {
  if (n.op === 'var') return new Set([n.name])
  const out = new Set()
  n.kids.forEach((kid, i) => {
    for (const name of free(kid)) if (!(n.binds === name && i === n.kids.length - 1)) out.add(name)
  })
  return out
}

/* The tree with a name replaced by an expression. */
export function put(n, name, by) {
  if (n.op === 'var') return n.name === name ? by : n
  return { ...n, kids: n.kids.map((kid, i) => (n.binds === name && i === n.kids.length - 1 ? kid : put(kid, name, by))) }
}

export class Random {
  constructor(seed) {
    this.state = seed >>> 0
  }
  below(n) {
    // mulberry32
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
  pick(list) {
    return list[this.below(list.length)]
  }
}

const NUMBERS = ['0', '1', '2', '3', '7', '10', '12', '-1', '-2.5', '0.1', '0.25', '1.5', '2.5', '3.14', '100', '1000000', '0.333', '99.995']
const STRINGS = ['""', '"a"', '"b"', '"abc"', '"foobar"', '"通办"', '"城市 a"', '"A-B"', '"😀x"', '"1"', '"12.5"', '"a,b,c"', '"\\n"', '"say \\"hi\\""', '"ÄÖ"', '"ß"']
const DATES = ['"2024-02-29"', '"2021-01-01"', '"2020-12-31"', '"1999-12-31"', '"2024-03-31"', '"2023-02-28"']
const DATETIMES = ['"2024-02-29T10:30:00"', '"2021-01-01T00:00:01"', '"2020-12-31T23:59:59"', '"2024-02-29T10:30:00Z"', '"2024-02-29T10:30:00+08:00"', '"2021-06-30T12:00:00@Asia/Shanghai"']
const TIMES = ['"10:30:00"', '"00:00:01"', '"23:59:59"', '"10:30:00Z"', '"10:30:00+08:00"']
const DAYTIMES = ['"P1D"', '"PT1H"', '"P2DT3H4M5S"', '"-PT30M"', '"PT90S"', '"P10D"']
const MONTHS = ['"P1Y"', '"P1M"', '"P2Y3M"', '"-P1Y"', '"P14M"']
const TYPES = ['number', 'string', 'boolean', 'date', 'time', 'datetime', 'daytime', 'months']
const ORDERED = ['number', 'string', 'date', 'datetime', 'time', 'daytime', 'months']

export const SCOPE = { n: 5, m: -2.5, s: '通办', b: true, l: [1, 2, 3], w: ['a', 'b'], c: { k: 1, name: 'x' }, z: null, 'Full Name': 'Li' }
const VARS = { number: ['n', 'm', 'c.k'], string: ['s', 'c.name', 'Full Name'], boolean: ['b'] }

export class Generator {
  constructor(seed) {
    this.r = new Random(seed)
    this.bound = [] // {name, type}
    this.serial = 0
  }
  root() {
    this.bound = []
    this.serial = 0
    if (this.r.below(8) === 0) return this.tests()
    const kind = this.r.below(12)
    const type = kind < 8 ? TYPES[kind] : kind < 10 ? 'list' : kind === 10 ? 'context' : 'boolean'
    return { tree: this.of(type, 3) }
  }
  of(type, depth) {
    if (this.r.below(60) === 0) return this.of(this.r.pick(TYPES), depth - 1) // of another type: nulls
    if (this.r.below(90) === 0) return leaf('literal', 'null')
    if (type.startsWith('list')) return this.list(type.slice(5) || this.r.pick(['number', 'string', 'number', 'boolean']), depth)
    if (depth <= 0) return this.atom(type)
    if (this.r.below(14) === 0) return node('if', '(if {0} then {1} else {2})', [this.of('boolean', depth - 1), this.of(type, depth - 1), this.of(type, depth - 1)])
    if (this.r.below(24) === 0) return node('index', '({0})[{1}]', [this.list(type, depth - 1), leaf('literal', this.r.pick(['1', '2', '-1', '5']))])
    return this[type](depth)
  }
  atom(type) {
    const bound = this.bound.filter((b) => b.type === type)
    if (bound.length && this.r.below(3)) return leaf('var', '', { ...this.variable(this.r.pick(bound).name) })
    if (VARS[type] && this.r.below(5) === 0) {
      const name = this.r.pick(VARS[type])
      return leaf('scope', name)
    }
    const literal = (list, form) => leaf('literal', form.replace('%', this.r.pick(list)))
    switch (type) {
      case 'number': return leaf('literal', this.r.pick(NUMBERS))
      case 'string': return leaf('literal', this.r.pick(STRINGS))
      case 'boolean': return leaf('literal', this.r.pick(['true', 'false']))
      case 'date': return literal(DATES, this.r.pick(['date(%)', '@%']))
      case 'datetime': return literal(DATETIMES, this.r.pick(['date and time(%)', '@%']))
      case 'time': return literal(TIMES, this.r.pick(['time(%)', '@%']))
      case 'daytime': return literal(DAYTIMES, this.r.pick(['duration(%)', '@%']))
      case 'months': return literal(MONTHS, this.r.pick(['duration(%)', '@%']))
      case 'context': return leaf('literal', this.r.pick(['{}', '{a: 1}', '{a: 1, b: "x"}', '{"k k": 2}', '{a: {b: 2}}']))
    }
    throw new Error(type)
  }
  variable(name) {
    return { fmt: name, name }
  }
  call(name, ...kids) {
    return node(name, `${name}(${kids.map((_, i) => `{${i}}`).join(', ')})`, kids)
  }
  infix(op, x, y) {
    return node(op, `({0} ${op} {1})`, [x, y])
  }
  named(name, params, ...kids) {
    return node(name, `${name}(${kids.map((_, i) => `${params[i]}: {${i}}`).join(', ')})`, kids)
  }
  number(depth) {
    const d = depth - 1
    const n = () => this.of('number', d)
    const scale = () => leaf('literal', this.r.pick(['0', '1', '2', '-1', '3']))
    switch (this.r.below(19)) {
      case 0: case 1: return this.infix(this.r.pick(['+', '-', '*']), n(), n())
      case 2: return this.infix('/', n(), n())
      case 3: return this.infix('**', n(), leaf('literal', this.r.pick(['2', '3', '0', '1'])))
      case 4: return node('neg', '-({0})', [n()])
      case 5: return this.call(this.r.pick(['round up', 'round down', 'round half up', 'round half down', 'decimal']), n(), scale())
      case 6: return this.r.below(2) ? this.call(this.r.pick(['floor', 'ceiling']), n()) : this.call(this.r.pick(['floor', 'ceiling']), n(), scale())
      case 7: return this.call(this.r.pick(['abs', 'sqrt', 'exp', 'log']), n())
      case 8: return this.call('modulo', n(), n())
      case 9: return this.call(this.r.pick(['sum', 'min', 'max', 'mean', 'product', 'median', 'stddev']), this.list('number', d))
      case 10: return this.call(this.r.pick(['sum', 'min', 'max', 'mean', 'product']), n(), n(), n())
      case 11: return this.call('count', this.list(this.r.pick(['number', 'string', 'boolean']), d))
      case 12: return this.call('string length', this.of('string', d))
      case 13: return node('.', `({0}).${this.r.pick(['year', 'month', 'day', 'weekday'])}`, [this.of(this.r.pick(['date', 'datetime']), d)])
      case 14: return node('.', `({0}).${this.r.pick(['hour', 'minute', 'second'])}`, [this.of(this.r.pick(['time', 'datetime']), d)])
      case 15: return node('.', `({0}).${this.r.pick(['days', 'hours', 'minutes', 'seconds'])}`, [this.of('daytime', d)])
      case 16: return node('.', `({0}).${this.r.pick(['years', 'months'])}`, [this.of('months', d)])
      case 17: return this.call(this.r.pick(['day of year', 'week of year']), this.of(this.r.pick(['date', 'datetime']), d))
      default: return node('number', 'number({0}, {1}, {2})', [leaf('literal', this.r.pick(['"1 000.5"', '"1,000"', '"12,5"', '"x"', '"1.000,25"'])), leaf('literal', this.r.pick(['null', '" "', '","', '"."'])), leaf('literal', this.r.pick(['"."', '","', 'null']))])
    }
  }
  string(depth) {
    const d = depth - 1
    const s = () => this.of('string', d)
    switch (this.r.below(11)) {
      case 0: return this.infix('+', s(), s())
      case 1: return this.call('substring', s(), leaf('literal', this.r.pick(['1', '2', '-1', '-2', '4'])))
      case 2: return this.call('substring', s(), leaf('literal', this.r.pick(['1', '2', '-2'])), leaf('literal', this.r.pick(['1', '2', '3'])))
      case 3: return this.call(this.r.pick(['upper case', 'lower case']), s())
      case 4: return this.call(this.r.pick(['substring before', 'substring after']), s(), s())
      case 5: return this.call('replace', s(), leaf('literal', this.r.pick(['"a"', '"[a-c]"', '"(o+)b"', '"\\\\s"', '"^."'])), leaf('literal', this.r.pick(['"x"', '""', '"[$1]"'])))
      case 6: return this.call('string', this.of(this.r.pick([...TYPES, 'list', 'context']), d))
      case 7: return this.r.below(2) ? this.call('string join', this.list('string', d)) : this.call('string join', this.list('string', d), s())
      case 8: return this.call(this.r.pick(['day of week', 'month of year']), this.of(this.r.pick(['date', 'datetime']), d))
      case 9: return this.named('substring before', ['string', 'match'], s(), s())
      default: return node('.', '({0}).name', [leaf('literal', '{name: "q"}')])
    }
  }
  range(type, depth) {
    return node('range', `${this.r.pick(['[', '(', ']'])}{0}..{1}${this.r.pick([']', ')', '['])}`, [this.of(type, depth - 1), this.of(type, depth - 1)])
  }
  test(type, depth) {
    switch (this.r.below(4)) {
      case 0: return node('unary', `${this.r.pick(['<', '<=', '>', '>='])} {0}`, [this.of(type, depth - 1)])
      case 1: return this.range(type, depth)
      default: return this.of(type, depth - 1)
    }
  }
  boolean(depth) {
    const d = depth - 1
    const b = () => this.of('boolean', d)
    const s = () => this.of('string', d)
    const type = this.r.pick(ORDERED)
    switch (this.r.below(17)) {
      case 0: case 1: return this.infix(this.r.pick(['<', '<=', '>', '>=']), this.of(type, d), this.of(type, d))
      case 2: { const t = this.r.pick([...TYPES, 'list', 'context']); return this.infix(this.r.pick(['=', '!=']), this.of(t, d), this.of(t, d)) }
      case 3: return this.infix(this.r.pick(['and', 'or']), b(), b())
      case 4: return this.call('not', b())
      case 5: return node('between', '({0} between {1} and {2})', [this.of(type, d), this.of(type, d), this.of(type, d)])
      case 6: return node('in', '({0} in {1})', [this.of(type, d), this.r.below(2) ? this.range(type, d) : node('unary', `(${this.r.pick(['<', '<=', '>', '>='])} {0})`, [this.of(type, d)])])
      case 7: return node('in', '({0} in ({1}, {2}))', [this.of(type, d), this.test(type, d), this.test(type, d)])
      case 8: return this.call(this.r.pick(['contains', 'starts with', 'ends with']), s(), s())
      case 9: return this.call('matches', s(), leaf('literal', this.r.pick(['"^a"', '"[a-z]+"', '"b.r"', '"^$"', '"\\\\d"', '"通"'])))
      case 10: { const t = this.r.pick(['number', 'string']); return this.call('list contains', this.list(t, d), this.of(t, d)) }
      case 11: return this.call(this.r.pick(['odd', 'even']), this.of('number', d))
      case 12: return this.call(this.r.pick(['all', 'any']), this.list('boolean', d))
      case 13: return this.binder(this.r.pick(['some', 'every']), d)
      case 14: return this.call(this.r.pick(['before', 'after']), this.of('number', d), this.r.below(2) ? this.of('number', d) : this.range('number', d))
      case 15: return this.call(this.r.pick(['overlaps', 'meets', 'met by', 'includes', 'before', 'after']), this.range('number', d), this.range('number', d))
      default: return this.call('is', this.of(type, d), this.of(type, d))
    }
  }
  date(depth) {
    const d = depth - 1
    switch (this.r.below(5)) {
      case 0: return this.call('date', leaf('literal', this.r.pick(['2024', '1999'])), leaf('literal', this.r.pick(['2', '12', '13'])), leaf('literal', this.r.pick(['1', '29', '30'])))
      case 1: return this.call('date', this.of('datetime', d))
      case 2: return this.infix(this.r.pick(['+', '-']), this.of('date', d), this.of(this.r.pick(['months', 'daytime']), d))
      default: return this.atom('date')
    }
  }
  datetime(depth) {
    const d = depth - 1
    switch (this.r.below(5)) {
      case 0: return this.call('date and time', this.of('date', d), this.of('time', d))
      case 1: case 2: return this.infix(this.r.pick(['+', '-']), this.of('datetime', d), this.of(this.r.pick(['months', 'daytime']), d))
      default: return this.atom('datetime')
    }
  }
  time(depth) {
    const d = depth - 1
    switch (this.r.below(4)) {
      case 0: return this.call('time', this.of('datetime', d))
      case 1: return this.call('time', leaf('literal', this.r.pick(['0', '12', '23'])), leaf('literal', this.r.pick(['0', '30', '59'])), leaf('literal', this.r.pick(['0', '15'])))
      case 2: return this.infix(this.r.pick(['+', '-']), this.of('time', d), this.of('daytime', d))
      default: return this.atom('time')
    }
  }
  daytime(depth) {
    const d = depth - 1
    switch (this.r.below(5)) {
      case 0: { const t = this.r.pick(['date', 'datetime', 'time']); return this.infix('-', this.of(t, d), this.of(t, d)) }
      case 1: return this.infix(this.r.pick(['+', '-']), this.of('daytime', d), this.of('daytime', d))
      case 2: return this.infix(this.r.pick(['*', '/']), this.of('daytime', d), leaf('literal', this.r.pick(['2', '3', '0'])))
      case 3: return this.call('abs', this.of('daytime', d))
      default: return this.atom('daytime')
    }
  }
  months(depth) {
    const d = depth - 1
    switch (this.r.below(4)) {
      case 0: return this.call('years and months duration', this.of('date', d), this.of('date', d))
      case 1: return this.infix(this.r.pick(['+', '-']), this.of('months', d), this.of('months', d))
      case 2: return this.infix('*', this.of('months', d), leaf('literal', this.r.pick(['2', '-1'])))
      default: return this.atom('months')
    }
  }
  context(depth) {
    const d = depth - 1
    switch (this.r.below(4)) {
      case 0: return node('context', '{a: {0}, b: {1}}', [this.of(this.r.pick(TYPES), d), this.of(this.r.pick(TYPES), d)])
      case 1: return this.call('context put', this.of('context', d), leaf('literal', this.r.pick(['"a"', '"new"'])), this.of(this.r.pick(TYPES), d))
      case 2: return this.call('context merge', node('list', '[{0}, {1}]', [this.of('context', d), this.of('context', d)]))
      default: return this.atom('context')
    }
  }
  binder(kind, depth) {
    const type = this.r.pick(['number', 'string'])
    const name = `x${(this.serial += 1)}`
    const source = this.list(type, depth - 1)
    this.bound.push({ name, type })
    const body = this.of(kind === 'for' ? this.r.pick(TYPES) : 'boolean', depth - 1)
    this.bound.pop()
    const fmt = kind === 'for' ? `(for ${name} in {0} return {1})` : `(${kind} ${name} in {0} satisfies {1})`
    return node(kind, fmt, [source, body], { binds: name })
  }
  counted(depth) {
    const values = this.r.pick([[1, 2, 3], [3, 2, 1], [0, 1, 2], [-1, 0, 1], [2]])
    const name = `x${(this.serial += 1)}`
    this.bound.push({ name, type: 'number' })
    const body = this.of('number', depth)
    this.bound.pop()
    return node('for', `(for ${name} in {0} return {1})`, [leaf('span', `${values[0]}..${values.at(-1)}`, { values }), body], { binds: name })
  }
  list(type, depth) {
    const d = depth - 1
    const few = (n) => node('list', `[${Array.from({ length: n }, (_, i) => `{${i}}`).join(', ')}]`, Array.from({ length: n }, () => this.of(type, d)))
    if (depth <= 0) {
      if (type === 'number' && this.r.below(6) === 0) return leaf('scope', 'l')
      if (type === 'string' && this.r.below(6) === 0) return leaf('scope', 'w')
      return few(this.r.below(4))
    }
    const at = () => leaf('literal', this.r.pick(['1', '2', '-1']))
    switch (this.r.below(16)) {
      case 0: return this.call('append', this.list(type, d), this.of(type, d))
      case 1: return this.call(this.r.pick(['concatenate', 'union']), this.list(type, d), this.list(type, d))
      case 2: return this.call(this.r.pick(['reverse', 'distinct values']), this.list(type, d))
      case 3: return this.call('flatten', node('list', '[{0}, {1}]', [this.list(type, d), this.list(type, d)]))
      case 4: return this.call('sublist', this.list(type, d), at())
      case 5: return this.call('sublist', this.list(type, d), at(), leaf('literal', '1'))
      case 6: return this.call('insert before', this.list(type, d), at(), this.of(type, d))
      case 7: return this.call('remove', this.list(type, d), at())
      case 8: return this.r.below(2) ? this.call('index of', this.list('number', d), this.of('number', d)) : this.call('split', this.of('string', d), leaf('literal', this.r.pick(['","', '"a"', '" "', '"[bc]"'])))
      case 9: return node('sort', 'sort({0}, function(p, q) p < q)', [this.list('number', d)])
      case 10: case 11: return this.filter(type, d)
      case 12: case 13: return this.binder('for', d)
      case 14: return this.counted(d)
      default: return few(1 + this.r.below(3))
    }
  }
  filter(type, d) {
    const source = this.list(type, d)
    this.bound.push({ name: 'item', type })
    const body = this.of('boolean', d)
    this.bound.pop()
    return node('filter', '({0})[{1}]', [source, body], { binds: 'item' })
  }
  tests() {
    const type = this.r.pick(['number', 'string', 'date'])
    const n = 1 + this.r.below(3)
    const kids = Array.from({ length: n }, () => this.test(type, 2))
    const inner = kids.map((_, i) => `{${i}}`).join(', ')
    const input = type === 'number' ? this.r.pick([0, 1, 2, 2.5, 10, -1, null]) : this.r.pick(['a', 'b', 'abc', '通办', null])
    return { tree: node('tests', this.r.below(5) ? inner : `not(${inner})`, kids), input }
  }
}
