// Why ours and feelin 4.6 differ: every difference must be one of these, told by the smallest expression that shows it and the
// values it is made of. `by` is the clause of DMN 1.5 or the folder of its compatibility kit (TCK) that shows who is right: in
// every class here it is ours, which passes the whole kit. A class says what the values are, so that a new mistake fits none.

import { text } from './generate.mjs'

const kind = (v) => v?.k ?? 'bound'
const known = (c) => c.kids.every((v) => v !== null)
const nothing = (c) => c.kids.some((v) => kind(v) === 'null')
const kinds = (c) => new Set(c.kids.map(kind))
const temporal = (v) => ['date', 'time', 'date and time'].includes(kind(v))
const zoned = (v) => kind(v) === 'date' || /[zZ@]|[+-]\d\d:\d\d(:\d\d)?$/.test(v?.v ?? '')
const zonesDiffer = (c) => {
  const t = c.kids.filter((v) => ['time', 'date and time', 'date'].includes(kind(v)))
  return t.some((v) => zoned(v)) && t.some((v) => !zoned(v))
}
const num = (v) => Number(v.v)
const length = (v) => (kind(v) === 'list' ? v.v.length : kind(v) === 'string' ? [...v.v].length : 1)
const durationKind = (v) => (kind(v) === 'duration' ? (v.days ? 'days' : 'months') : kind(v))
/* Kinds that the values do not share, so that they have neither order nor equality. */
const mixed = (c) => new Set(c.kids.map(durationKind)).size > 1 || zonesDiffer(c)
/* Seconds of a time in UTC; a named zone counts as UTC. */
const instant = (t) => {
  const [, h, m, s, sign, zh, zm] = /^(\d\d):(\d\d):(\d\d)[^+-]*(?:([+-])(\d\d):(\d\d))?/.exec(t.v)
  return h * 3600 + m * 60 + +s - (sign ? (sign + 1) * (zh * 3600 + zm * 60) : 0)
}
const order = (x, y) => {
  if (x.k !== y.k) return 0
  if (x.k === 'number') return num(x) - num(y)
  if (x.k === 'duration') return x.months - y.months || x.seconds - y.seconds
  if (x.k === 'date and time') return x.utc - y.utc
  if (x.k === 'time' && zoned(x) && zoned(y)) return instant(x) - instant(y)
  return x.v < y.v ? -1 : x.v > y.v ? 1 : 0
}
/* Ranges in the node, as pairs of the values of their ends. */
function ranges(c) {
  const out = []
  let at = 0
  const walk = (n, inside) => {
    for (const kid of n.kids) {
      if (kid.op === 'range') out.push([c.kids[at++], c.kids[at++]])
      else if (kid.op === 'unary') walk(kid, true)
      else at += 1
    }
  }
  walk(c.node)
  if (c.op === 'between') out.push([c.kids[1], c.kids[2]])
  return out
}
const descending = (c) => ranges(c).some(([x, y]) => x && y && order(x, y) > 0)
const same = (x, y) => JSON.stringify(x) === JSON.stringify(y)
/* [from the front, counted from 0]; NaN when it is not there. */
const place = (list, at) => (at < 0 ? list.length + at : at - 1)
const part = (d, name) => {
  const of = (n, by, most) => Math.trunc(n / by) % most
  const parts = d.days
    ? { days: of(d.seconds, 86400, Infinity), hours: of(d.seconds, 3600, 24), minutes: of(d.seconds, 60, 60), seconds: d.seconds % 60 }
    : { years: of(d.months, 12, Infinity), months: d.months % 12 }
  return name in parts ? String(parts[name] + 0) : null
}
/* Numbers in a text as a double writes them. */
const shortened = (s) => String(s).replace(/-?\d+\.\d+/g, (n) => String(Number(n)))
const COMPARES = ['<', '<=', '>', '>=', 'between', 'in', 'tests', 'before', 'after', 'overlaps', 'meets', 'met by', 'includes']
const inputKind = (c) => (c.input === null ? 'null' : typeof c.input)

