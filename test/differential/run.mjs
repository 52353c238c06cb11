// FEEL of ours beside feelin (npm) on generated expressions.
//     node test/differential/run.mjs --program build/test/differential/feel_eval [--count 5000] [--seed 1] [--show CLASS]
// Where the two differ, the smallest part that differs while all that it is made of agrees is found, and must fall into a class
// of classes.mjs, which says who is right and by what clause. That part is then replaced by its value, and the rest compared again.
// The last line is "feelin: N passed, N failed": failed are differences that no class explains, and texts that no value was given for.
import { Ours, theirs, compare, literal } from './engines.mjs'
import { classify, CLASSES } from './classes.mjs'
import { Generator, free, put, text } from './generate.mjs'

const arg = (name, dflt) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? dflt : process.argv[at + 1]
}
process.env.TZ = 'UTC'
const count = Number(arg('count', 5000))
const seed = Number(arg('seed', 1))
const shown = arg('show', '')
const ours = new Ours(arg('program', 'build/test/differential/feel_eval'))
const CHUNK = 2500
const ROUNDS = 40
const TRANSPARENT = ['unary', 'range', 'span'] // no expressions of their own

const tally = new Map()
const unexplained = []
let same = 0
let close = 0

const isTests = (item) => item.tree.op === 'tests'
const evaluable = (n) => !TRANSPARENT.includes(n.op) && n.op !== 'tests'

/* The nodes to look at below: kids, and the kids of kids that are no expressions. */
function parts(n) {
  return n.kids.flatMap((kid) => (evaluable(kid) ? [kid] : parts(kid)))
}
function closedNodes(n, out = []) {
  for (const kid of n.kids) closedNodes(kid, out)
  if (evaluable(n) && free(n).size === 0) out.push(n)
  return out
}
function values(n) {
  return { ours: ours.get(text(n)), theirs: theirs(text(n)) }
}
function differs(n) {
  const v = values(n)
  return compare(v.ours, v.theirs) === 'different'
}

/* A loop whose parts agree: its body for each value of its source, as expressions of their own. */
function bodies(n) {
  if (!n.binds) return []
  const [source, body] = n.kids
  const items = source.op === 'span' ? source.values.map((v) => ({ k: 'number', v: String(v) })) : (ours.get(text(source))?.v ?? [])
  if (!Array.isArray(items)) return []
  return items.map(literal).filter((l) => l !== null).map((l) => put(body, n.binds, { op: 'given', fmt: l, kids: [] }))
}

/* Replaces the node (by identity) with its value. */
function substitute(n, target, by) {
  if (n === target) return by
  return { ...n, kids: n.kids.map((kid) => substitute(kid, target, by)) }
}

/* The node with what it is made of replaced by our values of it. */
function given(n) {
  return { ...n, kids: n.kids.map((kid) => {
    if (!evaluable(kid)) return given(kid)
    const by = free(kid).size ? null : literal(ours.get(text(kid)))
    return by === null ? kid : { op: 'given', fmt: by, kids: [] }
  }) }
}
function both(item, n) {
  const tests = n.op === 'tests'
  ours.want(text(n), tests, item.input)
  ours.run()
  return { ours: ours.get(text(n), tests, item.input), theirs: theirs(text(n), tests, item.input) }
}

/* False: no class explains it. Where a part is the same but for a double's rounding, it is compared from our value of it on. */
function explain(item, n, v) {
  const rounded = parts(n).some((kid) => free(kid).size === 0 && compare(ours.get(text(kid)), theirs(text(kid))) === 'close')
  let id = null
  if (rounded && compare(...Object.values(both(item, given(n)))) !== 'different') id = 'doubles'
  if (rounded) v = both(item, given(n))
  const kids = parts(n).map((kid) => (free(kid).size ? null : ours.get(text(kid))))
  const each = bodies(n).map((b) => ours.get(text(b)) ?? both(item, b).ours)
  id ??= classify({ op: n.op, node: n, text: text(n), kids, each, ours: v.ours, theirs: v.theirs, input: item.input })
  const example = `${text(n)}${n.op === 'tests' ? ` for ${JSON.stringify(item.input)}` : ''}: ours ${JSON.stringify(v.ours)}, theirs ${JSON.stringify(v.theirs)}`
  if (id === null) {
    unexplained.push(example)
    return false
  }
  const entry = tally.get(id) ?? { n: 0, example, all: [] }
  entry.n += 1
  if (id === shown && entry.all.length < 40) entry.all.push(example)
  tally.set(id, entry)
  return true
}

