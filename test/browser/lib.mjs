// A browser for the tests: the system's Chromium with a fresh profile, every request watched.
import { createRequire } from 'node:module'
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { tmpdir } from 'node:os'
import { city, party } from './city.mjs'

const need = createRequire(new URL('../../web/package.json', import.meta.url))
const { chromium } = need('playwright-core')
const axeSource = readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8')

export const shots = process.env.TONGBAN_SHOTS ?? join(tmpdir(), 'tongban-shots')
mkdirSync(shots, { recursive: true })

function chromiumPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, 'chromium'), constants.X_OK)
      return join(folder, 'chromium')
    } catch {
      /* not in this one */
    }
  }
  throw new Error('no Chromium on PATH: install the package "chromium", or name one in CHROMIUM')
}
export const launch = () =>
  chromium.launch({ executablePath: chromiumPath(), args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })

/** A page in a language and size; what it fetched and what went wrong is kept in `seen`. `as` is a login; `state` another device's session. */
export async function open(browser, { lang = 'zh-CN', width = 1280, height = width < 600 ? 740 : 900, dark = false, as, state } = {}) {
  const storageState = state ?? (as ? (await party(as)).state() : undefined)
  const context = await browser.newContext({ viewport: { width, height }, locale: lang, timezoneId: 'Asia/Shanghai', colorScheme: dark ? 'dark' : 'light', storageState, hasTouch: width < 600, acceptDownloads: true })
  context.setDefaultTimeout(15000)
  const page = await context.newPage()
  const seen = { foreign: [], errors: [], csp: [], refused: [], bytes: 0 }
  watch(page, seen)
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  cdp.on('Network.loadingFinished', (e) => (seen.bytes += e.encodedDataLength))
  const go = async (path) => {
    await page.goto(`${city.url}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
    await settled(page)
  }
  const forget = () => {
    for (const list of [seen.foreign, seen.errors, seen.csp, seen.refused]) list.length = 0
    seen.bytes = 0
  }
  return { context, page, seen, go, forget }
}
function watch(page, seen) {
  page.on('request', (r) => {
    const u = r.url()
    if (!u.startsWith(city.url) && !(city.empty && u.startsWith(city.empty.url)) && !u.startsWith('blob:') && !u.startsWith('data:')) seen.foreign.push(u)
  })
  page.on('response', (r) => r.status() >= 400 && seen.refused.push(`${r.status()} ${r.request().method()} ${new URL(r.url()).pathname}`))
  page.on('pageerror', (e) => seen.errors.push(String(e)))
  page.on('console', (m) => {
    const t = m.text()
    if (/Content Security Policy/i.test(t)) seen.csp.push(t)
    else if (['error', 'warning'].includes(m.type()) && !/Failed to load resource/.test(t)) seen.errors.push(t)
  })
}
/** What no page may do. Refusals (4xx, 5xx) that the test provokes are named in `expected`. */
export const wrong = (seen, expected = []) => [
  ...seen.errors.map((e) => `console: ${e}`),
  ...seen.csp.map((e) => `content policy: ${e}`),
  ...seen.foreign.map((u) => `request to another origin: ${u}`),
  ...seen.refused.filter((r) => !expected.some((e) => r.startsWith(String(e)))).map((r) => `refused: ${r}`),
]

export async function settled(page) {
  await page.waitForLoadState('domcontentloaded')
  await page.waitForSelector('main h1', { state: 'attached' })
  // A case's page keeps its event stream open, so "network idle" never comes: wait for the bones to go, then for one quiet frame.
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
}

/** Findings of axe-core (WCAG 2.2 A and AA and its best practices) from "moderate" up. */
export async function axe(page) {
  await page.evaluate(() => window.scrollTo(0, 0)) // what is scrolled under the sticky header is not hidden from anybody
  await page.evaluate(axeSource) // through the debugger: a script tag would be refused by the page's own policy
  const r = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }))
  return r.violations.filter((v) => v.impact !== 'minor').map((v) => `axe ${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)
}

/** Anything wider than the window makes people scroll sideways. */
export const overflow = (page) =>
  page.evaluate(() => {
    const by = document.documentElement.scrollWidth - document.documentElement.clientWidth
    if (by <= 0) return []
    const widest = [...document.querySelectorAll('main *, header *')].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && !e.closest('.scroll-x'))
    return [`${by} px wider than the window: ${widest.slice(-1).map((e) => e.outerHTML.slice(0, 120))}`]
  })

/** On a phone, controls lower than 44 px; text in a button broken over lines letter by letter. */
export const smallTargets = (page) =>
  page.evaluate(() => {
    // Inside the decision editor stand the library's cells, small as in a spreadsheet; on a phone the same rules are read as a table beside it.
    const visible = (e) => !e.closest('.vh, .dmn-box, .process-box') && !e.classList.contains('vh') && e.offsetParent !== null
    const wraps = (e) => {
      const r = document.createRange()
      r.selectNodeContents(e)
      return r.getBoundingClientRect().height > 2.6 * parseFloat(getComputedStyle(e).fontSize) // the cell may be high for its neighbours' sake
    }
    const small = [...document.querySelectorAll('button, .btn, input:not([type=hidden]), select, textarea')].filter(visible).filter((e) => {
      const r = ((e.matches('input[type=radio],input[type=checkbox]') ? e.closest('label') : null) ?? e).getBoundingClientRect()
      return r.width > 0 && r.height < 43.5
    })
    const squeezed = [...document.querySelectorAll('.btn, .tag, th')].filter(visible).filter((e) => {
      const t = (e.innerText ?? '').trim()
      return t.length > 1 && t.length < 9 && !/\s/.test(t) && e.getBoundingClientRect().height > 2.6 * parseFloat(getComputedStyle(e).fontSize) + 24 && wraps(e)
    })
    return [...small.map((e) => `small target: ${e.outerHTML.slice(0, 90)}`), ...squeezed.map((e) => `squeezed: ${e.outerHTML.slice(0, 90)}`)]
  })

/** Chinese on an English page must be data, and marked as Chinese (WCAG 3.1.2): what is not was forgotten in translation. */
export const chineseLeft = (page) =>
  page.evaluate(() => {
    const han = /[\u3400-\u9fff]/
    const out = []
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
      const e = n.parentElement
      if (!han.test(n.nodeValue) || e.closest('script,style,noscript,[lang^=zh]')) continue
      out.push(`${e.tagName.toLowerCase()}.${e.className || e.parentElement.className}: ${n.nodeValue.trim().slice(0, 40)}`)
    }
    for (const e of document.querySelectorAll('[aria-label],[placeholder],[title],[alt]'))
      for (const a of ['aria-label', 'placeholder', 'title', 'alt']) {
        const v = e.getAttribute(a)
        if (v && han.test(v) && !e.closest('[lang^=zh],tr,.lic,.file,li')) out.push(`@${a}: ${v.slice(0, 40)}`)
      }
    return [...new Set(out)].map((t) => `Chinese on an English page: ${t}`)
  })

