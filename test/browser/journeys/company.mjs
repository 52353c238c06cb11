// Opening a company: one person on a phone, officers of six departments at the desk, a licence that anybody can verify.
import { readFileSync } from 'node:fs'
import { city, party, until } from '../city.mjs'
import { company as answers, fillPage, tradeName } from '../fill.mjs'
import { read, readerThere } from '../reader/reader.mjs'
import { axe, open, overflow, settled, shots, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }
const OFFICERS = ['scjg.handler', 'gaj.handler', 'sw.handler', 'rs.handler', 'gjj.handler', 'bank.handler']
const me = { name: '张三', id_number: '441900198801010013', birth: '1988-01-01', phone: '13800000001' }

/** Claims and decides the officer's task of the case from the keyboard alone, in the list and on the case's page. */
async function decideByKeyboard(browser, login, number, faults) {
  const { context, page, seen, go } = await open(browser, { as: login })
  await go(`/desk?q=${number}`)
  await page.waitForSelector('.tasks tbody tr')
  await page.keyboard.press('j')
  await page.keyboard.press('c')
  await page.waitForSelector('.toast')
  await page.keyboard.press('d')
  await page.waitForURL(/\/desk\/cases\//)
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'outcome')
  await page.keyboard.press('Space')
  if (!(await page.isChecked('input[name=outcome][value=approve]'))) faults.push(`${login}: Space does not choose the first outcome`)
  await page.focus('#opinion')
  await page.keyboard.type('经审查，符合条件。')
  await page.keyboard.press('Control+Enter')
  await page.waitForURL((u) => !u.pathname.endsWith(seen.last ?? '-') && u.pathname === '/desk')
  faults.push(...wrong(seen).map((f) => `${login}: ${f}`))
  await context.close()
}

/** The licence is genuine by its link and by its file; a file in which one byte differs is not. */
async function verifyLicence(browser, link, file, faults) {
  const { context, page, seen } = await open(browser, PHONE)
  await page.goto(link + '?lang=zh-CN')
  await settled(page)
  await page.waitForSelector('.verdict.green').catch(() => faults.push('the link on the licence does not verify it'))
  await page.screenshot({ path: `${shots}/verified-link.png`, fullPage: true })
  for (const [what, bytes, colour] of [['the file', file, 'green'], ['a changed file', changed(file), 'red']]) {
    await page.goto(`${city.url}/verify?lang=zh-CN`)
    await settled(page)
    await page.setInputFiles('input[type=file]', { name: '营业执照.pdf', mimeType: 'application/pdf', buffer: bytes })
    await page.waitForSelector(`.verdict.${colour}`).catch(() => faults.push(`${what} is not ${colour}`))
    await page.screenshot({ path: `${shots}/verified-${colour}.png`, fullPage: true })
  }
  faults.push(...(await axe(page)), ...wrong(seen))
  await context.close()
}
function changed(file) {
  const copy = Buffer.from(file)
  copy[Math.floor(copy.length / 3)] ^= 1
  return copy
}

