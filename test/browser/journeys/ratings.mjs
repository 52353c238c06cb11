// A case that has ended is rated on a phone; a bad rating is a ticket on the head's desk; a visit is rated with the counter's code;
// and what is published says nothing of a handful.
import { city, party, until } from '../city.mjs'
import { axe, chineseLeft, open, overflow, shots, smallTargets, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }

/** A registration of unemployment, granted: its applicant can rate it. */
export async function delivered(login) {
  const p = await party(login)
  const form = await p.get('/services/unemployment_registration/form')
  const filed = await p.post('/cases', { service: 'unemployment_registration', town: '441900004', data: { ...form.data, ended_on: '2021-02-20', trade: '电工' } })
  const officer = await party('rs.window')
  const task = await until('the task', async () => (await officer.get('/desk/tasks?scope=department&limit=100')).items.find((t) => t.case === filed.id && !t.waiting))
  await officer.post(`/cases/${filed.id}/tasks/${task.id}/decide`, { outcome: 'approve', opinion: '符合条件' })
  await until('the delivery', async () => (await p.get(`/cases/${filed.id}`)).state === 'delivered')
  return filed
}
const judged = async (page) => [...(await axe(page)), ...(await overflow(page)), ...(await smallTargets(page))]

export const ratings = {
  async 'a delivered case is rated bad on a phone, and the ticket is on the desk of the head'(browser) {
    const faults = []
    const filed = await delivered('lisi')
    const me = await open(browser, { ...PHONE, as: 'lisi' })
    await me.go(`/cases/${filed.id}`)
    await me.page.locator('#rating').waitFor()
    await me.page.screenshot({ path: `${shots}/rating-invited.png`, fullPage: true })
    await me.page.locator('#rating button[type=submit]').click()
    await me.page.getByText('请选择一项评价').waitFor()
    await me.page.keyboard.press('Space') // the first grade has the focus
    if (!(await me.page.getByRole('radio', { name: '非常满意', exact: true }).isChecked())) faults.push('the grades do not answer to the keyboard')
    await me.page.keyboard.press('ArrowDown')
    await me.page.keyboard.press('ArrowDown')
    await me.page.keyboard.press('ArrowDown')
    if (!(await me.page.getByRole('radio', { name: '不满意', exact: true }).isChecked())) faults.push('the arrow keys do not go from grade to grade')
    await me.page.locator('#rating textarea').fill('等了四十分钟，没有人说明缺什么材料')
    faults.push(...(await judged(me.page)))
    await me.page.screenshot({ path: `${shots}/rating-bad.png`, fullPage: true })
    await me.page.locator('#rating button[type=submit]').click()
    const link = me.page.locator('#rating a', { hasText: '查看处理进度' })
    await link.waitFor()
    if (await me.page.locator('#rating form').count()) faults.push('it can be rated twice')
    await me.page.screenshot({ path: `${shots}/rating-given.png`, fullPage: true })
    await link.click()
    await me.page.getByRole('heading', { name: '差评核实整改' }).waitFor()

    const head = await open(browser, { as: 'rs.head' })
    await head.go('/desk/ratings')
    const card = head.page.locator('.hand .card', { hasText: '等了四十分钟' }).first()
    const seen = await card.innerText()
    for (const word of ['失业登记', '不满意', '待核实']) if (!seen.includes(word)) faults.push(`the head's list does not say ${word}`)
    if (seen.includes('李四')) faults.push("the head's list names who rated")
    faults.push(...(await axe(head.page)))
    await head.page.screenshot({ path: `${shots}/bad-ratings.png`, fullPage: true })
    await card.getByRole('link', { name: /打开工单/ }).click()
    await head.page.locator('input[name=outcome][value=founded]').check()
    await head.page.getByLabel(/核实情况/).fill('调看叫号记录，属实')
    await head.page.screenshot({ path: `${shots}/bad-rating-ticket.png`, fullPage: true })
    await head.page.locator('.decide-col form button[type=submit]').click()
    await head.page.waitForSelector('.toast')
    await head.go('/desk/ratings')
    if (!(await head.page.locator('.hand .card', { hasText: '等了四十分钟' }).first().innerText()).includes('整改中')) faults.push('the list does not say that it is being remedied')

    const officer = await open(browser, { as: 'rs.window' })
    await officer.go('/desk/ratings')
    if ((await officer.page.innerText('main')).includes('等了四十分钟')) faults.push('the officer rated reads the rating')
    faults.push(...wrong(me.seen), ...wrong(head.seen), ...wrong(officer.seen, [403]))
    for (const d of [me, head, officer]) await d.context.close()
    return faults
  },

  async 'the counter hands out a code, the visitor rates on a phone in English, and it works once'(browser) {
    const faults = []
    const clerk = await open(browser, { as: 'window.nancheng' })
    await clerk.go('/desk/rate')
    await clerk.page.locator('main form button[type=submit]').click()
    await clerk.page.locator('svg.qr').waitFor()
    const code = (await clerk.page.innerText('.big-code')).trim()
    faults.push(...(await axe(clerk.page)))
    await clerk.page.screenshot({ path: `${shots}/rating-code.png`, fullPage: true })
    const visitor = await open(browser, { ...PHONE, lang: 'en' })
    await visitor.go(`/rate/${code}`)
    await visitor.page.getByRole('radio', { name: 'Satisfied', exact: true }).check()
    faults.push(...(await judged(visitor.page)), ...(await chineseLeft(visitor.page)))
    await visitor.page.screenshot({ path: `${shots}/rate-en.png`, fullPage: true })
    await visitor.page.locator('button[type=submit]').click()
    await visitor.page.getByRole('heading', { name: 'Thank you for your rating' }).waitFor()
    await visitor.go(`/rate/${code}`)
    if (await visitor.page.locator('form').count()) faults.push('the code works twice')
    faults.push(...wrong(clerk.seen), ...wrong(visitor.seen))
    for (const d of [clerk, visitor]) await d.context.close()
    return faults
  },

  async 'ratings are published from five on, and fewer are said to be too few'(browser) {
    const faults = []
    const rate = async (login, grade) => {
      const clerk = await party(login)
      const { code } = await clerk.post('/desk/rating-codes', {})
      const r = await fetch(`${city.url}/api/v1/rate/${code}`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `visit-${code}` }, body: JSON.stringify({ grade }) })
      if (!r.ok) throw new Error(`rate: ${r.status} ${await r.text()}`)
    }
    for (const login of ['window.nancheng', 'rs.window'])
      for (const g of ['very_satisfied', 'satisfied', 'satisfied', 'fairly_satisfied', 'very_satisfied', 'dissatisfied']) await rate(login, g)
    await delivered('wangwu').then(async (c) => (await party('wangwu')).post(`/cases/${c.id}/rating`, { grade: 'satisfied' }))
    for (const [lang, size] of [['zh-CN', PHONE], ['zh-CN', {}], ['en', PHONE], ['en', {}]]) {
      const d = await open(browser, { ...size, lang })
      await d.go('/ratings')
      for (const one of await d.page.locator('summary').all()) await one.click()
      const text = await d.page.innerText('main')
      if (!(lang === 'en' ? /Too few to publish/ : /次数太少，不公布/).test(text)) faults.push(`${lang}: it does not say that there are too few`)
      if (!/%/.test(text)) faults.push(`${lang}: no share is shown`)
      faults.push(...(await axe(d.page)), ...(await overflow(d.page)), ...(size.width ? await smallTargets(d.page) : []), ...(lang === 'en' ? await chineseLeft(d.page) : []), ...wrong(d.seen))
      await d.page.screenshot({ path: `${shots}/ratings-${lang}-${size.width ?? 1280}.png`, fullPage: true })
      await d.context.close()
    }
    return faults
  },
}
