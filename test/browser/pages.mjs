// Every page in both languages, on a desk and on a phone. A page with an id in its address finds one as the person who is signed in.
import { party } from './city.mjs'
import { axe, chineseLeft, focusShown, open, overflow, rawWords, shots, smallTargets, wrong } from './lib.mjs'

const first = (path, pick, fits = () => true) => async (who) => pick((await (await party(who)).get(path)).items.find(fits))
const aCase = first('/cases?limit=50', (c) => c?.id, (c) => c.service.code === 'establish_company')

export const pages = [
  { name: 'home', path: '/' },
  { name: 'services', path: '/services' },
  { name: 'services-none', path: '/services?q=zzzzzz' },
  { name: 'service', path: '/services/establish_company' },
  { name: 'services-answers', path: '/services?q=公司' },
  { name: 'help', path: '/help' },
  { name: 'help-found', path: '/help?q=licence' },
  { name: 'help-none', path: '/help?q=zzzz' },
  { name: 'help-service', path: '/help?service=establish_company' },
  { name: 'help-article', path: '/help/start_company_papers' },
  { name: 'help-missing', path: '/help/no_such_article', refused: [404] },
  { name: 'guide', path: '/guide' },
  { name: 'guide-service', path: '/guide/company/service~establish_company' },
  { name: 'guide-article', path: '/guide/company/article~start_company_papers' },
  { name: 'guide-broken', path: '/guide/company/gone' },
  { name: 'sign-in', path: '/sign-in' },
  { name: 'sign-in-certificate', path: '/sign-in/certificate' },
  { name: 'forgot', path: '/forgot' },
  { name: 'register', path: '/register' },
  { name: 'oidc-refused', path: '/oidc/authorize?client_id=none&redirect_uri=https://x.test/', refused: [400] },
  { name: 'oidc-back', path: '/oidc/back?state=none', refused: [404, 409] },
  { name: 'oidc-logout', path: '/oidc/logout' },
  { name: 'halls', path: '/halls' },
  { name: 'news', path: '/news' },
  { name: 'news-none', path: '/news?q=zzzzzz&kind=case' },
  { name: 'news-piece', path: '/news/one-day' },
  { name: 'news-chinese', path: '/news/elder-card' },
  { name: 'news-missing', path: '/news/none-such', refused: [404] },
  { name: 'not-found', path: '/nowhere' },
  { name: 'setup', path: '/setup/doesnotexist' },
  { name: 'home-mine', path: '/', who: 'zhangsan' },
  { name: 'apply', path: '/services/tax_registration/apply', who: 'lvye' },
  { name: 'cases', path: '/cases', who: 'zhangsan' },
  { name: 'case', path: '/cases/{}', id: aCase, who: 'zhangsan' },
  { name: 'receipt', path: '/cases/{}/receipt', id: aCase, who: 'zhangsan' },
  { name: 'licences', path: '/licences', who: 'zhangsan' },
  { name: 'licence', path: '/licences/{}', who: 'chenlao', id: first('/licences', (l) => l?.id) },
  { name: 'seals', path: '/seals', who: 'yunfan' },
  { name: 'seals-none', path: '/seals', who: 'wujiu' },
  { name: 'seal', path: '/seals/{}', who: 'yunfan', id: first('/seals', (s) => s?.code) },
  { name: 'seal-missing', path: '/seals/none', who: 'zhangsan', refused: [404] },
  { name: 'inbox', path: '/inbox', who: 'zhangsan' },
  { name: 'confirmations', path: '/confirmations', who: 'lisi' },
  { name: 'confirmations-none', path: '/confirmations', who: 'wujiu' },
  { name: 'delegations', path: '/delegations', who: 'xinghe' },
  { name: 'reads', path: '/me/reads', who: 'zhangsan' },
  { name: 'me', path: '/me', who: 'zhangsan' },
  { name: 'rights', path: '/me/rights', who: 'zhangsan' },
  { name: 'rights-relatives', path: '/me/rights?kind=relatives', who: 'zhangsan' },
  { name: 'reads-none', path: '/me/reads?kind=rights&since=2030-01-01', who: 'zhangsan' },
  { name: 'account', path: '/account', who: 'zhangsan' },
  { name: 'cases-none', path: '/cases', who: 'rencai' },
  { name: 'forbidden', path: '/cases/00000000-0000-7000-8000-000000000000', who: 'zhangsan', refused: [403, 404] },
  { name: 'verify', path: '/verify' },
  { name: 'verify-good', path: '/verify/{}', who: 'zhangsan', id: first('/licences', (l) => l?.verify_url.split('/').pop()) },
  { name: 'verify-unknown', path: '/verify/doesnotexist', refused: [404] },
  { name: 'presented-unknown', path: '/p/doesnotexist', refused: [404] },
  { name: 'shared-unknown', path: '/shared/doesnotexist', refused: [404] },
  { name: 'log', path: '/log' },
  { name: 'log-entry', path: '/log?document={}', who: 'zhangsan', id: first('/licences', (l) => l?.verify_url.split('/').pop()) },
  { name: 'log-missing', path: '/log?id=01a21aee-2a90-75b7-8795-b3817dcdc489', refused: [404] },
  { name: 'licence-types', path: '/licence-types' },
  { name: 'licence-types-person', path: '/licence-types?holder=person' },
  { name: 'coverage', path: '/coverage' },
  { name: 'ratings', path: '/ratings' },
  { name: 'briefings', path: '/briefings' },
  { name: 'rate-unknown', path: '/rate/doesnotexist', refused: [404] },
  { name: 'api', path: '/api' },
  { name: 'privacy', path: '/privacy' },
  { name: 'error', path: '/errors/field.required' },
  { name: 'desk-sign-in', path: '/desk/sign-in' },
  { name: 'desk', path: '/desk', who: 'scjg.handler' },
  { name: 'desk-case', path: '/desk/cases/{}', who: 'scjg.handler', id: first('/desk/tasks?scope=department&limit=50', (t) => t?.case) },
  { name: 'desk-none', path: '/desk', who: 'sw.head' },
  { name: 'intake', path: '/desk/intake', who: 'window.nancheng' },
  { name: 'desk-licences', path: '/desk/licences', who: 'mzj.head' },
  { name: 'desk-search', path: '/desk/search', who: 'scjg.handler' },
  { name: 'statistics', path: '/desk/statistics', who: 'scjg.handler' },
  { name: 'statistics-head', path: '/desk/statistics', who: 'scjg.head' },
  { name: 'handover', path: '/desk/handover', who: 'scjg.handler' },
  { name: 'handovers', path: '/desk/handovers', who: 'rs.window' },
  { name: 'handovers-none', path: '/desk/handovers?state=incomplete', who: 'window.dongcheng' },
  { name: 'bad-ratings', path: '/desk/ratings', who: 'gaj.head' },
  { name: 'rate-code', path: '/desk/rate', who: 'window.nancheng' },
  { name: 'office-seals', path: '/desk/own-seals', who: 'scjg.head' },
  { name: 'office-seals-none', path: '/desk/own-seals', who: 'rs.head' },
  { name: 'office-seals-may-not', path: '/desk/own-seals', who: 'sw.handler' },
  { name: 'office-seal', path: '/desk/own-seals/{}', who: 'scjg.head', id: first('/seals', (s) => s?.code) },
  { name: 'desk-seals', path: '/desk/seals', who: 'gaj.handler' },
  { name: 'desk-seals-none', path: '/desk/seals?state=revoked', who: 'gaj.handler' },
  { name: 'desk-seals-forbidden', path: '/desk/seals', who: 'rs.head', refused: [403] },
  { name: 'desk-news', path: '/desk/news', who: 'scjg.handler' },
  { name: 'desk-news-none', path: '/desk/news?list=withdrawn', who: 'rs.head' },
  { name: 'desk-news-new', path: '/desk/news/new', who: 'scjg.handler' },
  { name: 'desk-news-piece', path: '/desk/news/one-day', who: 'scjg.head' },
  { name: 'board', path: '/board', who: 'scjg.head' },
  { name: 'board-table', path: '/board?view=table', who: 'scjg.head' },
  { name: 'board-leader', path: '/board', who: 'leader1' },
  { name: 'board-staff', path: '/board', who: 'scjg.handler' },
  { name: 'board-wall', path: '/board/wall', who: 'leader1' },
  { name: 'board-town', path: '/board/towns/441900004', who: 'leader1' },
  { name: 'board-town-none', path: '/board/towns/nowhere', who: 'scjg.head' },
  { name: 'board-department', path: '/board/departments/scjg', who: 'scjg.head' },
  { name: 'board-department-staff', path: '/board/departments/scjg', who: 'scjg.handler' },
  { name: 'board-plan', path: '/board/plan', who: 'leader1' },
  { name: 'board-plan-none', path: '/board/plan?light=regressed', who: 'scjg.handler' },
  { name: 'board-area', path: '/board/plan/1?task=1', who: 'scjg.head' },
  { name: 'board-area-read', path: '/board/plan/2?task=5', who: 'scjg.handler' },
  { name: 'board-indicator', path: '/board/indicators/1', who: 'scjg.head' },
  { name: 'board-indicator-none', path: '/board/indicators/5', who: 'scjg.head' },
  { name: 'board-indicator-leader', path: '/board/indicators/1?late=yes', who: 'leader1' },
  { name: 'board-indicator-public', path: '/board/indicators/1', who: 'scjg.handler' },
  { name: 'board-briefings', path: '/board/briefings', who: 'fgj.head' },
  { name: 'board-briefings-read', path: '/board/briefings', who: 'scjg.handler' },
  { name: 'board-missing', path: '/board/plan/99', who: 'scjg.head' },
  { name: 'hotline', path: '/desk/hotline', who: 'hotline1' },
  { name: 'hotline-none', path: '/desk/hotline?state=ended&kind=report', who: 'hotline1' },
  { name: 'hotline-call', path: '/desk/hotline/call', who: 'hotline1' },
  { name: 'hotline-statistics', path: '/desk/hotline/statistics', who: 'hotline1' },
  { name: 'hotline-forbidden', path: '/desk/hotline', who: 'sw.handler', refused: [403] },
  { name: 'requests', path: '/requests' },
  { name: 'requests-own', path: '/requests', who: 'xinghe' },
  { name: 'request-missing', path: '/requests/abcdefghjkmn', refused: [404] },
  { name: 'waiting', path: '/board/waiting', who: 'scjg.head' },
  { name: 'waiting-designer', path: '/board/waiting?service=hr_service_permit&show=work&at=p90', who: 'designer' },
  { name: 'waiting-leader', path: '/board/waiting', who: 'leader1' },
  { name: 'waiting-forbidden', path: '/board/waiting', who: 'scjg.handler', refused: [403] },
  { name: 'board-claims', path: '/board/claims', who: 'scjg.head' },
  { name: 'board-claims-none', path: '/board/claims?verdict=contradicted', who: 'rs.handler' },
  { name: 'board-claim-cases', path: '/board/claims/establish_company?claim=limit&which=all', who: 'scjg.head' },
  { name: 'desk-rights', path: '/desk/rights', who: 'scjg.head' },
  { name: 'desk-rights-none', path: '/desk/rights?state=answered', who: 'sw.handler' },
  { name: 'desk-rights-missing', path: '/desk/rights/00000000000000000000000000', who: 'scjg.head', refused: [404, 422, 400] },
  { name: 'desk-messages', path: '/desk/messages', who: 'scjg.head' },
  { name: 'templates', path: '/desk/templates', who: 'scjg.handler2' },
  { name: 'desk-account', path: '/desk/account', who: 'scjg.handler' },
  { name: 'ops-systems', path: '/ops/systems', who: 'administrator' },
  { name: 'ops-systems-none', path: '/ops/systems', who: 'security' },
  { name: 'studio', path: '/studio', who: 'publisher1' },
  { name: 'studio-files', path: '/studio/services/establish_company/{}', who: 'designer', id: first('/studio/services', (s) => s?.hash ?? s?.versions?.[0]?.hash, (s) => s.code === 'establish_company') },
  { name: 'studio-check', path: '/studio/check', who: 'designer' },
  { name: 'designs', path: '/studio/services', who: 'designer' },
  { name: 'designs-none', path: '/studio/services?q=zzzzzz', who: 'publisher1' },
  { name: 'design', path: '/studio/services/hr_service_permit', who: 'designer' },
  { name: 'design-form', path: '/studio/services/hr_service_permit?tab=form', who: 'designer' },
  { name: 'design-entry', path: '/studio/services/hr_service_permit?tab=entry', who: 'designer' },
  { name: 'design-files', path: '/studio/services/hr_service_permit?tab=files', who: 'designer' },
  { name: 'design-scenarios', path: '/studio/services/hr_service_permit?tab=scenarios', who: 'designer' },
  { name: 'undelivered', path: '/desk/undelivered', who: 'scjg.head' },
  { name: 'undelivered-all', path: '/desk/undelivered', who: 'administrator' },
  { name: 'undelivered-forbidden', path: '/desk/undelivered', who: 'scjg.handler', refused: [403] },
  { name: 'design-compare', path: '/studio/services/hr_service_permit?tab=compare', who: 'designer' },
  { name: 'design-versions', path: '/studio/services/hr_service_permit?tab=versions', who: 'publisher1' },
  { name: 'migrations', path: '/studio/services/hr_service_permit/migrations', who: 'publisher1' },
  { name: 'migration-missing', path: '/studio/migrations/00000000000000000000000000', who: 'publisher1', refused: [404, 422, 400] },
  { name: 'migrations-forbidden', path: '/studio/services/hr_service_permit/migrations', who: 'scjg.handler', refused: [403] },
  { name: 'design-missing', path: '/studio/services/no_such_service', who: 'designer', refused: [404] },
  { name: 'designs-forbidden', path: '/studio/services', who: 'scjg.handler', refused: [403] },
  { name: 'simulate', path: '/studio/services/establish_company/simulation', who: 'designer' },
  { name: 'simulate-head', path: '/studio/services/tax_registration/simulation', who: 'sw.head' },
  { name: 'simulate-missing', path: '/studio/services/no_such_service/simulation', who: 'designer', refused: [404] },
  { name: 'simulate-forbidden', path: '/studio/services/establish_company/simulation', who: 'scjg.handler', refused: [403] },
  { name: 'simulation-missing', path: '/studio/simulations/00000000000000000000000000', who: 'designer', refused: [404, 422, 400] },
  { name: 'decisions', path: '/studio/decisions', who: 'designer' },
  { name: 'decisions-none', path: '/studio/decisions?q=zzzzzz', who: 'publisher1' },
  { name: 'decision', path: '/studio/decisions/house_sale_taxes', who: 'designer' },
  { name: 'decision-edit', path: '/studio/decisions/dual_risk_matrix?edit=1', who: 'designer' },
  { name: 'decision-try', path: '/studio/decisions/sampling_ratio?tab=try', who: 'designer' },
  { name: 'decision-examples', path: '/studio/decisions/sampling_ratio?tab=examples', who: 'designer' },
  { name: 'decision-compare', path: '/studio/decisions/house_sale_taxes?tab=compare', who: 'designer' },
  { name: 'decision-versions', path: '/studio/decisions/house_sale_taxes?tab=versions', who: 'publisher1' },
  { name: 'decision-missing', path: '/studio/decisions/no_such_decision', who: 'designer', refused: [404] },
  { name: 'decisions-forbidden', path: '/studio/decisions', who: 'scjg.handler', refused: [403] },
  { name: 'kb', path: '/studio/knowledge', who: 'scjg.handler' },
  { name: 'kb-publisher', path: '/studio/knowledge?department=scjg', who: 'publisher1' },
  { name: 'kb-none', path: '/studio/knowledge?list=overdue', who: 'scjg.head' },
  { name: 'kb-article', path: '/studio/knowledge/company_name', who: 'scjg.head' },
  { name: 'kb-missing', path: '/studio/knowledge/no_such_article', who: 'scjg.head', refused: [404] },
  { name: 'kb-new', path: '/studio/knowledge/new', who: 'window.nancheng' },
  { name: 'kb-edit', path: '/studio/knowledge/company_name/edit', who: 'designer' },
  { name: 'kb-questions-none', path: '/studio/questions?department=gaj', who: 'scjg.head' },
  { name: 'kb-forbidden', path: '/studio/knowledge', who: 'auditor', refused: [403] },
  { name: 'gd', path: '/studio/guide', who: 'publisher1' },
  { name: 'gd-forbidden', path: '/studio/guide', who: 'scjg.handler', refused: [403] },
  { name: 'ops-staff', path: '/ops', who: 'administrator' },
  { name: 'ops-roles', path: '/ops/roles', who: 'administrator' },
  { name: 'ops-trust-lists', path: '/ops/trust-lists', who: 'security' },
  { name: 'ops-trust-lists-forbidden', path: '/ops/trust-lists', who: 'scjg.head', refused: [403] },
  { name: 'desk-sign-in-certificate', path: '/desk/sign-in/certificate' },
  { name: 'ops-outbox', path: '/ops/outbox', who: 'administrator' },
  { name: 'ops-erasures', path: '/ops/erasures', who: 'security' },
  { name: 'ops-audit', path: '/ops/audit', who: 'auditor' },
  { name: 'ops-audit-reads', path: '/ops/audit?what=reads', who: 'auditor' },
]
const FIRST_PAGE_LIMIT = 150_000 // bytes over the wire, headers included

