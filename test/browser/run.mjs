// Every page in both languages, on a desk and on a phone: nothing leaves the origin, nothing breaks the content policy,
// no serious finding of axe-core, nothing wider than the screen, targets large enough. And the journeys.
//   TONGBAN_URL=http://127.0.0.1:8090 TONGBAN_SIGNINS=signins.json node test/browser/run.mjs [only this word in the name]
import { base, launch } from './lib.mjs'
import { journeys } from './journeys.mjs'
import { visitAll } from './pages.mjs'

const only = process.argv[2] ?? ''
const results = { passed: 0, failed: 0, skipped: 0 }
const report = (name, faults) => {
  if (faults === 'skipped') {
    results.skipped++
    return console.log(`skip  ${name}`)
  }
  if (faults.length) {
    results.failed++
    console.log(`FAIL  ${name}`)
    for (const f of faults) console.log(`      ${f}`)
  } else {
    results.passed++
    console.log(`ok    ${name}`)
  }
}
console.log(`pages of ${base}`)
const browser = await launch()
try {
  await journeys(browser, report, only) // first: they file a case, so that the pages have something to show
  await visitAll(browser, report, only)
} finally {
  await browser.close()
}
console.log(`${results.passed} passed, ${results.failed} failed, ${results.skipped} skipped`)
process.exit(results.failed ? 1 : 0)
