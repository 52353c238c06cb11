// What officers do at the desk, on the service that the studio's test has published: acceptance, correction, drafting, review, signing.
import { city, party, until } from '../city.mjs'
import { png } from '../fill.mjs'
import { axe, open, settled, shots, wrong } from '../lib.mjs'

/** A stall permit is asked for by this person. */
export async function fileStall(login, street = '鸿福路夜市段') {
  const p = await party(login)
  const photo = await p.upload('摊位.png', 'photo', png())
  const form = await p.get('/services/stall_permit/form')
  return p.post('/cases', { service: 'stall_permit', data: { ...form.data, street, area_m2: 4, goods: '水果', photo: photo.id } })
}
async function sit(browser, login, path) {
  const d = await open(browser, { as: login })
  await d.go(path)
  return d
}
async function decide(page, outcome, fields = {}) {
  await page.locator(`input[name=outcome][value=${outcome}]`).check()
  for (const [id, text] of Object.entries(fields)) await page.fill(id, text)
  await page.locator('form button[type=submit]', { hasText: /提交|决定|办理|：/ }).first().click()
  await page.waitForURL((u) => u.pathname === '/desk' || !!u.searchParams.get('task'))
  await page.waitForSelector('.toast')
}
/** Opens the officer's only open task of the case, claims and decides it. */
async function settle(browser, login, id, outcome, fields) {
  const { context, page, seen } = await sit(browser, login, `/desk/cases/${id}`)
  await page.waitForSelector('input[name=outcome]')
  await page.keyboard.press('c')
  await page.locator('.decide-col', { hasText: '由您经办' }).waitFor()
  await decide(page, outcome, { '#opinion': '经审查，符合规定。', ...fields })
  const bad = wrong(seen).map((f) => `${login}: ${f}`)
  await context.close()
  return bad
}


