// Cases that talk: what a case waits for is said in words, a signal begins a case, and officers begin the steps they choose.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { city, party, until } from '../city.mjs'
import { axe, open, overflow, settled, shots, wrong } from '../lib.mjs'

const folder = (code) => fileURLToPath(new URL(`../../city/flow/${code}`, import.meta.url))
const walk = (d) => readdirSync(d).flatMap((n) => (statSync(join(d, n)).isDirectory() ? walk(join(d, n)) : [join(d, n)]))

const published = new Map() // once, whoever asks first
const publish = (code) => published.get(code) ?? published.set(code, publishOnce(code)).get(code)
async function publishOnce(code) {
  const files = Object.fromEntries(walk(folder(code)).map((f) => [relative(folder(code), f), readFileSync(f, 'utf8')]))
  const asked = await (await party('publisher1')).post('/studio/publications', { files })
  await (await party('publisher2')).post(`/studio/publications/${asked.id}/approve`)
}
/** The first open task of that service at the handler's desk. */
async function task(service) {
  let found = null
  const handler = await party('scjg.handler')
  await until(`a task of ${service}`, async () => (found = (await handler.get(`/desk/tasks?scope=department&service=${service}&limit=50`)).items[0]))
  return found
}
const SIZES = [
  ['zh-CN', 1280],
  ['en', 1280],
  ['zh-CN', 360],
  ['en', 360],
]
/** The page in both languages and sizes: axe, no overflow, a picture, and what it must say. */
async function look(browser, as, path, name, says) {
  const faults = []
  for (const [lang, width] of SIZES) {
    const w = await open(browser, { lang, width, as })
    await w.go(path)
    const text = await w.page.locator('main').innerText()
    if (!text.includes(says[lang])) faults.push(`${name} ${lang} ${width} does not say ${says[lang]}`)
    faults.push(...(await axe(w.page)), ...(await overflow(w.page)), ...wrong(w.seen))
    await w.page.screenshot({ path: `${shots}/flow-${name}-${lang}-${width}.png`, fullPage: true })
    await w.context.close()
  }
  return faults
}

