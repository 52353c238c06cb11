// The browser tests, against the real program. Starts a demonstration city and an empty one on fresh folders and free ports, does what
// people and officers do (journeys), then looks at every page in both languages, on a desk and on a phone.
//   TONGBAN_BIN=build/tongban node test/browser/run.mjs [a pattern: only tests whose name it finds]
//   CHROMIUM names the browser; TONGBAN_SHOTS a folder for screenshots; TONGBAN_URL and TONGBAN_SIGNINS a running city.
// The last line is "browser: N passed, M failed".
import { startAll } from './city.mjs'
import { launch } from './lib.mjs'
import { visits, windows } from './pages.mjs'
import { board } from './journeys/board.mjs'
import { briefing } from './journeys/briefing.mjs'
import { certificates } from './journeys/certificates.mjs'
import { claims } from './journeys/claims.mjs'
import { condition } from './journeys/condition.mjs'
import { company } from './journeys/company.mjs'
import { portal } from './journeys/portal.mjs'
import { decisions } from './journeys/decisions.mjs'
import { designer } from './journeys/designer.mjs'
import { simulation } from './journeys/simulation.mjs'
import { desk } from './journeys/desk.mjs'
import { flow } from './journeys/flow.mjs'
import { migration } from './journeys/migration.mjs'
import { help } from './journeys/help.mjs'
import { licences } from './journeys/licences.mjs'
import { news } from './journeys/news.mjs'
import { keys } from './journeys/keys.mjs'
import { knowledge } from './journeys/knowledge.mjs'
import { office } from './journeys/office.mjs'
import { own } from './journeys/own.mjs'
import { paper } from './journeys/paper.mjs'
import { hotline } from './journeys/hotline.mjs'
import { ratings } from './journeys/ratings.mjs'
import { rights } from './journeys/rights.mjs'
import { seals } from './journeys/seals.mjs'
import { systems } from './journeys/systems.mjs'
import { towns } from './journeys/towns.mjs'

const only = new RegExp(process.argv[2] ?? '')
const count = { passed: 0, failed: 0 }
function report(name, faults) {
  count[faults.length ? 'failed' : 'passed']++
  console.log(`${faults.length ? 'FAILED' : 'ok    '} ${name}`)
  for (const f of faults) console.log(`       ${f}`)
}
async function one(browser, [name, run], lane) {
  try {
    report(name, (await run(browser, lane)) ?? [])
  } catch (e) {
    report(name, [String(e.stack ?? e).split('\n').slice(0, 6).join('\n       ')])
  }
}
/** `lanes` at a time; tests of one list do not depend on each other. */
async function all(browser, tests, lanes) {
  const left = tests.filter(([name]) => only.test(name))
  await Promise.all(Array.from({ length: lanes }, async () => {
    const lane = windows()
    for (let t = left.shift(); t; t = left.shift()) await one(browser, t, lane)
    await lane.close()
  }))
}

const began = Date.now()
const stop = await startAll()
let browser
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, async () => {
    await stop() // no city is left behind
    process.exit(130)
  })
try {
  browser = await launch()
  await one(browser, ['a service is checked, and published by two people', office['a service is checked, and published by two people']]) // others use the service
  const rest = { ...company, ...portal, ...desk, ...flow, ...migration, ...office, ...towns, ...ratings, ...rights, ...seals, ...hotline, ...help, ...knowledge, ...board, ...condition, ...decisions, ...designer, ...simulation, ...briefing, ...news, ...claims, ...certificates, ...own, ...keys, ...systems, ...licences, ...paper }
  delete rest['a service is checked, and published by two people']
  await all(browser, Object.entries(rest), 2)
  await all(browser, visits(), 3)
} catch (e) {
  report('the run itself', [String(e.stack ?? e)])
} finally {
  await browser?.close()
  await stop()
}
console.log(`${Math.round((Date.now() - began) / 1000)} s`)
console.log(`browser: ${count.passed} passed, ${count.failed} failed`)
process.exit(count.failed ? 1 : 0)