export const CLASSES = {
  doubles: { why: 'feelin reckons with doubles; ours with 34 decimal digits', by: '10.3.2.3.1; TCK 0100', test: (c) => c.op === 'string' && kind(c.kids[0]) === 'number' && c.ours.v === c.kids[0].v && String(Number(c.ours.v)) === c.theirs.v || c.op === 'string' && shortened(c.ours.v) === shortened(c.theirs.v) || c.kids.some((v) => kind(v) === 'number' && v.v.replace(/\D/g, '').length > 17 && String(Number(v.v)) !== v.v) },
  'strings have an order': {
    why: 'feelin throws for ranges and comparisons of texts that are not one letter', by: '10.3.2.13.2, strings compare by code points; TCK 0068, 1130',
    test: (c) => c.theirs.k === 'error' && /illegal range (start|end)/.test(c.theirs.v),
  },
  'mixed ends throw': {
    why: 'feelin throws where the ends of a range have different types; FEEL gives null or, where one end decides, false', by: '10.3.2.13.2, 10.3.2.7; TCK 1130, 0072',
    test: (c) => c.theirs.k === 'error' && /unsupported range|Invalid unit ts|Unknown duration argument/.test(c.theirs.v) && (mixed(c) || nothing(c) || c.op === 'tests' || kinds(c).has('boolean')),
  },
  'open ranges read as filters': {
    why: "feelin's grammar takes ']1..3[' next to another bracket for a filter", by: '10.3.1.2, rules of intervals; TCK 1130',
    test: (c) => c.theirs.k === 'error' && /Unrecognized token/.test(c.theirs.v) && /\[[,)]|[[(,] ?\]|\[$/.test(c.text),
  },
  'no order, no answer': {
    why: 'values of different types, or with and without a zone, or null, have no order: FEEL gives null, feelin true or false', by: '10.3.2.13.2; TCK 0068, 0071, 0072',
    test: (c) => COMPARES.includes(c.op) && c.op !== 'tests' && c.ours.k === 'null' && (mixed(c) || nothing(c) || kinds(c).has('boolean')),
  },
  'tests without an answer': {
    why: 'a cell that compares its input with a value of another type is null in FEEL, false in feelin; a table takes both as not holding', by: '7.3.3, 10.3.2.13; TCK 0072',
    test: (c) => c.op === 'tests' && c.ours.k === 'null' && c.theirs.k === 'boolean' && (nothing(c) || c.kids.some((v) => kind(v) !== inputKind(c))),
  },
  'true cells': {
    why: 'a cell of the value true holds (the test is the condition itself); feelin compares it with the input', by: '7.3.3, 10.3.2.8; TCK 0072',
    test: (c) => ['tests', 'in'].includes(c.op) && c.ours.v === !/^not/.test(c.text) && c.kids.some((v) => v?.v === true),
  },
  'lists in tests': {
    why: 'a list among the tests holds when it has the input', by: '10.3.2.8, table of in; TCK 0072',
    test: (c) => (c.op === 'tests' || c.op === 'in') && kinds(c).has('list'),
  },
  'one end decides': {
    why: 'a value below the low end or above the high end is out, whatever the other end is', by: '10.3.2.7 with 10.3.2.15 (false and null is false); TCK 0071, 1130',
    test: (c) => ['between', 'in', 'tests'].includes(c.op) && c.ours.k === 'boolean' && c.ours.v === /^not/.test(c.text) && (nothing(c) || mixed(c)),
  },
  'ranges of texts': {
    why: 'a range of texts holds every text between its ends; that of feelin single letters only, capital ones behind small ones', by: '10.3.2.7, 10.3.2.13.2; TCK 1130',
    test: (c) => ['tests', 'in', 'between'].includes(c.op) && c.theirs.k === 'boolean' && ranges(c).some(([x, y]) => kind(x) === 'string' && kind(y) === 'string'),
  },
  'months in order': {
    why: 'P12M is P1Y; feelin takes a month for 30 days where it compares', by: '10.3.2.3.8, 10.3.2.13.2; TCK 0068, 1120',
    test: (c) => [...COMPARES, '=', '!=', 'is'].includes(c.op) && c.kids.filter((v) => kind(v) === 'duration' && !v.days).length > 1,
  },
  'durations by durations': {
    why: 'two durations have no product', by: '10.3.2.11, table of multiplication',
    test: (c) => c.op === '*' && c.ours.k === 'null' && c.kids.every((v) => kind(v) === 'duration'),
  },
  'descending ranges': {
    why: 'a range whose low end is above its high end holds nothing; feelin turns it round', by: '10.3.2.7; TCK 0071, 1130',
    test: (c) => COMPARES.includes(c.op) && descending(c),
  },
  'durations by numbers': {
    why: 'feelin does not multiply and divide durations', by: '10.3.2.11, table of multiplication and division; TCK 0007, 0100',
    test: (c) => {
      if (!['*', '/'].includes(c.op) || c.theirs.k !== 'null' || c.ours.k !== 'duration') return false
      const [d, n] = kind(c.kids[0]) === 'duration' ? [c.kids[0], num(c.kids[1])] : [c.kids[1], num(c.kids[0])]
      const by = c.op === '*' ? n : 1 / n
      return Math.abs(c.ours.months - Math.trunc(d.months * by)) === 0 && Math.abs(c.ours.seconds - d.seconds * by) <= 1
    },
  },
  'signs of durations': {
    why: 'feelin does not negate durations and has no abs() of them', by: '10.3.2.11, 10.3.4.5; TCK 0050, 0099',
    test: (c) => ['abs', 'neg'].includes(c.op) && c.theirs.k === 'null' && c.ours.k === 'duration' &&
      Math.abs(c.ours.months) === Math.abs(c.kids[0].months) && Math.abs(c.ours.seconds) === Math.abs(c.kids[0].seconds),
  },
  'parts of dates': {
    why: 'a date has no hour, minute and second', by: '10.3.2.14, table of properties; TCK 0074',
    test: (c) => c.op === '.' && kind(c.kids[0]) === 'date' && /\.(hour|minute|second)$/.test(c.text) && c.ours.k === 'null',
  },
  'months are whole': {
    why: 'whole months only, and the last day of a month is no whole month after a later day; feelin gives fractions and rounds up at the end of a month', by: '10.3.4.1, years and months duration; TCK 1121',
    test: (c) => {
      if (c.op !== 'years and months duration' || c.theirs.k !== 'duration' || c.ours.k !== 'duration') return false
      const [x, y] = c.kids.map((v) => v.v.slice(0, 10).split('-').map(Number))
      const all = (y[0] - x[0]) * 12 + y[1] - x[1]
      return c.ours.months === (all > 0 && y[2] < x[2] ? all - 1 : all < 0 && y[2] > x[2] ? all + 1 : all)
    },
  },
  'dates of the calendar': {
    why: 'date(2024, 13, 1) is no date; feelin takes the next month', by: '10.3.4.1; TCK 1115',
    test: (c) => {
      if (c.op !== 'date' || c.kids.length !== 3 || c.ours.k !== 'null') return false
      const [y, m, d] = c.kids.map(num)
      return new Date(Date.UTC(y, m - 1, d)).getUTCMonth() !== m - 1
    },
  },
  'zones of subtraction': {
    why: 'of two times or dates and times one has a zone, the other not: there is no difference', by: '10.3.2.11, table of subtraction; TCK 0007',
    test: (c) => c.op === '-' && c.ours.k === 'null' && c.kids.every(temporal) && zonesDiffer(c),
  },
  'mixed arithmetic': {
    why: 'FEEL has no sum or difference of these types; feelin takes a time for a moment of 1900 and adds durations of both kinds', by: '10.3.2.11, tables of addition and subtraction',
    test: (c) => ['+', '-'].includes(c.op) && c.ours.k === 'null' && new Set(c.kids.map(durationKind)).size > 1,
  },
  'a date plus hours': {
    why: 'a date and a duration give a date; feelin gives a date and time', by: '10.3.2.11, table of addition; TCK 0007',
    test: (c) => ['+', '-'].includes(c.op) && c.ours.k === 'date' && kinds(c).has('date') && kinds(c).has('duration') && c.theirs.k === 'date and time',
  },
  'positions outside': {
    why: 'a position that the list or text does not have is outside the domain of the function: null', by: '10.3.4 (arguments outside the domain), 10.3.4.3, 10.3.4.4; TCK 1103',
    test: (c) => {
      if (!['sublist', 'insert before', 'remove', 'substring'].includes(c.op) || c.ours.k !== 'null' || !known(c)) return false
      const n = length(c.kids[0])
      const at = num(c.kids[1]) < 0 ? n + num(c.kids[1]) + 1 : num(c.kids[1])
      return at < 1 || at > n || (c.op === 'sublist' && c.kids.length > 2 && at + num(c.kids[2]) - 1 > n)
    },
  },
  'positions from the end': {
    why: 'negative positions count from the end; feelin counts others', by: '10.3.4.3, 10.3.4.4; TCK 1103, 0011',
    test: (c) => {
      if (!known(c) || kind(c.kids[0]) !== 'list' || c.ours.k !== 'list' || !(num(c.kids[1]) < 0)) return false
      const list = [...c.kids[0].v]
      const at = place(list, num(c.kids[1]))
      if (c.op === 'insert before') list.splice(at, 0, c.kids[2])
      else if (c.op === 'remove') list.splice(at, 1)
      else return false
      return same(list, c.ours.v)
    },
  },
  'characters are code points': {
    why: 'a position from the end counts characters; feelin counts UTF-16 units', by: '10.3.2.3.2, 10.3.4.3; TCK 0083, 1103',
    test: (c) => c.op === 'substring' && known(c) && num(c.kids[1]) < 0 && /[\u{10000}-\u{10ffff}]/u.test(c.kids[0].v),
  },
  'parts of durations': {
    why: 'days, hours, minutes and seconds (years and months) are the parts of the normalised duration', by: '10.3.2.14, table of properties; TCK 0074',
    test: (c) => c.op === '.' && kind(c.kids[0]) === 'duration' && (c.ours.v ?? null) === part(c.kids[0], c.text.split('.').at(-1)),
  },
  'times are no dates': {
    why: "feelin's time is a moment of 1900, so that functions and properties of dates take it", by: '10.3.4 (arguments outside the domain), 10.3.2.14; TCK 0095 to 0098, 1115, 1117, 1121',
    test: (c) => ['day of week', 'month of year', 'day of year', 'week of year', 'date', 'date and time', 'years and months duration', '.'].includes(c.op) && c.ours.k === 'null' && c.kids.some((v) => kind(v) === 'time'),
  },
  'the time of a date and time': {
    why: 'date and time(date, time) wants a date or date and time, and a time', by: '10.3.4.1; TCK 1117',
    test: (c) => c.op === 'date and time' && c.ours.k === 'null' && kind(c.kids[1]) !== 'time',
  },
  'zone of a time': {
    why: "the zone of a time keeps its name; feelin takes the zone's offset in 1900", by: '10.3.2.3.6; TCK 1116',
    test: (c) => ['time', 'given'].includes(c.op) && c.ours.k === 'time' && /@/.test(c.ours.v) && c.theirs.k === 'time',
  },
  'midnight in UTC': {
    why: 'feelin takes a date and time at midnight of UTC for a date', by: '10.3.2.3.5; TCK 1117',
    test: (c) => c.ours.k === 'date and time' && c.theirs.k === 'date' && c.ours.v.replace(/T00:00:00(Z|@.*|\+00:00)$/, '') === c.theirs.v,
  },
  'the date as written': {
    why: 'date() takes the date of the moment where it is written; feelin that of UTC', by: '10.3.4.1; TCK 1115',
    test: (c) => c.op === 'date' && c.ours.k === 'date' && kind(c.kids[0]) === 'date and time' && c.kids[0].zoned && c.kids[0].v.startsWith(c.ours.v),
  },
  'groups of patterns': {
    why: 'a group that the pattern does not have is empty in the replacement', by: '10.3.4.3 with fn:replace of XPath; TCK 1109',
    test: (c) => c.op === 'replace' && /\$1/.test(c.kids[2].v) && !/\(/.test(c.kids[1].v),
  },
  'texts of durations': {
    why: 'a negative duration is written -PT30M; feelin writes PT-30M, and carries days into months', by: '10.3.2.3.7, 10.3.4.1 string(); XML Schema part 2',
    test: (c) => c.op === 'string' && /duration|"k":"duration"/.test(JSON.stringify(c.kids[0])),
  },
  'conditions of filters': {
    why: 'a filter keeps the items for which the condition is true, also null and false ones, and item is that of the innermost filter; feelin drops those, keeps others where the condition is no boolean, and puts the inner fields of its dates into scope', by: '10.3.2.5; TCK 0069, 1151',
    test: (c) => {
      if (c.op !== 'filter' || kind(c.kids[0]) !== 'list' || c.each.length !== c.kids[0].v.length) return false
      const own = text(c.node.kids[1]) === 'b' // a field of the item comes before the name around it
      const each = c.each.map((v, i) => (own && c.kids[0].v[i].v?.b) || v)
      const inner = /\[item\]|item/.test(text(c.node.kids[1])) && JSON.stringify(c.node.kids[1]).includes('"op":"filter"') // item is the inner one's
      const fields = c.kids[0].v.some((v) => !['number', 'boolean'].includes(v.k)) // feelin puts those of any item into scope, its dates' too
      const odd = inner || fields || each.some((v) => v.k !== 'boolean') || c.kids[0].v.some((v) => v.k === 'null' || v.v === false)
      return odd && same(c.ours.v, c.kids[0].v.filter((_, i) => each[i].v === true && each[i].k === 'boolean'))
    },
  },
  'keys in texts': {
    why: 'a name with spaces is a key without quotes', by: '10.3.1.2, rule of keys; 10.3.4.1 string()',
    test: (c) => c.op === 'string' && c.ours.k === 'string' && c.ours.v === c.theirs.v?.replace(/"k k"/g, 'k k'),
  },
  'modulo of decimals': {
    why: 'feelin reckons modulo with doubles, rounded to nine digits', by: '10.3.4.5, 10.3.2.3.1; TCK 0056',
    test: (c) => {
      if (c.op !== 'modulo' || c.ours.k !== 'number' || c.theirs.k !== 'number') return false
      const off = Math.abs(num(c.ours) - c.theirs.v)
      const most = 1e-8 + (Math.abs(num(c.kids[0])) + Math.abs(num(c.kids[1]))) * 1e-15
      return off < most || Math.abs(off - Math.abs(num(c.kids[1]))) < most
    },
  },
  'null filtered': {
    why: 'null[condition] is the empty list', by: '10.3.2.5',
    test: (c) => c.op === 'filter' && kind(c.kids[0]) === 'null' && c.ours.k === 'list',
  },
  'index by an expression': {
    why: 'a condition that is a number is an index', by: '10.3.2.5; TCK 0069',
    test: (c) => c.op === 'filter' && kind(c.kids[0]) === 'list' && c.theirs.k === 'list' && c.ours.k !== 'list',
  },
  'null is no list': {
    why: 'null is outside the domain of functions of lists', by: '10.3.4 (arguments outside the domain), 10.3.2.9.4; TCK 0010',
    test: (c) => ['concatenate', 'append', 'union', 'count', 'reverse', 'flatten', 'sort', 'list contains', 'index of', 'distinct values'].includes(c.op) && nothing(c) && c.ours.k === 'null',
  },
  'separators of number()': {
    why: 'the separators must differ, and the text be a number with them', by: '10.3.4.1; TCK 0058',
    test: (c) => c.op === 'number' && c.ours.k === 'null',
  },
  'sorting without an order': {
    why: 'the function that sorts gives no boolean for values without an order', by: '10.3.4.6; TCK 0013',
    test: (c) => c.op === 'sort' && c.ours.k === 'null' && kind(c.kids[0]) === 'list' && new Set(c.kids[0].v.map(durationKind)).size > 1,
  },
  'sorting what has no order': {
    why: 'booleans, null and lists have no order', by: '10.3.4.6, 10.3.2.13.2; TCK 0013',
    test: (c) => c.op === 'sort' && c.ours.k === 'null' && kind(c.kids[0]) === 'list' && c.kids[0].v.some((v) => ['boolean', 'null', 'list', 'context'].includes(kind(v)) || zonesDiffer({ kids: c.kids[0].v })),
  },
  'quantifiers of no booleans': {
    why: 'some and every are null where a condition is no boolean and none decides', by: '10.3.2.14, 10.3.2.15; TCK 0016, 1153, 1154',
    test: (c) => ['some', 'every'].includes(c.op) && c.ours.k === 'null' && c.theirs.k === 'boolean' && c.each.some((v) => v.k !== 'boolean') &&
      !c.each.some((v) => v.k === 'boolean' && v.v === (c.op === 'some')),
  },
  'conditions of if': {
    why: 'what is not true takes the else branch; feelin takes the then branch for all but false and null', by: '10.3.2.14; TCK 0032, 1150',
    test: (c) => c.op === 'if' && kind(c.kids[0]) !== 'boolean' && same(c.ours, c.kids[2]),
  },
  'lists of one item': {
    why: 'a list is compared as a list; feelin unwraps lists of one item first', by: '10.3.2.13.1; TCK 0068, 0021',
    test: (c) => ['=', '!='].includes(c.op) && c.kids.some((v) => kind(v) === 'list' && length(v) < 2),
  },
  'no equality': {
    why: 'values of different types have no equality: null; feelin has not equal', by: '10.3.2.13.1; TCK 0068',
    test: (c) => ['=', '!='].includes(c.op) && c.ours.k === 'null' && new Set(c.kids.map(durationKind)).size > 1,
  },
  'is() of two types': {
    why: 'is() of different types is false', by: '10.3.4.9; TCK 0103',
    test: (c) => c.op === 'is' && c.ours.k === 'boolean' && c.ours.v === false && c.theirs.k === 'null' && new Set(c.kids.map(durationKind)).size > 1,
  },
  'least and greatest': {
    why: 'min and max take all values that have an order; feelin numbers only', by: '10.3.4.4; TCK 0012',
    test: (c) => ['min', 'max'].includes(c.op) && c.theirs.k === 'null' && c.ours.k !== 'number',
  },
  'range of doubles': {
    why: 'numbers reach to 10^6144; what is beyond is null, never infinite', by: '10.3.2.3.1; TCK 0078',
    test: (c) => c.theirs.k === 'nan' && ['null', 'number'].includes(c.ours.k),
  },
  median: {
    why: 'feelin sorts numbers as texts', by: '10.3.4.4; TCK 0061',
    test: (c) => {
      if (c.op !== 'median' || c.ours.k !== 'number' || kind(c.kids[0]) !== 'list') return false
      const n = c.kids[0].v.map(num).sort((x, y) => x - y)
      const middle = n.length % 2 ? n[(n.length - 1) / 2] : (n[n.length / 2 - 1] + n[n.length / 2]) / 2
      return Math.abs(middle - num(c.ours)) < 1e-9
    },
  },
}

export function classify(c) {
  for (const [id, one] of Object.entries(CLASSES)) if (one.test(c)) return id
  return null
}