/* One step towards agreement; 'done', 'again' (the tree was changed) or 'more' (texts are wanted). */
function step(item) {
  const root = item.tree
  const whole = isTests(item) ? { ours: ours.get(text(root), true, item.input), theirs: theirs(text(root), true, item.input) } : values(root)
  const verdict = compare(whole.ours, whole.theirs)
  if (verdict !== 'different') {
    if (!item.changed) verdict === 'same' ? (same += 1) : (close += 1)
    return 'done'
  }
  for (const n of closedNodes(root)) ours.want(text(n))
  if (ours.wanted.size) return 'more'
  const inner = closedNodes(root).find((n) => differs(n))
  if (inner === undefined || inner === root) {
    const target = inner ?? root
    for (const body of bodies(target)) for (const n of closedNodes(body)) ours.want(text(n))
    if (ours.wanted.size) return 'more'
    const body = bodies(target).find((b) => differs(b))
    if (body) return follow(item, body)
    explain(item, target, inner ? values(root) : whole)
    return 'done'
  }
  for (const body of bodies(inner)) for (const n of closedNodes(body)) ours.want(text(n))
  if (ours.wanted.size) return 'more'
  const body = bodies(inner).find((b) => differs(b))
  if (body) return follow(item, body, inner)
  if (!explain(item, inner, values(inner))) return 'done'
  return replace(item, inner)
}

function replace(item, n) {
  const by = literal(ours.get(text(n)))
  if (by === null || n.op === 'given') return 'done' // nothing else to compare it by
  item.tree = substitute(item.tree, n, { op: 'given', fmt: by, kids: [] })
  item.changed = true
  return 'again'
}

/* A loop's body differs for some value: that is what has to be explained; then the loop as a whole is taken as given. */
function follow(item, body, loop) {
  const inner = closedNodes(body).find((n) => differs(n))
  const deeper = bodies(inner).find((b) => ours.get(text(b)) && differs(b))
  for (const b of bodies(inner)) for (const n of closedNodes(b)) ours.want(text(n))
  if (ours.wanted.size) return 'more'
  if (deeper) return follow(item, deeper, loop)
  if (!explain(item, inner, values(inner)) || !loop) return 'done'
  return replace(item, loop)
}

const generator = new Generator(seed)
for (let from = 0; from < count; from += CHUNK) {
  let items = Array.from({ length: Math.min(CHUNK, count - from) }, () => generator.root())
  for (let round = 0; items.length && round < ROUNDS; round += 1) {
    for (const item of items) ours.want(text(item.tree), isTests(item), item.input)
    ours.run()
    let waiting = items
    items = []
    while (waiting.length) {
      const more = []
      for (const item of waiting) {
        const outcome = step(item)
        if (outcome === 'more') more.push(item)
        if (outcome === 'again') items.push(item)
      }
      ours.run()
      waiting = more
    }
  }
  for (const item of items) unexplained.push(`not settled: ${text(item.tree)}`)
  if (ours.known.size > 400000) ours.known.clear()
}

console.log(`${count} expressions, seed ${seed}: ${same} the same, ${close} but for the rounding of doubles, ${count - same - close} differ`)
for (const [id, entry] of [...tally].sort((a, b) => b[1].n - a[1].n)) {
  console.log(`${String(entry.n).padStart(7)} ${id}: ${CLASSES[id].why} [${CLASSES[id].by}]\n        e.g. ${entry.example}`)
  for (const e of entry.all) console.log(`          ${e}`)
}
for (const line of unexplained.slice(0, Number(arg('unexplained', 20)))) console.log(`UNEXPLAINED ${line}`)
console.log(`feelin: ${count - unexplained.length} passed, ${unexplained.length} failed`)
process.exit(unexplained.length ? 1 : 0)
