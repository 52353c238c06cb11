// The enterprise seat: a call is taken with what is suggested and answered from the knowledge base; another is passed on, replied and asked
// after, and whoever asked reads the reply by the code; a complaint about an officer is not seen in their department.
import { party, until } from '../city.mjs'
import { axe, chineseLeft, open, overflow, shots, smallTargets, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }
const judged = async (page, small) => [...(await axe(page)), ...(await overflow(page)), ...(small ? await smallTargets(page) : [])]
const register = async (d) => {
  await d.page.locator('form.callcols button[type=submit]').click()
  await d.page.locator('#made-h').waitFor()
}

export const hotline = {
  async 'a call is answered at once from an article, and the second call from that number is known'(browser) {
    const faults = []
    const d = await open(browser, { as: 'hotline1' })
    await d.go('/desk/hotline/call')
    await d.page.locator('form.callcols button[type=submit]').click()
    await d.page.getByText('请填写诉求内容').first().waitFor()
    await d.page.locator('#h-phone').fill('0769-81000001')
    await d.page.locator('#h-text').fill('请问开办公司要准备哪些材料')
    await d.page.locator('.suggest-use').first().waitFor()
    await d.page.locator('.call-hint button').click()
    if ((await d.page.locator('#h-topic').inputValue()) !== 'company_setup') faults.push('the subject is not suggested')
    await d.page.locator('.suggest-use').first().click()
    if ((await d.page.locator('#h-reply').inputValue()).length < 20) faults.push('the answer is not taken over')
    faults.push(...(await judged(d.page)))
    await d.page.screenshot({ path: `${shots}/hotline-answer.png`, fullPage: true })
    await register(d)
    if (!/^[a-z2-9]{4}(-[a-z2-9]{4}){2}$/.test((await d.page.innerText('.call-code')).trim())) faults.push('no code is shown')
    await d.page.screenshot({ path: `${shots}/hotline-taken.png`, fullPage: true })
    await d.page.getByRole('button', { name: '登记下一个' }).click()
    await d.page.locator('#h-phone').fill('0769 81000001')
    await d.page.locator('#h-name').click()
    await d.page.getByText('第 2 次来电').waitFor()
    faults.push(...wrong(d.seen))
    await d.context.close()
    return faults
  },

  async 'a request from a phone in English is passed on, replied, asked after, and read by its code'(browser) {
    const faults = []
    const me = await open(browser, { ...PHONE, lang: 'en' })
    await me.go('/requests')
    await me.page.locator('.req-ask button[type=submit]').click()
    await me.page.getByText('Write what it is about').first().waitFor()
    await me.page.locator('#q-text').fill('The contribution base of social insurance is wrong')
    await me.page.locator('#q-phone').fill('13900000099')
    faults.push(...(await judged(me.page, true)), ...(await chineseLeft(me.page)))
    await me.page.locator('.req-ask button[type=submit]').click()
    const code = (await me.page.locator('.req-code').innerText()).trim()
    await me.page.screenshot({ path: `${shots}/request-sent.png`, fullPage: true })

    const seat = await party('hotline1')
    const ticket = await until('the ticket', async () => (await seat.get('/desk/hotline/tickets?limit=100')).items.find((t) => t.task === 'classify' && t.channel === 'online'))
    const decide = async (login, outcome, data) => {
      const p = await party(login)
      const task = (await p.get(`/desk/cases/${ticket.id}`)).tasks.find((t) => t.can_decide)
      await p.post(`/cases/${ticket.id}/tasks/${task.id}/decide`, data ? { outcome, data } : { outcome })
    }
    await decide('hotline1', 'route', { kind: 'help', topic: 'social_insurance' })
    await decide('rs.handler', 'take')
    const officer = await open(browser, { as: 'rs.handler2' })
    await officer.go(`/desk/cases/${ticket.id}`)
    await officer.page.getByText('13900000099').waitFor()
    await officer.page.locator('input[name=outcome][value=replied]').check()
    await officer.page.getByLabel(/答复内容/).fill('已核对并更正缴费基数。')
    faults.push(...(await judged(officer.page)))
    await officer.page.screenshot({ path: `${shots}/hotline-reply.png`, fullPage: true })
    await officer.page.locator('.decide-col form button[type=submit]').click()
    await officer.page.waitForSelector('.toast')
    const clerk = await open(browser, { as: 'hotline2' })
    await clerk.go('/desk/hotline')
    await clerk.page.getByRole('link', { name: `打开 ${ticket.number}` }).click()
    await clerk.page.getByText('已核对并更正缴费基数。').waitFor()
    await clerk.page.locator('input[name=outcome][value=satisfied]').check()
    await clerk.page.getByLabel(/诉求人的意见/).fill('满意')
    await clerk.page.screenshot({ path: `${shots}/hotline-visit.png`, fullPage: true })
    await clerk.page.locator('.decide-col form button[type=submit]').click()
    await clerk.page.waitForSelector('.toast')

    await me.go('/requests')
    await me.page.locator('#q-code').fill(code.toUpperCase())
    await me.page.locator('#q-code').press('Enter')
    await me.page.getByText('已核对并更正缴费基数。').waitFor()
    faults.push(...(await judged(me.page, true)))
    await me.page.screenshot({ path: `${shots}/request-replied.png`, fullPage: true })
    faults.push(...wrong(me.seen), ...wrong(officer.seen), ...wrong(clerk.seen))
    for (const d of [me, officer, clerk]) await d.context.close()
    return faults
  },

  async 'a complaint about an officer is not seen in their department'(browser) {
    const faults = []
    const seat = await party('hotline1')
    const made = await seat.post('/desk/hotline/requests', { text: '登记窗口人员故意刁难', phone: '13900000098', classification: { outcome: 'officer', kind: 'complaint', topic: 'company_setup' } })
    const head = await open(browser, { as: 'scjg.head' })
    await head.go('/desk/hotline?state=all')
    if ((await head.page.innerText('main')).includes(made.number)) faults.push('it stands in the list of that department')
    await head.go(`/desk/cases/${made.id}`)
    if ((await head.page.innerText('main')).includes('刁难')) faults.push('its head can read it')
    faults.push(...wrong(head.seen, [404]))
    await head.context.close()
    return faults
  },
}
