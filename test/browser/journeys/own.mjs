// What is a person's own: the second step of the sign-in, and the erasure of one's data.
import { createHmac, randomInt } from 'node:crypto'
import { city, party, Party, until } from '../city.mjs'
import { png } from '../fill.mjs'
import { axe, open, overflow, settled, shots, smallTargets, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }

/** The code of a step of 30 seconds (RFC 6238, SHA-1, 6 digits); `ahead` steps from now. */
function code(secret, ahead = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead))
  const h = createHmac('sha1', key).update(step).digest()
  return String((h.readUInt32BE(h[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0')
}
let serial = randomInt(800)
/** A resident's number that no other test has: GB 11643 with its check digit. */
function number() {
  const body = `44190019900101${String(++serial).padStart(3, '0')}`
  const sum = [...body].reduce((s, d, i) => s + Number(d) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i], 0)
  return body + '10X98765432'[sum % 11]
}
/** Somebody who has just registered. */
async function newcomer(name) {
  const login = `own.${Date.now() % 1e7}${randomInt(1000)}`
  const id_number = number()
  const p = new Party(login)
  p.csrf = (await p.get('/session')).csrf ?? ''
  await p.call('POST', '/registration', { name, id_kind: 'resident_id', id_number, login, password: city.people.password })
  return { login, id_number }
}
async function enter(page, login, totp) {
  await page.fill('#login', login)
  await page.fill('#password', city.people.password)
  if (totp) await page.fill('#totp', totp)
  await page.locator('form button[type=submit]').last().click()
}

export const own = {
  async 'two steps: switched on with a code, asked for at sign-in, a wrong code refused, switched off'(browser) {
    const faults = []
    const { login } = await newcomer('双步')
    const { context, page, seen, go } = await open(browser, PHONE)
    await go('/sign-in')
    await enter(page, login)
    await page.waitForURL((u) => !u.pathname.includes('sign-in'))
    await go('/account')
    await page.getByRole('button', { name: '开启两步验证' }).click()
    await page.waitForSelector('svg.qr')
    const secret = (await page.innerText('code.mono')).replace(/\s/g, '')
    if (!/^[A-Z2-7]{32,}$/.test(secret)) faults.push(`the secret cannot be typed in by hand: ${secret}`)
    faults.push(...(await axe(page)), ...(await overflow(page)), ...(await smallTargets(page)))
    await page.screenshot({ path: `${shots}/totp-begun.png`, fullPage: true })
    const right = code(secret, -1) // an earlier step's code still counts; this step's is kept for the sign-in
    await page.fill('#totp-on', right === '000000' ? '111111' : '000000')
    await page.locator('form', { has: page.locator('#totp-on') }).locator('button').click()
    await page.locator('section', { has: page.locator('#totp-h') }).getByRole('alert').waitFor()
    await page.screenshot({ path: `${shots}/totp-wrong.png`, fullPage: true })
    await page.fill('#totp-on', code(secret, -1))
    await page.locator('form', { has: page.locator('#totp-on') }).locator('button').click()
    await page.locator('.tag', { hasText: '已开启' }).waitFor()

    await page.click('.menu-btn')
    await page.getByRole('button', { name: '退出登录' }).click()
    await page.waitForFunction(() => !document.querySelector('.who'))
    await page.goto(`${city.url}/sign-in?lang=en`)
    await settled(page)
    await enter(page, login)
    await page.waitForSelector('#totp')
    if (!(await page.evaluate(() => document.activeElement?.id === 'totp'))) faults.push('the code’s field does not take the focus')
    if (await page.$('.summary')) faults.push('being asked for the code looks like a fault')
    await enter(page, login, code(secret, 40)) // the code of a time that is not now
    await page.waitForSelector('.summary')
    faults.push(...(await axe(page)), ...(await overflow(page)), ...(await smallTargets(page)))
    await page.screenshot({ path: `${shots}/totp-refused-en.png`, fullPage: true })
    if (!(await page.url()).includes('/sign-in')) faults.push('a wrong code signs in')
    const used = code(secret)
    await enter(page, login, used)
    await page.waitForURL((u) => !u.pathname.includes('sign-in'))
    const again = await new Party(login).call('POST', '/session', { login, password: city.people.password, totp: used }).then(() => true, () => false)
    if (again) faults.push('a code counts twice')
    await page.goto(`${city.url}/account?lang=en`)
    await settled(page)
    await page.fill('#totp-off', code(secret, 1))
    await page.locator('form', { has: page.locator('#totp-off') }).locator('button').click()
    await page.getByRole('button', { name: 'Turn on two-step sign-in' }).waitFor()
    faults.push(...wrong(seen, [401, 422, 403]))
    await context.close()
    return faults
  },

  async 'who read my data, and why, is said in the reader’s language'(browser) {
    const faults = []
    const { login, id_number } = await newcomer('应看见')
    const me = await party(login)
    const photo = await me.upload('a.png', 'photo', png())
    const filed = await me.post('/cases', { service: 'stall_permit', data: { applicant_name: '应看见', street: '查看路一至二号', area_m2: 3, photo: photo.id } })
    await (await party('window.nancheng')).post('/desk/intake/prefill', { service: 'stall_permit', id_kind: 'resident_id', id_number, name: '应看见' })
    const officer = await party('scjg.handler')
    await officer.get(`/desk/cases/${filed.id}`)
    await officer.get(`/cases/${filed.id}`)
    await me.get('/me/export')
    const want = {
      'zh-CN': ['办理该件', '窗口收件：占道经营许可', '本人导出', '办件全部内容', '办件进度'],
      en: ['to handle the case', 'taken in at a window: Street stall permit', 'you exported it yourself', 'the whole case', 'the progress of a case'],
    }
    for (const lang of ['zh-CN', 'en']) {
      const { context, page, seen, go } = await open(browser, { ...PHONE, lang, state: (await party(login, true)).state() })
      await go('/me/reads')
      const text = await page.innerText('main')
      for (const w of want[lang]) if (!text.includes(w)) faults.push(`${lang}: “${w}” is not said`)
      if (lang === 'en' && /任务|窗口|办理/.test(text)) faults.push(`Chinese words on the English page: ${text.match(/.*(任务|窗口|办理).*/)[0]}`)
      faults.push(...(await axe(page)), ...(await overflow(page)), ...(await smallTargets(page)), ...wrong(seen))
      await page.screenshot({ path: `${shots}/reads-${lang}.png`, fullPage: true })
      await context.close()
    }
    const auditor = await open(browser, { as: 'auditor', lang: 'en' })
    await auditor.go('/ops/audit')
    const actors = await auditor.page.locator('tbody tr td:nth-child(2)').allInnerTexts()
    if (actors.some((a) => /系统|未登录|已注销/.test(a))) faults.push('the journal names the system in Chinese on an English page')
    const a = await party('auditor')
    let found = false // the city's first acts are its own; they are far down by now
    for (let page = { next: '' }; page && !found; ) {
      const got = await a.get(`/audit?limit=100${page.next ? `&cursor=${page.next}` : ''}`)
      found = got.items.some((x) => x.actor.zh === '系统' && x.actor.en === 'the system')
      page = got.next ? got : null
    }
    if (!found) faults.push('the journal does not name the system in both languages')
    await auditor.page.screenshot({ path: `${shots}/audit-en.png` })
    faults.push(...wrong(auditor.seen))
    await auditor.context.close()
    return faults
  },

  async 'erasure: refused while a case is open, asked for, approved by the security officer; then nothing can be read'(browser) {
    const faults = []
    const { login, id_number } = await newcomer('尹忘之')
    const me = await party(login)
    const photo = await me.upload('a.png', 'photo', png())
    const filed = await me.post('/cases', { service: 'stall_permit', data: { applicant_name: '尹忘之', street: '遗忘路一至二号', area_m2: 3, photo: photo.id } })
    const found = async () => (await (await party('scjg.handler')).get(`/desk/search?q=${id_number}`)).items.some((c) => c.id === filed.id)
    if (!(await found())) faults.push('an officer does not find the case by the applicant’s number')
    const { context, page, seen, go } = await open(browser, { ...PHONE, state: (await party(login, true)).state() })
    page.on('dialog', (d) => d.accept())
    await go('/me')
    const card = page.locator('section.card', { hasText: '删除我的数据' })
    await card.getByRole('button').click()
    await card.getByRole('alert').waitFor()
    if (!/办件|在办/.test(await card.innerText())) faults.push('the refusal does not name the open case')
    faults.push(...(await axe(page)), ...(await overflow(page)), ...(await smallTargets(page)))
    await page.screenshot({ path: `${shots}/erasure-refused.png`, fullPage: true })
    await me.post(`/cases/${filed.id}/withdraw`, { reason: '不办了' })
    await until('the end of the case', async () => (await me.get(`/cases/${filed.id}`)).state === 'withdrawn')
    await card.getByRole('button').click()
    await card.locator('.notice', { hasText: '您已于' }).waitFor()
    await go('/me')
    if (await card.getByRole('button').count()) faults.push('the page forgets that erasure was asked for')
    await page.screenshot({ path: `${shots}/erasure-asked.png`, fullPage: true })

    const security = await open(browser, { as: 'security', lang: 'en' })
    security.page.on('dialog', (d) => d.accept())
    await security.go('/ops/erasures')
    const line = security.page.locator('li.card', { hasText: '尹' }).first()
    if (/尹忘之/.test(await line.innerText())) faults.push('the security officer sees the whole name')
    await security.page.screenshot({ path: `${shots}/erasure-waiting-en.png`, fullPage: true })
    await line.getByRole('button').click()
    await security.page.waitForSelector('.toast')
    if (await security.page.locator('li.card', { hasText: '尹' }).getByRole('button').count()) faults.push('it can be approved twice')

    await page.goto(`${city.url}/me?lang=zh-CN`)
    await page.waitForURL(/\/sign-in/)
    await settled(page)
    await enter(page, login)
    await page.waitForSelector('.summary')
    await page.screenshot({ path: `${shots}/erasure-done.png`, fullPage: true })
    // The case itself is a record that the law keeps; but nobody finds it by the person any more, and nothing is known of her.
    if (await found()) faults.push('an officer still finds the case by the number of the erased person')
    const window = await (await party('window.nancheng')).post('/desk/intake/prefill', { service: 'stall_permit', id_kind: 'resident_id', id_number, name: '尹忘之' })
    if (window.reusable?.length) faults.push('her papers are still there for the window')
    faults.push(...wrong(seen, [401, 409]), ...wrong(security.seen))
    for (const s of [context, security.context]) await s.close()
    return faults
  },
}
