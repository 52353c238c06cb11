// What bench/decision_bench measures, with feelin (npm), which parses each text again whenever it is evaluated:
//     node bench/decision_feelin.mjs [seconds]
// Times are the processor's, as there.
import { createRequire } from 'node:module'

const { evaluate, unaryTest, parseExpression } = createRequire(new URL('../web/package.json', import.meta.url))('feelin')
const seconds = Number(process.argv[2] ?? 2)
const rules = [
  ['< 18', '-', '-', '"o1"'],
  ['[18..60)', '"person"', '<= 1000', '"o2"'],
  ['[18..60)', '"company","branch"', '<= 1000', '"o3"'],
  ['>= 60', '-', '> 1000', '"o4"'],
]
const columns = ['age', 'kind', 'amount']
const kinds = ['person', 'company', 'branch', 'other']

function decide(scope) {
  const inputs = columns.map((c) => evaluate(c, scope))
  const hits = rules.filter((r) => inputs.every((v, i) => unaryTest(r[i], { ...scope, '?': v }) === true))
  return hits.length === 1 ? evaluate(hits[0][3], scope) : null
}
/* How often `once` was done in a second of the processor. */
function measure(once) {
  const from = process.cpuUsage()
  let n = 0
  let took = 0
  do {
    for (let i = 0; i < 20; i += 1) once(n++)
    const used = process.cpuUsage(from)
    took = (used.user + used.system) / 1e6
  } while (took < seconds)
  return n / took
}
const perSecond = measure((n) => decide({ age: (n * 37) % 100, kind: kinds[n % 4], amount: ((n * 91) % 999) + 0.5 }))
console.log(`feelin: table of 3 inputs x 4 rules: ${Math.round(perSecond)} evaluations/s`)
const text = 'if applicant.age >= 18 and applicant.residence = "本市" then "eligible" else "not eligible"'
const parsed = measure(() => parseExpression(text, {}))
console.log(`feelin: parsing: ${((parsed * Buffer.byteLength(text)) / 1e6).toFixed(2)} MB/s`)