export const flow = {
  async 'a case says whose message it waits for, and another system sends it'(browser) {
    const faults = []
    await publish('loan_interest')
    await publish('credit_check')
    const mine = await (await party('zhangsan')).post('/cases', { service: 'loan_interest', data: { amount: 20000 } })
    faults.push(...(await look(browser, 'zhangsan', `/cases/${mine.id}`, 'waiting', { 'zh-CN': '正在等待信用部门的消息：信用核查结果', en: 'Waiting for a message from the credit office' })))
    const handler = await party('scjg.handler')
    const check = await task('credit_check')
    await handler.post(`/cases/${check.case}/tasks/${check.id}/decide`, { outcome: 'good', opinion: '信用良好' })
    const view = () => party('zhangsan').then((p) => p.get(`/cases/${mine.id}`))
    await until('the answer has come', async () => (await view()).awaiting[0]?.name === 'bank.paid')
    const w = await open(browser, { as: 'zhangsan' })
    await w.go(`/cases/${mine.id}`)
    await w.page.getByText('正在等待经办银行的消息').waitFor()
    await w.page.getByText('收到消息：信用核查结果').first().waitFor()
    const sent = await handler.post('/flow/messages', { name: 'bank.paid', key: mine.number, payload: { paid_on: '2021-09-30', amount: 20000 } })
    if (!sent.id) faults.push('the message has no id')
    await until('the bank has been heard', async () => (await view()).state === 'delivered')
    if ((await view()).awaiting.length) faults.push('a case that has ended waits for something')
    faults.push(...wrong(w.seen))
    await w.context.close()
    return faults
  },

  async 'a signal begins a round, and an officer begins the step of their choice with a reason'(browser) {
    const faults = []
    await publish('market_round')
    await publish('market_close')
    await (await party('zhangsan')).post('/cases', { service: 'market_close', data: { why: '修路' } })
    const offered = await task('market_round')
    const path = `/desk/cases/${offered.case}`
    faults.push(...(await look(browser, 'scjg.handler', path, 'offers', { 'zh-CN': '可以开始的步骤', en: 'Steps that can begin' })))
    const w = await open(browser, { as: 'scjg.handler' })
    const { page } = w
    await w.go('/desk?scope=department&service=market_round')
    await w.go(path)
    const part = page.locator('.offers')
    const walkOne = part.locator('li', { hasText: '现场走访' })
    if (await part.locator('li', { hasText: '约谈摊主' }).getByRole('button').count()) faults.push("a reviewer's step can be begun by a handler")
    await walkOne.getByRole('button').click()
    if (!(await part.getByRole('button', { name: '确认开始' }).isDisabled())) faults.push('a step can be begun without a reason')
    await page.keyboard.type('有人投诉占道') // the field has the focus
    await page.screenshot({ path: `${shots}/flow-offer-open.png`, fullPage: true })
    faults.push(...(await axe(page)))
    await part.getByRole('button', { name: '确认开始' }).click()
    await page.getByText('已开始：现场走访').waitFor()
    await page.getByText('选择开始：现场走访（有人投诉占道）').waitFor()
    await page.getByRole('heading', { name: '现场走访' }).waitFor()
    await settled(page)
    await page.screenshot({ path: `${shots}/flow-offer-begun.png`, fullPage: true })
    faults.push(...wrong(w.seen))
    await w.context.close()
    return faults
  },

  async 'messages that nobody received are sent again or closed with a reason'(browser) {
    const faults = []
    if (!city.data) return faults // a city of somebody else's
    // two answers to cases that were taken back meanwhile
    await publish('loan_interest')
    await publish('credit_check')
    const handler = await party('scjg.handler')
    const checks = async () => (await handler.get('/desk/tasks?scope=department&service=credit_check&limit=50')).items
    for (const who of ['zhangsan', 'lisi']) {
      const applicant = await party(who)
      const made = await applicant.post('/cases', { service: 'loan_interest', data: { amount: 31000 } })
      let look = null
      await until('the check', async () => {
        for (const x of await checks()) if ((await handler.get(`/desk/cases/${x.case}`)).data?.for_case === made.number) look = x
        return look
      })
      await applicant.post(`/cases/${made.id}/withdraw`, { reason: '不再需要' })
      await handler.post(`/cases/${look.case}/tasks/${look.id}/decide`, { outcome: 'good', opinion: '信用良好' })
    }
    const head = await party('scjg.head')
    const list = async () => (await head.get('/desk/messages?limit=50')).items
    // thirty days are not waited for: the rows are made what the worker makes of them then
    const late = () => execFileSync('python3', ['-c', 'import sqlite3,sys; d=sqlite3.connect(sys.argv[1], timeout=30); n=d.execute("UPDATE case_message SET state = 2, due_at = NULL WHERE name = \'credit.answer\' AND state = 1").rowcount; d.commit(); print(n)', join(city.data, 'city.db')], { encoding: 'utf8' })
    await until('two messages that nobody took', async () => Number(late()) >= 0 && (await list()).length >= 2)
    faults.push(...(await look(browser, 'scjg.head', '/desk/undelivered', 'undelivered', { 'zh-CN': '无人接收的消息', en: 'Messages nobody received' })))
    const w = await open(browser, { as: 'scjg.head' })
    await w.go('/desk/undelivered')
    const cards = w.page.locator('[data-message]')
    const n = await cards.count()
    await cards.first().getByRole('button', { name: /^关闭/ }).click()
    await cards.first().getByLabel('理由').fill('已电话告知')
    await w.page.screenshot({ path: `${shots}/undelivered-close-zh.png`, fullPage: true })
    faults.push(...(await axe(w.page)))
    await cards.first().locator('.with-reason').getByRole('button', { name: '关闭' }).click()
    await w.page.waitForFunction((k) => document.querySelectorAll('[data-message]').length === k, n - 1)
    await cards.first().getByRole('button', { name: /^重新投递/ }).click()
    await cards.first().getByLabel('理由').fill('对方已恢复')
    await cards.first().locator('.with-reason').getByRole('button', { name: '重新投递' }).click()
    await w.page.waitForFunction((k) => document.querySelectorAll('[data-message]').length === k, n - 2)
    faults.push(...wrong(w.seen))
    await w.context.close()
    const audit = await (await party('auditor')).get('/audit?limit=100')
    for (const action of ['message.again', 'message.closed']) if (!audit.items.some((x) => x.action === action)) faults.push(`the journal has no ${action}`)
    return faults
  },
}
