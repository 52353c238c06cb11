// The reference process in DBOS Transact (npm) on PostgreSQL: a workflow that waits for its decision as a message; each step's result is a
// durable row, so that it goes on after a crash. No journal of who did what, no encryption, no rights.
//     node dbos.mjs DATABASE_URL [seconds]      (3 by default, for each concurrency)
import { DBOS } from '@dbos-inc/dbos-sdk'

const url = process.argv[2]
const seconds = Number(process.argv[3] ?? 3)

const add = DBOS.registerStep(async (n, m) => n + m, { name: 'add' })
const reference = DBOS.registerWorkflow(
  async (n) => {
    const outcome = await DBOS.recv('look', 60)
    if (outcome !== 'approve') return 'rejected'
    await Promise.all([add(n, 1), add(n, 2)])
    return 'approved'
  },
  { name: 'reference' },
)

async function one() {
  const handle = await DBOS.startWorkflow(reference)(41)
  await DBOS.send(handle.workflowID, 'approve', 'look')
  const result = await handle.getResult()
  if (result !== 'approved') throw new Error(`not approved: ${result}`)
}

async function rate(concurrency) {
  const from = performance.now()
  const end = from + seconds * 1000
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

DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, logLevel: 'error', runAdminServer: false })
await DBOS.launch()
await one()
const rates = []
for (const concurrency of [8, 32, 128]) rates.push([await rate(concurrency), concurrency])
const [best, at] = rates.sort((a, b) => b[0] - a[0])[0]
console.log(`dbos: instances/s ${best.toFixed(0)} (${at} at once); steps and messages durable on PostgreSQL, no journal of acts`)
await DBOS.shutdown()
