// A browser for the tests: the system's Chromium with a fresh profile, every request watched.
import { createRequire } from 'node:module'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const need = createRequire(new URL('../../web/package.json', import.meta.url))
const { chromium } = need('playwright-core')
const axeSource = readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8')

export const base = (process.env.TONGBAN_URL ?? 'http://127.0.0.1:8090').replace(/\/$/, '')
export const shots = process.env.TONGBAN_SHOTS ?? fileURLToPath(new URL('../../build-web/shots', import.meta.url))
mkdirSync(shots, { recursive: true })

/** {"person": {"login": …, "password": …, "totp"?: …}, "enterprise": …, "staff": …}, or what a demonstration city writes at its
 * first start: one password and the lists of its people, of whom the first that fits is taken. */
export const signIns = process.env.TONGBAN_SIGNINS
  ? adapted(JSON.parse(readFileSync(process.env.TONGBAN_SIGNINS, 'utf8')))
  : Object.fromEntries([['person', 'lin'], ...['staff', 'window', 'designer', 'administrator', 'security', 'auditor'].map((r) => [r, 'wang'])].map(([who, login]) => [who, { login, password: 'x' }]))

function adapted(d) {
  if (typeof d.password !== 'string') return d
  const as = (x) => x && { login: x.login, password: d.password }
  const role = (...names) => as(d.staff?.find((x) => x.roles.some((r) => names.includes(r.role))))
  return { person: as(d.persons?.[0]), enterprise: as(d.enterprises?.[0]), staff: role('handler'), window: role('window'), designer: role('designer'), administrator: role('administrator'), security: role('security'), auditor: role('auditor') }
}

export async function launch() {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(path)) throw new Error(`no Chromium at ${path}`)
  return chromium.launch({
    executablePath: path,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/** A page in a language and size; what it fetched and what went wrong is kept in `seen`. */
export async function open(browser, { lang = 'zh-CN', width = 1280, height = 900, dark = false, state } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: lang, timezoneId: 'Asia/Shanghai', colorScheme: dark ? 'dark' : 'light', storageState: state, hasTouch: width < 600, isMobile: false, bypassCSP: false })
  const page = await context.newPage()
  const seen = { foreign: [], errors: [], csp: [], bytes: 0 }
  const origin = new URL(base).origin
  page.on('request', (r) => {
    const u = r.url()
    if (!u.startsWith(origin) && !u.startsWith('blob:') && !u.startsWith('data:')) seen.foreign.push(u)
  })
  page.on('pageerror', (e) => seen.errors.push(String(e)))
  page.on('console', (m) => {
    const t = m.text()
    if (/Content Security Policy/i.test(t)) seen.csp.push(t)
    else if (m.type() === 'error' && !/Failed to load resource|40[0-9]|412|422/.test(t)) seen.errors.push(t)
  })
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  cdp.on('Network.loadingFinished', (e) => (seen.bytes += e.encodedDataLength))
  return { context, page, seen }
}

/** Signed-in storage state of one of `signIns`, made once. */
const states = new Map()
export async function stateOf(browser, who) {
  if (!who) return undefined
  if (!signIns[who]) return null
  if (!states.has(who)) {
    const { context, page } = await open(browser)
    await page.goto(`${base}/sign-in?lang=zh-CN`)
    await page.fill('#login', signIns[who].login)
    await page.fill('#password', signIns[who].password)
    await page.click('form button[type=submit]')
    await page.waitForFunction(() => !location.pathname.startsWith('/sign-in'), null, { timeout: 15000 })
    states.set(who, await context.storageState())
    await context.close()
  }
  return states.get(who)
}

export async function settled(page) {
  await page.waitForLoadState('domcontentloaded')
  await page.waitForSelector('main h1', { timeout: 15000, state: 'attached' })
  // A case's page keeps its event stream open, so "network idle" never comes: wait for the bones to go.
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'), null, { timeout: 15000 })
  await page.waitForTimeout(120)
}

/** Serious and critical findings of axe-core (WCAG 2 A and AA). */
export async function axe(page) {
  await page.evaluate(() => window.scrollTo(0, 0)) // what is scrolled under the sticky header is not hidden from anybody
  await page.evaluate(axeSource) // through the debugger: a script tag would be refused by the page's own policy
  const r = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] }))
  return r.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)
}

/** Anything wider than the window makes people scroll sideways. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Buttons, links and fields smaller than 24 px (WCAG 2.2) and, on a phone, main controls below 44 px. */
export const smallTargets = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, .btn, input:not([type=hidden]), select, textarea')]
      .filter((e) => !e.closest('.vh') && !e.classList.contains('vh') && e.offsetParent !== null)
      .filter((e) => {
        const label = e.matches('input[type=radio],input[type=checkbox]') ? e.closest('label') : e
        const r = (label ?? e).getBoundingClientRect()
        return r.width > 0 && r.height < 43.5
      })
      .map((e) => e.outerHTML.slice(0, 90)),
  )
