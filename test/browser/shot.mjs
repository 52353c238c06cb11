// The pictures of the README, from a fresh demonstration city: node test/browser/shot.mjs [folder, docs/pictures]
// With --page PATH NAME [login] [width] [lang]: one picture of one page, to look at. The board needs a year of cases, so its picture is
// taken of the city that `make run` has started: TONGBAN_URL=http://127.0.0.1:8080 TONGBAN_SIGNINS=var/demo/demo-signins.json
// node test/browser/shot.mjs --page /board/wall docs/pictures/board-wall-zh leader1 1440
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { party, startAll, until } from './city.mjs'
import { company, tradeName } from './fill.mjs'
import { launch, open, settled } from './lib.mjs'

const one = process.argv[2] === '--page'
const [path, name, login, width, lang] = one ? process.argv.slice(3) : []
const out = one ? '.' : (process.argv[2] ?? fileURLToPath(new URL('../../docs/pictures', import.meta.url)))
mkdirSync(out, { recursive: true })
const PEOPLE = {
  zhangsan: { name: '张三', id_number: '441900198801010013', birth: '1988-01-01', phone: '13800000001' },
  lisi: { name: '李四', id_number: '441900199002020025', birth: '1990-02-02', phone: '13800000002' },
  wangwu: { name: '王五', id_number: '441900198503030032', birth: '1985-03-03', phone: '13800000003' },
}
const OFFICERS = ['scjg.handler', 'gaj.handler', 'sw.handler', 'rs.handler', 'gjj.handler', 'bank.handler']

const file = async (who, trade) => (await party(who)).post('/cases', { service: 'establish_company', data: company(trade ?? tradeName(), PEOPLE[who]) })
/** The first n officers decide their tasks of the case. */
async function decide(id, n) {
  for (const officer of OFFICERS.slice(0, n)) {
    const o = await party(officer)
    const task = await until(`a task for ${officer}`, async () => (await o.get('/desk/tasks?scope=department&limit=50')).items.find((t) => t.case === id && !t.waiting))
    await o.post(`/cases/${id}/tasks/${task.id}/claim`)
    await o.post(`/cases/${id}/tasks/${task.id}/decide`, { outcome: 'approve', opinion: '经审查，符合条件。' })
  }
}
async function picture(browser, file_, path_, o, act) {
  const { context, page, go } = await open(browser, o)
  await go(path_)
  if (act) await act(page)
  await settled(page)
  const at = join(out, `${file_}.png`)
  await page.screenshot({ path: at })
  console.log(`${at}  ${statSync(at).size} bytes`)
  await context.close()
}

const stop = await startAll()
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, async () => (await stop(), process.exit(130)))
const browser = await launch()
const PHONE = { width: 360, height: 740 }
const WIDE = { width: 1200, height: 680 }
try {
  if (one) await picture(browser, name, path, { as: login || undefined, width: Number(width ?? 1280), lang: lang ?? 'zh-CN' })
  else {
    const done = await file('zhangsan', '鲲程')
    await decide(done.id, 6)
    const half = await file('lisi', '好味来')
    await decide(half.id, 3)
    const fresh = await file('wangwu', '云上')
    for (const [who, trade] of [['lisi', '好时光'], ['zhangsan', '南城里'], ['wangwu', '松山湖畔']]) await file(who, trade)
    const lic = await until('the licence', async () => (await (await party('zhangsan')).get('/licences')).items[0])
    await picture(browser, 'portal-zh', '/', WIDE)
    await picture(browser, 'portal-phone-en', '/', { ...PHONE, lang: 'en' })
    await picture(browser, 'portal-form-phone-zh', '/services/establish_company/apply', { ...PHONE, as: 'zhangsan' }, (page) => page.waitForURL(/\/apply\/.+\/.+/))
    await picture(browser, 'case-zh', `/cases/${half.id}`, { ...WIDE, as: 'lisi' })
    await picture(browser, 'case-phone-zh', `/cases/${half.id}`, { ...PHONE, as: 'lisi' }, (page) => page.locator('.clockcard').evaluate((e) => e.scrollIntoView({ block: 'start' })))
    await picture(browser, 'licence-phone-zh', '/licences', { ...PHONE, as: 'zhangsan' }, async (page) => {
      await page.locator('.lic .btn.main').first().click()
      await page.waitForSelector('dialog[open] svg.qr')
    })
    await picture(browser, 'verify-en', `/verify/${lic.verify_url.split('/').pop()}`, { ...PHONE, lang: 'en' })
    await picture(browser, 'desk-zh', '/desk', { ...WIDE, as: 'scjg.handler' })
    await picture(browser, 'desk-case-zh', `/desk/cases/${fresh.id}`, { ...WIDE, as: 'scjg.handler' })
    await picture(browser, 'coverage-zh', '/coverage', WIDE)
  }
} finally {
  await browser.close()
  await stop()
}