/** Keys of messages, codes and undefined values that reached the page. */
export const rawWords = (page) =>
  page.evaluate(() => {
    const raw = [...document.querySelectorAll('[data-raw]')].map((e) => e.innerText).filter(Boolean) // expressions as their author wrote them: null is a word of FEEL
    const text = raw.reduce((all, part) => all.replace(part, ''), document.body.innerText)
    const bad = text.match(/\b(undefined|NaN|null|\[object Object\])\b|Invalid Date/g) ?? []
    const keys = [...document.querySelectorAll('h1,h2,h3,label,legend,button,a,th,td,dt,dd,.tag,option')].filter((e) => !e.closest('.mono,[data-raw]')).map((e) => (e.textContent ?? '').trim()).filter((t) => /^[a-z][a-zA-Z0-9]*([._][a-zA-Z0-9]+)+$/.test(t) && !/\.(json|pdf|bpmn|dmn)$/.test(t))
    return [...new Set([...bad, ...keys])].map((t) => `raw word: ${t}`)
  })

/** Walks the page with Tab: every stop must show where it is. */
export async function focusShown(page, stops = 12) {
  const out = []
  for (let i = 0; i < stops; i++) {
    await page.keyboard.press('Tab')
    const bad = await page.evaluate(() => {
      const e = document.activeElement
      if (!e || e === document.body) return null
      const at = e.matches('input[type=file].vh') ? e.closest('label') : e
      const s = getComputedStyle(at)
      return (parseFloat(s.outlineWidth) >= 2 && s.outlineStyle !== 'none') || s.boxShadow !== 'none' ? null : e.outerHTML.slice(0, 100)
    })
    if (bad) out.push(`focus not shown: ${bad}`)
  }
  return out
}