/** A lane keeps its window while the person, the language and the size stay the same: what was fetched once lies in its cache, as on anybody's machine. */
export const windows = () => {
  let key, kept
  return {
    async of(browser, wanted) {
      const k = JSON.stringify(wanted)
      if (k !== key) {
        await kept?.context.close()
        key = undefined
        kept = await open(browser, wanted)
        key = k
      }
      kept.forget()
      return kept
    },
    async close() {
      await kept?.context.close()
      kept = key = undefined
    },
  }
}

async function look(browser, p, { lang, width, dark }, lane) {
  const id = p.id ? await p.id(p.who) : ''
  if (p.id && !id) return ['nothing to show on this page: no id found']
  const faults = []
  if (p.name === 'home') await lane.close() // its weight is that of a first visit
  const { page, seen, go } = await lane.of(browser, { lang, width, dark, as: p.who })
  try {
    await go(p.path.replace('{}', encodeURIComponent(id)))
    if (p.name === 'home' && seen.bytes > FIRST_PAGE_LIMIT) faults.push(`the first page takes ${seen.bytes} bytes`)
    if (p.name === 'home' && lang === 'zh-CN' && width === 1280 && !dark) console.log(`       first page: ${seen.bytes} bytes over the wire`)
    await page.screenshot({ path: `${shots}/${p.name}-${lang}-${width}${dark ? '-dark' : ''}.png`, fullPage: true })
    faults.push(...(await axe(page)), ...(await overflow(page)), ...(await rawWords(page)))
    if (width < 600) faults.push(...(await smallTargets(page)))
    if (lang === 'en') faults.push(...(await chineseLeft(page)))
    if (!dark && width === 1280 && lang === 'zh-CN') faults.push(...(await focusShown(page)))
    if ((await page.title()).length < 3) faults.push('no title')
    if ((await page.evaluate(() => document.documentElement.lang)) !== lang) faults.push('wrong lang attribute')
    if ((await page.locator('h1').count()) !== 1) faults.push(`${await page.locator('h1').count()} headings of level 1`)
    faults.push(...wrong(seen, p.refused))
  } catch (e) {
    await lane.close() // whatever it was does not spoil the next page
    throw e
  }
  return faults
}

/** The tests, one per page, language and width; and in the dark where contrast differs most. One person's pages follow each other. */
export function visits() {
  const out = []
  const people = [...new Set(pages.map((p) => p.who))]
  for (const lang of ['zh-CN', 'en'])
    for (const width of [1280, 360])
      for (const who of people)
        for (const p of pages.filter((p) => p.who === who)) out.push([`page ${p.name} ${lang} ${width}`, (browser, lane) => look(browser, p, { lang, width }, lane)])
  for (const n of ['home', 'service', 'apply', 'case', 'licences', 'verify-good', 'coverage', 'desk', 'desk-case', 'sign-in', 'board', 'board-wall'])
    out.push([`page ${n} dark`, (browser, lane) => look(browser, pages.find((p) => p.name === n), { lang: 'zh-CN', width: 1280, dark: true }, lane)])
  return out
}
