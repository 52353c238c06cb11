// What to visit. A page with an id in its address finds one through the API as the person who is signed in.
import { axe, base, open, overflow, settled, shots, smallTargets, stateOf } from './lib.mjs'

const first = (path, pick) => async (page) =>
  page.evaluate(
    async ([p, f]) => {
      const r = await fetch('/api/v1' + p)
      if (!r.ok) return null
      const d = await r.json()
      const items = Array.isArray(d) ? d : d.items
      return items?.[0] ? f.split('.').reduce((o, k) => o?.[k], items[0]) : null
    },
    [path, pick],
  )

export const pages = [
  { name: 'home', path: '/' },
  { name: 'services', path: '/services' },
  { name: 'services-none', path: '/services?q=zzzzzz' },
  { name: 'service', path: '/services/{}', id: first('/services', 'code') },
  { name: 'sign-in', path: '/sign-in' },
  { name: 'register', path: '/register' },
  { name: 'halls', path: '/halls' },
  { name: 'not-found', path: '/nowhere' },
  { name: 'home-mine', path: '/', who: 'person' },
  { name: 'apply', path: '/services/{}/apply', id: first('/services', 'code'), who: 'person' },
  { name: 'cases', path: '/cases', who: 'person' },
  { name: 'case', path: '/cases/{}', id: first('/cases', 'id'), who: 'person' },
  { name: 'licences', path: '/licences', who: 'person' },
  { name: 'inbox', path: '/inbox', who: 'person' },
  { name: 'delegations', path: '/delegations', who: 'person' },
  { name: 'reads', path: '/me/reads', who: 'person' },
  { name: 'me', path: '/me', who: 'person' },
  { name: 'account', path: '/account', who: 'person' },
  { name: 'verify', path: '/verify' },
  { name: 'verify-unknown', path: '/verify/doesnotexist' },
  { name: 'shared-unknown', path: '/shared/doesnotexist' },
  { name: 'coverage', path: '/coverage' },
  { name: 'api', path: '/api' },
  { name: 'privacy', path: '/privacy' },
  { name: 'error', path: '/errors/field.required' },
  { name: 'desk-sign-in', path: '/desk/sign-in' },
  { name: 'desk', path: '/desk', who: 'staff' },
  { name: 'desk-case', path: '/desk/cases/{}', id: first('/desk/tasks?scope=department', 'case'), who: 'staff' },
  { name: 'intake', path: '/desk/intake', who: 'window' },
  { name: 'desk-search', path: '/desk/search', who: 'staff' },
  { name: 'statistics', path: '/desk/statistics', who: 'staff' },
  { name: 'handover', path: '/desk/handover', who: 'staff' },
  { name: 'templates', path: '/desk/templates', who: 'staff' },
  { name: 'desk-account', path: '/desk/account', who: 'staff' },
  { name: 'studio', path: '/studio', who: 'designer' },
  { name: 'studio-check', path: '/studio/check', who: 'designer' },
  { name: 'ops-staff', path: '/ops', who: 'administrator' },
  { name: 'ops-roles', path: '/ops/roles', who: 'security' },
  { name: 'ops-erasures', path: '/ops/erasures', who: 'security' },
  { name: 'ops-audit', path: '/ops/audit', who: 'auditor' },
  { name: 'forbidden', path: '/cases/00000000-0000-7000-8000-000000000000', who: 'person' },
]
export const FIRST_PAGE_LIMIT = 150_000 // bytes over the wire, headers included

async function look(browser, p, { lang, width, dark }) {
  const state = await stateOf(browser, p.who)
  if (p.who && !state) return 'skipped'
  const { context, page, seen } = await open(browser, { lang, width, height: width < 600 ? 780 : 900, dark, state })
  const faults = []
  try {
    let path = p.path
    if (p.id) {
      await page.goto(base + '/icon.svg')
      const id = await p.id(page)
      if (!id) return 'skipped'
      path = path.replace('{}', encodeURIComponent(id))
      seen.bytes = 0
    }
    await page.goto(`${base}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
    await settled(page)
    if (p.name === 'home' && seen.bytes > FIRST_PAGE_LIMIT) faults.push(`the first page takes ${seen.bytes} bytes`)
    const bytes = seen.bytes
    await page.screenshot({ path: `${shots}/${p.name}-${lang}-${width}${dark ? '-dark' : ''}.png`, fullPage: true })
    faults.push(...(await axe(page)))
    const wide = await overflow(page)
    if (wide > 0) faults.push(`${wide} px wider than the window`)
    if (width < 600) faults.push(...(await smallTargets(page)).map((t) => `small target: ${t}`))
    if ((await page.title()).length < 3) faults.push('no title')
    if ((await page.evaluate(() => document.documentElement.lang)) !== lang) faults.push('wrong lang attribute')
    if ((await page.locator('h1').count()) !== 1) faults.push(`${await page.locator('h1').count()} headings of level 1`)
    if (lang === 'en') {
      const left = await page.evaluate(() => [...document.querySelectorAll('main h1, main h2, main label, main button, main legend, nav a')].map((e) => e.textContent ?? '').filter((t) => /\b[a-z][a-zA-Z]+\.[a-z_][\w.]+\b/.test(t) && !/\.(json|pdf|com)/.test(t) && !t.includes('/')))
      if (left.length) faults.push(`untranslated keys: ${left.slice(0, 5).join(' | ')}`)
    }
    for (const u of seen.foreign) faults.push(`request to another origin: ${u}`)
    for (const c of seen.csp) faults.push(`content policy: ${c}`)
    for (const e of seen.errors) faults.push(`error: ${e}`)
    if (p.name === 'home' && lang === 'zh-CN' && width === 1280) console.log(`      first page: ${bytes} bytes over the wire`)
  } catch (e) {
    faults.push(String(e).split('\n')[0])
  } finally {
    await context.close()
  }
  return faults
}

export async function visitAll(browser, report, only) {
  for (const p of pages)
    for (const lang of ['zh-CN', 'en'])
      for (const width of [1280, 360]) {
        const name = `page ${p.name} ${lang} ${width}`
        if (only && !name.includes(only)) continue
        report(name, await look(browser, p, { lang, width }))
      }
  for (const n of ['home', 'service', 'apply', 'case', 'licences', 'verify', 'coverage', 'desk', 'desk-case', 'sign-in']) {
    const name = `page ${n} dark`
    if (only && !name.includes(only)) continue
    report(name, await look(browser, pages.find((p) => p.name === n), { lang: 'zh-CN', width: 1280, dark: true }))
  }
}
