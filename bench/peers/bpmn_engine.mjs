// The reference process in bpmn-engine (npm), in memory: nothing of it is durable, and there is no journal.
//     node bpmn_engine.mjs [seconds]      (3 by default, for each concurrency)
// The model is parsed once and shared, which is the quickest way it offers.
import { readFileSync } from 'node:fs'
import { EventEmitter } from 'node:events'
import BpmnModdle from 'bpmn-moddle'
import { Engine } from 'bpmn-engine'

const seconds = Number(process.argv[2] ?? 3)
const source = readFileSync(new URL('./reference.bpmn', import.meta.url), 'utf8')
const moddleContext = await new BpmnModdle().fromXML(source)

function one() {
  return new Promise((resolve, reject) => {
    const ended = new Set()
    const listener = new EventEmitter()
    listener.on('activity.wait', (api) => {
      api.environment.variables.approve = true
      api.signal({ outcome: 'approve' })
    })
    listener.on('activity.end', (api) => ended.add(api.id))
    const engine = new Engine({ name: 'reference', moddleContext, variables: { n: 41 } })
    engine.once('end', () => (ended.has('done') ? resolve() : reject(new Error('not done'))))
    engine.once('error', reject)
    engine.execute({ listener }, (error) => error && reject(error))
  })
}

async function rate(concurrency) {
  const end = performance.now() + seconds * 1000
  const from = performance.now()
  let n = 0
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        await one()
        n++
      }
    }),
  )
  return (1000 * n) / (performance.now() - from)
}

await one()
const rates = []
for (const concurrency of [1, 8, 32]) rates.push([await rate(concurrency), concurrency])
const [best, at] = rates.sort((a, b) => b[0] - a[0])[0]
console.log(`bpmn-engine: instances/s ${best.toFixed(0)} (${at} at once); in memory, nothing durable, no journal`)