export const desk = {
  async 'correction is asked once, answered, accepted; then drafted, reviewed and signed by three officers'(browser) {
    const faults = []
    const filed = await fileStall('lisi')
    faults.push(...(await settle(browser, 'scjg.handler', filed.id, 'correct', { '#corrections': '路段须写明起止\n照片看不清周围' })))

    const me = await open(browser, { width: 360, as: 'lisi' })
    await me.go('/cases')
    await me.page.locator('.cline.waits').first().waitFor().catch(() => faults.push('the list does not say that the case waits for the applicant'))
    await me.go(`/cases/${filed.id}`)
    const asked = await me.page.innerText('.waits')
    if (!asked.includes('路段须写明起止') || !asked.includes('照片看不清周围')) faults.push('the page does not say what must be corrected')
    await me.page.screenshot({ path: `${shots}/correction-asked.png`, fullPage: true })
    await me.page.click('.waits a.btn')
    await me.page.waitForURL(/\/correction/)
    await settled(me.page)
    if ((await me.page.getByLabel('路段').inputValue()) !== '鸿福路夜市段') faults.push('what was answered before is not there')
    await me.page.getByLabel('路段').fill('鸿福路8号至66号')
    faults.push(...(await axe(me.page)))
    await me.page.screenshot({ path: `${shots}/correction.png`, fullPage: true })
    await me.page.click('form button[type=submit]')
    await me.page.waitForURL((u) => u.pathname === `/cases/${filed.id}`)
    await settled(me.page)

    faults.push(...(await settle(browser, 'scjg.handler', filed.id, 'accept')))
    faults.push(...(await settle(browser, 'scjg.handler', filed.id, 'approve')))
    faults.push(...(await settle(browser, 'scjg.reviewer', filed.id, 'approve')))
    faults.push(...(await settle(browser, 'scjg.signer', filed.id, 'approve')))
    await me.page.locator('.big-tag.green').waitFor().catch(() => faults.push('the applicant’s page does not follow to the end'))
    await me.page.locator('.docs li', { hasText: '占道经营许可书' }).waitFor().catch(() => faults.push('no permit'))
    await me.page.screenshot({ path: `${shots}/stall-done.png`, fullPage: true })
    const told = async () => (await (await party('lisi')).get('/inbox?limit=50')).items.filter((m) => m.case === filed.id).map((m) => m.title.zh)
    await until('the messages', async () => (await told()).length >= 3, 10).catch(async () => faults.push(`the applicant was told only: ${(await told()).join('; ')}`))
    await me.go('/inbox')
    await me.page.locator('.msg-head').first().click()
    await me.page.screenshot({ path: `${shots}/inbox-open.png`, fullPage: true })
    faults.push(...wrong(me.seen))
    await me.context.close()
    return faults
  },

  async 'why a rule decided as it did is said in words, in the reader’s language'(browser) {
    const faults = []
    const person = await party('wujiu')
    const photo = await person.upload('现场.png', 'photo', png())
    const file = async (area_m2) => person.post('/cases', { service: 'stall_permit', data: { applicant_name: '吴九', street: '规则路一至二号', area_m2, goods: '水果', photo: photo.id } })
    for (const [area, zh, en] of [[4, '适用规则：不足十平方米', 'by rule: under ten square metres'], [12, '适用规则：“摊位规模”第 2 条', 'by rule: rule 2 of “Size of the stall”']]) {
      const filed = await file(area)
      faults.push(...(await settle(browser, 'scjg.handler', filed.id, 'accept')))
      for (const [lang, title, said] of [['zh-CN', '摊位规模', zh], ['en', 'Size of the stall', en]]) {
        const d = await open(browser, { as: 'scjg.handler', lang })
        await d.go(`/desk/cases/${filed.id}`)
        const rules = await d.page.innerText('.rules')
        if (!rules.includes(title) || !rules.includes(said)) faults.push(`${lang}: not said in words: ${rules}`)
        await d.page.locator('.rules').screenshot({ path: `${shots}/rules-${area}-${lang}.png` })
        faults.push(...(await axe(d.page)), ...wrong(d.seen))
        await d.context.close()
      }
      const told = (await person.get(`/cases/${filed.id}`)).explanations.map((e) => e.text)
      if (!told.some((x) => x.zh.includes(zh) && x.en.includes(en))) faults.push(`the applicant is told: ${JSON.stringify(told)}`)
    }
    return faults
  },

  async 'several tasks are decided at once, with an opinion from a template'(browser) {
    const faults = []
    const cases = [await fileStall('wujiu', '批量一号路段'), await fileStall('wujiu', '批量二号路段')]
    const { context, page, seen, go } = await sit(browser, 'scjg.handler2', '/desk/templates')
    await page.fill('#text', '材料齐全，符合法定形式。')
    await page.locator('main form button[type=submit]').click()
    await page.locator('main li', { hasText: '材料齐全，符合法定形式。' }).waitFor()
    await go('/desk?service=stall_permit')
    for (const c of cases) await page.locator('tbody tr', { has: page.locator(`[title="${c.number}"]`) }).locator('input[type=checkbox]').check()
    await page.locator('.batchbar .btn.main').click()
    await page.waitForSelector('dialog[open]')
    await page.fill('dialog[open] textarea', '材料齐全，符合法定形式。')
    await page.screenshot({ path: `${shots}/batch.png` })
    faults.push(...(await axe(page)))
    await page.click('dialog[open] button[type=submit]')
    await page.waitForFunction(() => !document.querySelector('dialog[open]'))
    const wu = await party('wujiu')
    for (const c of cases) if ((await wu.get(`/cases/${c.id}`)).state !== 'handling') faults.push(`${c.number} was not accepted`)
    await go(`/desk/cases/${cases[0].id}`)
    await page.locator('input[name=outcome]').first().check()
    await page.locator('select.tpl').selectOption({ label: '材料齐全，符合法定形式。' })
    if ((await page.inputValue('#opinion')) !== '材料齐全，符合法定形式。') faults.push('the template is not put into the opinion')
    faults.push(...wrong(seen))
    await context.close()
    return faults
  },

  async 'a clock stops for a cause of the law and goes on; the applicant sees why'(browser) {
    const faults = []
    const filed = await fileStall('qianyi', '听证路段')
    faults.push(...(await settle(browser, 'scjg.handler', filed.id, 'accept')))
    const { context, page, seen } = await sit(browser, 'scjg.handler', `/desk/cases/${filed.id}`)
    await page.getByRole('button', { name: '暂停时限' }).or(page.getByRole('button', { name: '停' })).first().click()
    await page.selectOption('dialog[open] #cause', 'hearing')
    await page.fill('dialog[open] #txt', '依法举行听证，时间另行通知。')
    await page.screenshot({ path: `${shots}/clock-stop.png` })
    faults.push(...(await axe(page)))
    await page.click('dialog[open] button[type=submit]')
    await page.waitForFunction(() => !document.querySelector('dialog[open]'))
    const me = await open(browser, { width: 360, as: 'qianyi' })
    await me.go(`/cases/${filed.id}`)
    if (!/听证/.test(await me.page.innerText('.clockcard'))) faults.push('the applicant does not see why the clock stands')
    await me.page.screenshot({ path: `${shots}/clock-stopped.png`, fullPage: true })
    await page.locator('.dcol').getByRole('button', { name: /恢复/ }).click()
    await page.fill('dialog[open] #txt', '听证结束，恢复计算时限。')
    await page.click('dialog[open] button[type=submit]')
    await page.waitForFunction(() => !document.querySelector('dialog[open]'))
    await me.go(`/cases/${filed.id}`)
    if (/暂停/.test(await me.page.innerText('.clockcard'))) faults.push('the clock still stands')
    faults.push(...wrong(seen), ...wrong(me.seen))
    await me.context.close()
    await context.close()
    return faults
  },

  async 'two officers on one task: the second is told, and nothing of his is lost'(browser) {
    const faults = []
    const filed = await fileStall('fenger', '争抢路段')
    const one = await sit(browser, 'scjg.handler', `/desk/cases/${filed.id}`)
    const two = await sit(browser, 'scjg.handler2', `/desk/cases/${filed.id}`)
    await two.page.locator('input[name=outcome][value=accept]').check()
    await two.page.fill('#opinion', '第二个人写的意见')
    await one.page.keyboard.press('c')
    await one.page.locator('input[name=outcome][value=accept]').check()
    await one.page.fill('#opinion', '第一个人的意见')
    await one.page.keyboard.press('Control+Enter')
    await one.page.waitForURL((u) => u.pathname === '/desk' || !u.pathname.includes(filed.id))
    await two.page.focus('#opinion')
    await two.page.keyboard.press('Control+Enter')
    await two.page.waitForSelector('.decide-col [role=alert]')
    if ((await two.page.inputValue('#opinion')) !== '第二个人写的意见') faults.push('the opinion is gone')
    await two.page.screenshot({ path: `${shots}/two-officers.png` })
    faults.push(...wrong(one.seen), ...wrong(two.seen, [409]))
    await one.context.close()
    await two.context.close()
    return faults
  },

  async 'a task goes to a colleague; an absence is covered'(browser) {
    const faults = []
    const filed = await fileStall('sunqi', '转办路段')
    const { context, page, seen } = await sit(browser, 'scjg.handler', `/desk/cases/${filed.id}`)
    await page.getByRole('button', { name: '转交' }).or(page.getByRole('button', { name: '转办' })).first().click()
    const option = await page.locator('dialog[open] #to option', { hasText: 'scjg.handler2' }).getAttribute('value')
    await page.selectOption('dialog[open] #to', option)
    await page.fill('dialog[open] #txt', '出差')
    await page.screenshot({ path: `${shots}/transfer.png` })
    await page.click('dialog[open] button[type=submit]')
    await page.waitForFunction(() => !document.querySelector('dialog[open]'))
    const other = await sit(browser, 'scjg.handler2', `/desk?scope=mine&q=${filed.number}`)
    await other.page.locator('tbody tr').first().waitFor().catch(() => faults.push('the colleague does not have the task'))
    await other.context.close()
    faults.push(...wrong(seen))
    await context.close()
    const away = await sit(browser, 'rs.handler2', '/desk/handover') // somebody whose tasks no other test waits for
    await away.page.selectOption('#cover', { index: 1 })
    await away.page.locator('main form button[type=submit]').click()
    await away.page.locator('main li.card').first().waitFor()
    await away.page.screenshot({ path: `${shots}/handover.png` })
    await away.page.locator('main li.card button').first().click()
    await away.page.waitForFunction(() => !document.querySelector('main li.card'))
    faults.push(...wrong(away.seen))
    await away.context.close()
    return faults
  },

  async 'a person at the counter: the window files for her'(browser) {
    const faults = []
    const { context, page, seen } = await sit(browser, 'window.nancheng', '/desk/intake')
    await page.selectOption('#service', 'stall_permit')
    await page.fill('#idn', '441900198503030033') // wrong check digit
    await page.fill('#name', '王五')
    await page.click('main form button[type=submit]')
    await page.waitForSelector('.summary')
    await page.fill('#idn', '441900198503030032')
    await page.click('main form button[type=submit]')
    await page.getByLabel('路段').fill('窗口收件路段')
    await page.getByLabel('摊位面积').fill('6')
    await page.setInputFiles('form input[type=file] >> nth=0', { name: '现场.png', mimeType: 'image/png', buffer: png() })
    await page.waitForSelector('.file-ok')
    await page.screenshot({ path: `${shots}/intake.png`, fullPage: true })
    faults.push(...(await axe(page)))
    await page.click('main form button[type=submit]')
    await page.waitForSelector('.big-n')
    const number = (await page.innerText('.big-n')).trim()
    const wang = await party('wangwu')
    if (!(await wang.get('/cases')).items.some((c) => c.number === number)) faults.push('the case is not in the applicant’s list')
    faults.push(...wrong(seen))
    await context.close()
    return faults
  },

  async 'Ctrl-K finds pages; J and K move; a case is found by its number'(browser) {
    const faults = []
    const filed = await fileStall('zhouba', '搜索路段')
    const { context, page, seen, go } = await sit(browser, 'scjg.handler', '/desk?service=stall_permit')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    if (!(await page.evaluate(() => document.activeElement?.tagName === 'TR'))) faults.push('J and K do not move the focus')
    await page.keyboard.press('Control+k')
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox')
    faults.push(...(await axe(page)))
    await page.keyboard.type('统计')
    await page.keyboard.press('Enter')
    await page.waitForURL(/statistics/)
    await go(`/desk/search?q=${filed.number}`)
    await page.locator('.found').first().click()
    await page.waitForURL(new RegExp(filed.id))
    faults.push(...wrong(seen))
    await context.close()
    return faults
  },

  async 'the session ends while an opinion is typed: signed in again, the opinion is there'(browser) {
    const faults = []
    const filed = await fileStall('zhengshi', '到期路段')
    const { context, page, seen } = await open(browser, { state: (await party('scjg.handler2', true)).state() })
    await page.goto(`${city.url}/desk/cases/${filed.id}?lang=zh-CN`)
    await settled(page)
    await page.locator('input[name=outcome][value=accept]').check()
    await page.fill('#opinion', '写到一半的意见')
    await context.clearCookies()
    await page.focus('#opinion')
    await page.keyboard.press('Control+Enter')
    await page.waitForSelector('dialog[open] #again-password')
    await page.fill('dialog[open] #again-login', 'scjg.handler2')
    await page.fill('dialog[open] #again-password', city.people.password)
    await page.click('dialog[open] button[type=submit]')
    await page.waitForFunction(() => !document.querySelector('dialog[open]'))
    if ((await page.inputValue('#opinion')) !== '写到一半的意见') faults.push('the opinion is lost')
    await page.focus('#opinion')
    await page.keyboard.press('Control+Enter')
    await page.waitForURL((u) => !u.pathname.includes(filed.id))
    faults.push(...wrong(seen, [401]))
    await context.close()
    return faults
  },
}
