// What people do in the portal besides opening a company.
import { readFileSync } from 'node:fs'
import { city, party, until } from '../city.mjs'
import { fillPage, png } from '../fill.mjs'
import { axe, focusShown, open, overflow, settled, shots, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }
const saved = (page, words = '已保存') => page.waitForFunction((w) => document.querySelector('.apply-top [role=status]')?.textContent?.includes(w), words)
async function begin(page, go, service) {
  await go(`/services/${service}/apply`)
  await page.waitForURL(/\/apply\/.+\/.+/)
  await settled(page)
}

export const portal = {
  async 'a forgotten password is set anew with a code from a window, on the phone'(browser) {
    const faults = []
    const person = { login: 'forgetful' + Date.now().toString(36), name: '彭忘记', id_number: '440524188001010014' }
    const anybody = await party('zhouba') // a session for its token; registering needs no right
    await anybody.call('POST', '/registration', { name: person.name, id_kind: 'resident_id', id_number: person.id_number, login: person.login, password: 'Riverside-Lantern-7' })

    // The clerk, at the counter.
    const clerk = await open(browser, { as: 'window.nancheng' })
    await clerk.go('/desk/intake')
    await clerk.page.fill('#idn', person.id_number)
    await clerk.page.fill('#name', person.name)
    await clerk.page.getByRole('button', { name: '发放密码重置码' }).click()
    await clerk.page.waitForSelector('.big-n')
    const code = (await clerk.page.innerText('.big-n')).trim()
    faults.push(...(await axe(clerk.page)), ...wrong(clerk.seen))
    await clerk.page.screenshot({ path: `${shots}/reset-code.png`, fullPage: true })
    await clerk.context.close()

    // The citizen, on the phone: a wrong code first, then the right one, then in.
    const { context, page, seen, go } = await open(browser, PHONE)
    await go('/sign-in')
    await page.getByRole('link', { name: '忘记密码' }).click()
    await page.waitForURL(/\/forgot/)
    await settled(page)
    faults.push(...(await overflow(page)), ...(await axe(page)))
    for (const [given, good] of [['aaaa-bbbb-cccc', false], [code.toUpperCase().replaceAll('-', ' '), true]]) {
      await page.fill('#id_number', person.id_number)
      await page.fill('#code', given)
      await page.fill('#password', 'Harbour-Lantern-93')
      await page.click('form button[type=submit]')
      await page.waitForSelector(good ? '.forgot-login' : '.summary')
      await page.screenshot({ path: `${shots}/forgot-${good ? 'done' : 'wrong'}.png`, fullPage: true })
    }
    if ((await page.innerText('.forgot-login')).trim() !== person.login) faults.push('the page does not say what the account is called')
    await page.getByRole('link', { name: '登录', exact: true }).last().click()
    await page.waitForURL(/\/sign-in/)
    await page.fill('#login', person.login)
    await page.fill('#password', 'Harbour-Lantern-93')
    await page.click('form button[type=submit]')
    await page.waitForURL((u) => u.pathname === '/')
    await until('the notice', async () => {
      await go('/inbox')
      return (await page.innerText('main')).includes('密码已重置')
    })
    faults.push(...wrong(seen, ['403 POST /api/v1/password-reset']))
    await context.close()
    return faults
  },

  async 'filing by keyboard alone'(browser) {
    const faults = []
    const { context, page, seen, go } = await open(browser, { as: 'yunfan' })
    await go('/services/housing_fund')
    faults.push(...(await focusShown(page)))
    const tabTo = async (what) => {
      for (let i = 0; i < 60; i++) {
        if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, what)) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`Tab does not lead to ${what}`)
    }
    await tabTo('.start .btn.main')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/apply\/.+\/.+/)
    await settled(page)
    for (let n = 0; !(await page.$('.apply-submit')); n++) {
      if (n > 6) throw new Error('the form has no end')
      const at = page.url()
      for (const id of await page.$$eval('form input.input', (l) => l.filter((e) => !e.value).map((e) => e.id))) {
        await tabTo(`#${id}`)
        await page.keyboard.type('12')
      }
      await tabTo('form button[type=submit]')
      await page.keyboard.press('Enter')
      await page.waitForFunction((u) => location.href !== u, at)
      await settled(page)
      if (!(await page.evaluate(() => document.activeElement?.matches('h1,main') ?? false))) faults.push('a new page does not take the focus')
    }
    await tabTo('.apply-submit .btn.main')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/receipt/)
    faults.push(...wrong(seen))
    await context.close()
    return faults
  },

  async 'a draft goes on on another device, and a newer one is not overwritten'(browser) {
    const faults = []
    const one = await open(browser, { as: 'wangwu' })
    const two = await open(browser, { state: (await party('wangwu', true)).state() })
    await begin(one.page, one.go, 'establish_company')
    const field = 'form input.input[type=text]'
    await one.page.fill(field, '从第一台设备')
    await saved(one.page)
    await two.page.goto(one.page.url())
    await settled(two.page)
    if ((await two.page.inputValue(field)) !== '从第一台设备') faults.push('the second device does not show what the first saved')
    await two.page.fill(field, '从第二台设备')
    await saved(two.page, '有改动')
    await saved(two.page)
    await one.page.fill(field, '第一台又改了')
    await one.page.waitForSelector('.notice[role=alert]')
    await one.page.screenshot({ path: `${shots}/conflict.png` })
    await one.page.click('.notice[role=alert] button >> nth=0')
    await one.page.waitForFunction(([f, v]) => document.querySelector(f)?.value === v, [field, '从第二台设备']).catch(() => faults.push('the other device’s version was not taken'))
    faults.push(...wrong(one.seen, [412]), ...wrong(two.seen))
    await one.context.close()
    await two.context.close()
    return faults
  },

  async 'offline: what was typed stays, and is saved once back'(browser) {
    const faults = []
    const { context, page, go } = await open(browser, { ...PHONE, as: 'zhouba' })
    await begin(page, go, 'business_licence')
    const field = 'form input.input[type=text]'
    await context.setOffline(true)
    await page.fill(field, '没有网络时填的')
    await saved(page, '没有网络')
    await page.screenshot({ path: `${shots}/offline.png` })
    await context.setOffline(false)
    await saved(page)
    await page.reload()
    await settled(page)
    if ((await page.inputValue(field)) !== '没有网络时填的') faults.push('what was typed offline is lost')
    await context.close()
    return faults
  },

  async 'the session ends while typing: one signs in on the spot, and nothing is lost'(browser) {
    const faults = []
    const { context, page, seen, go } = await open(browser, { ...PHONE, state: (await party('wujiu', true)).state() })
    await begin(page, go, 'business_licence')
    const field = 'form input.input[type=text]'
    await context.clearCookies()
    await page.fill(field, '会话到期时填的')
    await page.waitForSelector('dialog[open] #again-password')
    await page.screenshot({ path: `${shots}/session-ended.png` })
    faults.push(...(await axe(page)))
    await page.fill('dialog[open] #again-login', 'wujiu')
    await page.fill('dialog[open] #again-password', city.people.password)
    await page.click('dialog[open] button[type=submit]')
    await page.waitForFunction(() => !document.querySelector('dialog[open]'))
    await saved(page)
    await page.reload()
    await settled(page)
    if ((await page.inputValue(field)) !== '会话到期时填的') faults.push('what was typed is lost')
    faults.push(...wrong(seen, [401]))
    await context.close()
    return faults
  },

  async 'papers: a wrong one is refused at the field, a right one is attached, and offered again next time'(browser) {
    const faults = []
    const { context, page, seen, go } = await open(browser, { ...PHONE, as: 'zhengshi' })
    await begin(page, go, 'stall_permit')
    while (!(await page.$('input[type=file]'))) {
      const at = page.url()
      await fillPage(page)
      await page.click('form button[type=submit]')
      await page.waitForFunction((u) => location.href !== u, at)
      await settled(page)
    }
    await page.setInputFiles('form input[type=file] >> nth=0', { name: '假照片.png', mimeType: 'image/png', buffer: Buffer.from('this is not a picture at all') })
    await page.waitForSelector('.field.bad .fault')
    await page.screenshot({ path: `${shots}/paper-refused.png`, fullPage: true })
    faults.push(...(await axe(page)))
    await page.setInputFiles('form input[type=file] >> nth=0', { name: '大照片.png', mimeType: 'image/png', buffer: Buffer.alloc(5_000_001, 1) })
    await page.waitForFunction(() => /MB/.test(document.querySelector('.field.bad .fault')?.textContent ?? ''))
    await page.setInputFiles('form input[type=file] >> nth=0', { name: '摊位照片.png', mimeType: 'image/png', buffer: png() })
    await page.waitForSelector('.file-ok')
    if (await page.$('.fault')) faults.push('the fault stays after a good paper')
    await page.click('form button[type=submit]')
    await page.waitForSelector('.apply-submit')
    await page.click('.apply-submit .btn.main')
    await page.waitForURL(/\/receipt/)
    await begin(page, go, 'stall_permit')
    while (!(await page.$('fieldset:has(input[type=file])'))) {
      const at = page.url()
      await fillPage(page)
      await page.click('form button[type=submit]')
      await page.waitForFunction((u) => location.href !== u, at)
      await settled(page)
    }
    await page.waitForSelector('.reuse button').catch(() => faults.push('the paper is not offered again'))
    await page.screenshot({ path: `${shots}/paper-reuse.png`, fullPage: true })
    faults.push(...wrong(seen, ['415', '422', '400']))
    await context.close()
    return faults
  },

  async 'a list says that it is offline, and recovers'(browser) {
    const { context, page, go } = await open(browser)
    await go('/')
    await page.route('**/api/v1/services?**', (r) => r.abort())
    await page.click('.menu a[href="/services"]')
    await page.waitForSelector('.state[role=alert]')
    await page.screenshot({ path: `${shots}/list-offline.png` })
    await page.unroute('**/api/v1/services?**')
    await page.click('.state button')
    await page.waitForSelector('.srow')
    await context.close()
  },

  async 'skip link, search and the way back'(browser) {
    const faults = []
    const { context, page, go } = await open(browser)
    await go('/')
    await page.keyboard.press('Tab')
    if (!(await page.evaluate(() => document.activeElement?.classList.contains('skip')))) faults.push('the first stop is not the skip link')
    await page.focus('#q')
    await page.keyboard.type('开办')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/services\?q=/)
    await settled(page)
    await page.goBack()
    await settled(page)
    if (new URL(page.url()).pathname !== '/') faults.push('back does not lead back')
    await context.close()
    return faults
  },

  async '200 % zoom: nothing is cut off'(browser) {
    const faults = []
    const { context, page, go } = await open(browser, { width: 640, height: 450, as: 'zhangsan' })
    for (const path of ['/', '/services', '/services/establish_company', '/verify', '/coverage', '/me', '/cases']) {
      await go(path)
      faults.push(...(await overflow(page)).map((f) => `${path}: ${f}`))
    }
    await context.close()
    return faults
  },

  async 'a kiosk warns, then signs out by itself'(browser) {
    const faults = []
    const { context, page, go } = await open(browser, { state: (await party('fenger', true)).state() })
    await page.clock.install()
    await go('/?kiosk')
    if (!(await page.evaluate(() => document.documentElement.classList.contains('kiosk')))) faults.push('no large type')
    await page.clock.runFor(75_000)
    await page.waitForSelector('dialog[open]')
    await page.clock.runFor(60_000)
    await page.getByRole('link', { name: '登录' }).first().waitFor()
    await context.close()
    return faults
  },

  async 'one’s own data: what is known, who looked, all of it in a file'(browser) {
    const faults = []
    const { context, page, seen, go } = await open(browser, { as: 'lisi' })
    await go('/me')
    const known = await page.innerText('main')
    for (const w of ['李四', '441900199002020025']) if (!known.includes(w)) faults.push(`${w} is not shown`)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载我的数据' }).or(page.locator('a[download]')).first().click()])
    const data = JSON.parse(readFileSync(await download.path(), 'utf8'))
    if (!JSON.stringify(data).includes('李四')) faults.push('the file does not hold the name')
    faults.push(...wrong(seen))
    await context.close()
    return faults
  },

  async 'a wrong password tells nothing; a new person registers and is in'(browser) {
    const faults = []
    const { context, page, seen, go } = await open(browser, PHONE)
    const said = []
    for (const login of ['qianyi', 'nobody-of-that-name']) {
      await go('/sign-in')
      await page.fill('#login', login)
      await page.fill('#password', 'wrong wrong wrong')
      await page.click('form button[type=submit]')
      await page.waitForSelector('.summary')
      said.push(await page.innerText('.summary'))
    }
    if (said[0] !== said[1]) faults.push(`the page tells who exists: ${said.join(' / ')}`)
    await go('/register')
    await page.click('form button[type=submit]')
    await page.waitForSelector('.summary')
    await page.screenshot({ path: `${shots}/register-errors.png`, fullPage: true })
    faults.push(...(await axe(page)), ...(await overflow(page)))
    await page.fill('#name', '新来的')
    await page.fill('#id_number', '11010519491231002X')
    await page.fill('#login', `xinlai${Date.now() % 100000}`)
    await page.fill('#password', 'four plain words here')
    await page.locator('label.option', { hasText: '隐私' }).locator('input').check()
    await page.click('form button[type=submit]')
    await page.waitForFunction(() => !location.pathname.startsWith('/register'))
    await page.locator('.menu-btn', { hasText: '新来的' }).waitFor()
    faults.push(...wrong(seen, [401]))
    await context.close()
    return faults
  },

  async 'somebody acts for an enterprise under a recorded delegation, until it ends'(browser) {
    const faults = []
    const { context, page, seen, go } = await open(browser, { as: 'xinghe' })
    await go('/delegations')
    await page.fill('#ag', 'qianyi')
    await page.locator('main form button[type=submit]').click()
    await page.waitForFunction(() => document.querySelectorAll('main .card button.danger, main li button').length > 0)
    await page.screenshot({ path: `${shots}/delegation.png`, fullPage: true })
    const agent = await open(browser, { state: (await party('qianyi', true)).state() })
    await agent.go('/')
    await agent.page.click('.menu-btn')
    await agent.page.locator('.panel-b', { hasText: '星河' }).click()
    await agent.page.waitForURL(/\/cases/)
    await agent.page.locator('.acting', { hasText: '星河' }).waitFor()
    await agent.page.screenshot({ path: `${shots}/acting.png` })
    await agent.context.close()
    page.on('dialog', (d) => d.accept())
    await page.locator('main li', { hasText: '钱' }).getByRole('button').click()
    await page.waitForFunction(() => !/钱/.test(document.querySelector('main ul')?.textContent ?? ''))
    faults.push(...wrong(seen))
    await context.close()
    return faults
  },
}