export const company = {
  async 'a company is opened on a phone, decided by six officers at the desk, and its licence verified'(browser) {
    const faults = []
    const { context, page, seen } = await open(browser, PHONE)
    // In by the front door: home, search, service, sign in, back where one was.
    await page.goto(`${city.url}/?lang=zh-CN`)
    await settled(page)
    await page.fill('#q', '开办企业')
    await page.press('#q', 'Enter')
    await page.waitForURL(/\/services\?q=/)
    await page.click('.srow:has-text("开办企业全流程一天办")')
    await page.waitForURL(/\/services\/establish_company/)
    await settled(page)
    await page.click('.start .btn.main')
    await page.waitForURL(/\/sign-in/)
    await page.fill('#login', 'zhangsan')
    await page.fill('#password', city.people.password)
    await page.click('form button[type=submit]')
    await page.waitForURL(/\/apply\/.+\/.+/)
    await settled(page)

    // What is typed is kept, and goes on on another device.
    const name = tradeName()
    await page.getByLabel('字号').fill(name)
    await page.waitForFunction(() => /已保存/.test(document.querySelector('.apply-top [role=status]')?.textContent ?? ''))
    const other = await open(browser, { state: (await party('zhangsan', true)).state() })
    await other.go('/services/establish_company/apply')
    await other.page.waitForURL(/\/apply\/.+\/.+/)
    await settled(other.page)
    if ((await other.page.getByLabel('字号').inputValue()) !== name) faults.push('the draft does not go on on another device')
    await other.context.close()

    let known = false
    for (let n = 1; !(await page.$('.apply-submit')); n++) {
      if (n > 12) throw new Error('the form has no end')
      const at = page.url()
      known ||= (await page.$$eval('form input.input', (l) => l.map((e) => e.value))).includes(me.id_number) && /公安/.test(await page.innerText('main'))
      await fillPage(page, { 字号: name, '姓名或名称': '张三', 证件号码: me.id_number, 注册资本: '1000000', 经营范围: '电子产品销售' })
      faults.push(...(await overflow(page)), ...(await axe(page)))
      await page.screenshot({ path: `${shots}/apply-${n}.png`, fullPage: true })
      await page.click('form button[type=submit]')
      await page.waitForFunction((u) => location.href !== u || !!document.querySelector('.summary'), at)
      if (await page.$('.summary')) throw new Error(`stuck: ${await page.$eval('.summary', (e) => e.innerText)}`)
      await settled(page)
    }
    if (!known) faults.push('what the city knows is not filled in with its source')
    faults.push(...(await overflow(page)), ...(await axe(page)))
    await page.screenshot({ path: `${shots}/apply-check.png`, fullPage: true })
    await page.click('.apply-submit .btn.main')
    await page.waitForURL(/\/cases\/[^/]+\/receipt/)
    await settled(page)
    const number = (await page.innerText('.receipt-n')).replace(/\s/g, '')
    await page.screenshot({ path: `${shots}/receipt.png`, fullPage: true })
    await page.click('main a.btn.main')
    await page.waitForURL(/\/cases\/[^/]+$/)
    await settled(page)
    const id = page.url().split('/').pop()

    // Six officers; the applicant's page follows by itself.
    for (const [i, login] of OFFICERS.entries()) {
      const officer = await party(login)
      await until(`a task for ${login}`, async () => (await officer.get(`/desk/tasks?scope=department&q=${number}`)).items.some((t) => t.case === id && !t.waiting))
      await decideByKeyboard(browser, login, number, faults)
      await page.waitForFunction((n) => document.querySelectorAll('.map-step.done').length >= n, i + 1).catch(() => faults.push(`the progress page does not follow ${login}`))
      if (i === 2) await page.screenshot({ path: `${shots}/case-halfway.png`, fullPage: true })
    }
    await page.waitForFunction(() => /已办结|已送达|办结/.test(document.querySelector('.big-tag')?.textContent ?? ''))
    faults.push(...(await overflow(page)), ...(await axe(page)))

    // The licence: a PDF that is genuine by its link and by its file.
    const row = page.locator('.docs li', { hasText: '营业执照' })
    await row.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), row.locator('a[download]').first().click()])
    const file = readFileSync(await download.path())
    if (file.subarray(0, 5).toString() !== '%PDF-') faults.push('the licence is no PDF')
    const [original] = await Promise.all([page.waitForEvent('download'), row.getByRole('link', { name: /OFD/ }).click()])
    const ofd = readFileSync(await original.path())
    if (readerThere()) {
      const seen = await read(browser, ofd, `${shots}/company-licence-ofd.png`)
      if (seen.error || !seen.text.replace(/\s/g, '').includes((await row.locator('.mono').innerText()).replace(/\s/g, ''))) faults.push(`the original does not open in the reader: ${seen.error ?? 'no number'}`)
    } else faults.push('no reader: npm ci --ignore-scripts in test/browser/reader')
    const link = await row.getByRole('link', { name: '查验' }).getAttribute('href')
    await page.screenshot({ path: `${shots}/case-done.png`, fullPage: true })
    await verifyLicence(browser, new URL(link, city.url).href, file, faults)

    // Its seals came with it, without any medium: the legal representative acts for the company, on another device.
    const rep = await open(browser, { state: (await party('zhangsan', true)).state() })
    await rep.go('/')
    await rep.page.click('.menu-btn')
    await rep.page.locator('.panel-b', { hasText: name }).click()
    await rep.page.waitForURL(/\/cases/)
    let made = 0
    for (let i = 0; i < 60 && !made; i++) {
      await rep.go('/seals')
      const green = await rep.page.locator('.seal .tag.green').count()
      if (green && green === (await rep.page.locator('.seal').count())) made = green
      else await rep.page.waitForTimeout(500)
    }
    if (made < 3) faults.push(`${made} seals came with the licence`)
    await rep.page.locator('.seal', { hasText: '法定名称章' }).waitFor()
    await rep.page.screenshot({ path: `${shots}/company-seals.png`, fullPage: true })
    faults.push(...wrong(rep.seen))
    await rep.context.close()

    // It lies in the folder of licences, with a code to show; and who looked is on record.
    await page.goto(`${city.url}/licences?lang=zh-CN`)
    await settled(page)
    await page.locator('.lic', { hasText: '营业执照' }).first().getByRole('button', { name: /二维码/ }).click()
    await page.waitForSelector('dialog[open] svg.qr')
    await page.screenshot({ path: `${shots}/licence-code.png` })
    await page.goto(`${city.url}/me/reads?lang=zh-CN`)
    await settled(page)
    const reads = await page.innerText('.reads')
    for (const d of ['市场监管', '公安', '税务', '人力资源', '公积金']) if (!reads.includes(d)) faults.push(`the read by ${d} is not on record`)
    faults.push(...wrong(seen, [401]))
    await context.close()
    return faults
  },

  async 'a step is withdrawn, then the whole; a link shares the progress and nothing else'(browser) {
    const faults = []
    const zhao = await party('zhaoliu')
    const filed = await zhao.post('/cases', { service: 'establish_company', data: answers(tradeName(), { name: '赵六', id_number: '441900199204040040', birth: '1992-04-04', phone: '13800000004' }) })
    const { context, page, seen, go } = await open(browser, { ...PHONE, as: 'zhaoliu' })
    await go(`/cases/${filed.id}`)

    await page.getByRole('button', { name: '分享进度' }).click()
    await page.locator('dialog[open] button[type=submit]').click()
    await page.waitForSelector('dialog[open] #url')
    const url = await page.inputValue('dialog[open] #url')
    await page.screenshot({ path: `${shots}/share.png` })
    await page.locator('dialog[open] .sheet-head button').click()
    const stranger = await open(browser, PHONE)
    await stranger.page.goto(url + '?lang=zh-CN')
    await settled(stranger.page)
    const shared = await stranger.page.innerText('body')
    if (!shared.includes(filed.number)) faults.push('the shared page does not show the case')
    if (/赵六|441900199204040040|13800000004/.test(shared)) faults.push('the shared page tells who it is')
    await stranger.page.screenshot({ path: `${shots}/shared.png`, fullPage: true })
    faults.push(...(await axe(stranger.page)), ...wrong(stranger.seen))
    await stranger.context.close()

    await page.locator('.map-step', { hasText: '银行开户' }).getByRole('button').click()
    await page.locator('dialog[open] button[type=submit]').click()
    await page.locator('.map-step.withdrawn', { hasText: '银行开户' }).waitFor()
    await page.getByRole('button', { name: '催办' }).click()
    await page.locator('dialog[open] textarea').fill('请尽快办理')
    await page.locator('dialog[open] button[type=submit]').click()
    await page.waitForSelector('.toast')
    const handler = await open(browser, { as: 'scjg.handler' })
    await handler.go(`/desk?q=${filed.number}`)
    await handler.page.locator('.tasks .tag.red', { hasText: '催办' }).waitFor().catch(() => faults.push('the officer does not see the reminder'))
    await handler.context.close()

    await page.getByRole('button', { name: '撤回整个申请' }).or(page.getByRole('button', { name: '撤回申请' })).first().click()
    await page.locator('dialog[open] button[type=submit]').click()
    await page.locator('.big-tag', { hasText: '已撤回' }).waitFor()
    if (await page.$('.map-step.running')) faults.push('a step is still running in a withdrawn case')
    await page.screenshot({ path: `${shots}/withdrawn.png`, fullPage: true })
    faults.push(...wrong(seen))
    await context.close()
    return faults
  },

  async 'a shareholder confirms on the phone before the company is filed, and a denial keeps it from being filed'(browser) {
    const faults = []
    const zheng = await party('zhengshi')
    const data = answers(tradeName(), { name: '郑十', id_number: '441900200008080083', birth: '2000-08-08', phone: '13800000008' })
    data.shareholders = [{ ...data.shareholders[0], share: 70 }, { name: '吴九', id_number: '44190019830707007X', share: 30 }]
    const draft = await zheng.post('/drafts', { service: 'establish_company', data })
    const { context, page, seen, go } = await open(browser, { ...PHONE, as: 'zhengshi' })
    await go(`/services/establish_company/apply/${draft.id}/check`)

    // The form is asked about; it is not filed.
    await page.click('.apply-submit .btn.main')
    await page.waitForSelector('.confirmers .tag.yellow')
    faults.push(...(await overflow(page)), ...(await axe(page)))
    await page.screenshot({ path: `${shots}/confirm-asked.png`, fullPage: true })
    await zheng.post('/cases', { service: 'establish_company', data }).then(() => faults.push('it was filed without the shareholder'), (e) => /confirm\.missing/.test(e.message) || faults.push(e.message))

    // The shareholder is told, sees what it is about and no numbers of others, and denies.
    const wu = await open(browser, { ...PHONE, as: 'wujiu' })
    const says = async (answer) => {
      await wu.go('/')
      await wu.page.click('.mine a[href="/confirmations"]')
      await wu.page.waitForSelector('.confirmation')
      await settled(wu.page)
      const text = await wu.page.innerText('.confirmation')
      for (const w of ['郑十', '吴九', data.shop_name, '30']) if (!text.includes(w)) faults.push(`the shareholder does not see ${w}`)
      if (/441900200008080083|13800000008/.test(await wu.page.content())) faults.push('the shareholder sees a number that is not theirs')
      faults.push(...(await overflow(wu.page)), ...(await axe(wu.page)))
      await wu.page.screenshot({ path: `${shots}/confirm-${answer ? 'yes' : 'no'}.png`, fullPage: true })
      if (!answer) await wu.page.fill('.confirmation input', '我没有同意')
      await wu.page.click(answer ? '.confirmation .btn.main' : '.confirmation .btn.danger')
      await wu.page.waitForSelector(`.done-line .tag.${answer ? 'green' : 'red'}`)
    }
    await until('the message', async () => (await (await party('wujiu')).get('/inbox')).items.some((m) => /实名确认/.test(m.title.zh)))
    await says(false)
    await page.click('.apply-submit .btn.main')
    await page.waitForSelector('.confirmers .tag.red')
    if (!(await page.innerText('.confirmers')).includes('我没有同意')) faults.push('the reason of the denial is not shown')

    // Another capital, asked anew; now confirmed, and filed.
    data.capital_yuan = 2000000
    const tag = await fetch(`${city.url}/api/v1/drafts/${draft.id}`, { headers: { Cookie: zheng.cookie.pair } }).then((r) => r.headers.get('etag'))
    await zheng.call('PUT', `/drafts/${draft.id}`, { data, page: 'check' }, { headers: { 'If-Match': tag } })
    await go(`/services/establish_company/apply/${draft.id}/check`)
    await page.click('.apply-submit .btn.main')
    await page.waitForSelector('.confirmers .tag.yellow')
    await says(true)
    await page.click('.apply-submit .btn.main')
    await page.waitForURL(/\/cases\/[^/]+\/receipt/)
    faults.push(...wrong(seen), ...wrong(wu.seen))
    await wu.context.close()
    await context.close()
    return faults
  },

  async 'a rule that the form cannot know is told at the field, in both languages, and nothing is lost'(browser) {
    const faults = []
    const sun = await party('sunqi')
    const data = answers(tradeName(), { name: '孙七', id_number: '441900197905050058', birth: '1979-05-05', phone: '13800000005' })
    data.legal_representative.id_number = '441900197905050059' // a wrong check digit, known to whoever checks
    const draft = await sun.post('/drafts', { service: 'establish_company' })
    const tag = await fetch(`${city.url}/api/v1/drafts/${draft.id}`, { headers: { Cookie: sun.cookie.pair } }).then((r) => r.headers.get('etag'))
    await sun.call('PUT', `/drafts/${draft.id}`, { data, page: 'check' }, { headers: { 'If-Match': tag } })
    for (const [lang, words] of [['zh-CN', /校验|身份/], ['en', /check digit|identity/i]]) {
      const { context, page, seen, go } = await open(browser, { ...PHONE, as: 'sunqi', lang })
      await go(`/services/establish_company/apply/${draft.id}/check`)
      await page.click('.apply-submit .btn.main')
      await page.waitForSelector('.summary')
      const focused = await page.evaluate(() => document.activeElement?.closest('.summary') !== null)
      if (!focused) faults.push(`${lang}: the summary does not take the focus`)
      const text = await page.innerText('.summary')
      if (!words.test(text)) faults.push(`${lang}: the summary says ${text}`)
      await page.click('.summary a')
      await page.waitForURL(/\/people/)
      await page.waitForSelector('.field.bad .fault').catch(() => faults.push(`${lang}: nothing at the field`))
      await page.screenshot({ path: `${shots}/fault-${lang}.png`, fullPage: true })
      faults.push(...(await axe(page)), ...(await overflow(page)), ...wrong(seen, ['422', '400']))
      await context.close()
    }
    return faults
  },
}
