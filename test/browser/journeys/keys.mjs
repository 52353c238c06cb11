// 安全密钥: a real browser with a virtual authenticator registers a key, signs in with it, and removes it. Keys need a domain: the city
// is visited as "localhost" here.
import { randomInt } from 'node:crypto'
import { city, Party } from '../city.mjs'
import { axe, open, overflow, settled, shots, smallTargets, wrong } from '../lib.mjs'

const home = () => city.url.replace('127.0.0.1', 'localhost')
async function authenticator(context, page, verified = true) {
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'usb', hasResidentKey: false, hasUserVerification: verified, isUserVerified: verified, automaticPresenceSimulation: true },
  })
  return { keys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials, set: (credential) => cdp.send('WebAuthn.addCredential', { authenticatorId, credential }), clear: () => cdp.send('WebAuthn.clearCredentials', { authenticatorId }) }
}
async function newcomer(name) {
  const login = `key.${Date.now() % 1e7}${randomInt(1000)}`
  const body = `44190019920202${String(randomInt(1000)).padStart(3, '0')}`
  const sum = [...body].reduce((s, d, i) => s + Number(d) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i], 0)
  const p = new Party(login)
  p.csrf = (await p.get('/session')).csrf ?? ''
  await p.call('POST', '/registration', { name, id_kind: 'resident_id', id_number: body + '10X98765432'[sum % 11], login, password: city.people.password })
  return login
}
async function enter(page, login) {
  await page.fill('#login', login)
  await page.fill('#password', city.people.password)
  await page.locator('form button[type=submit]').last().click()
}
const watch = (seen) => {
  // the page is the same city under its other name
  seen.foreign = seen.foreign.filter((u) => !u.startsWith(home()))
  return wrong(seen, [401, 403, 422])
}

export const keys = {
  async 'a security key is added in the browser, signs in, is refused when copied, and is removed'(browser) {
    const faults = []
    const login = await newcomer('沈钥')
    for (const [lang, width] of [['zh-CN', 1280], ['en', 360]]) {
      const words = lang === 'en' ? { add: 'Add a security key', go: 'Go on', use: 'Use security key', remove: 'Remove', out: 'Sign out' } : { add: '登记安全密钥', go: '继续', use: '使用安全密钥', remove: '移除', out: '退出登录' }
      const { context, page, seen } = await open(browser, { lang, width, height: width < 600 ? 740 : 900 })
      const device = await authenticator(context, page)
      const look = async (name) => {
        faults.push(...(await axe(page)), ...(await overflow(page)), ...(width < 600 ? await smallTargets(page) : []))
        await page.screenshot({ path: `${shots}/keys-${name}-${lang}.png`, fullPage: true })
      }
      const go = async (path) => {
        await page.goto(`${home()}${path}?lang=${lang}`)
        await settled(page)
      }
      await go('/sign-in')
      await enter(page, login)
      await page.waitForURL((u) => !u.pathname.includes('sign-in'))
      await go('/account')
      await look('none')
      await page.getByRole('button', { name: words.add }).click()
      await page.fill('#key-name', lang === 'en' ? 'Key at home' : '家里的密钥')
      await page.fill('#key-add-password', city.people.password)
      await look('adding')
      await page.getByRole('button', { name: words.go }).click()
      await page.locator('.key-row').waitFor()
      await look('one')
      if ((await device.keys()).length !== 1) faults.push('the authenticator holds no credential')
      const before = (await device.keys())[0]

      await page.context().clearCookies()
      await go('/sign-in')
      await enter(page, login)
      await page.getByRole('button', { name: words.use }).waitFor()
      if (await page.$('.summary')) faults.push('being asked for the key looks like a fault')
      if (!(await page.evaluate(() => document.activeElement?.closest('[role=group]')))) faults.push('the key’s button does not take the focus')
      if (await page.$('#totp')) faults.push('a code is asked of an account that has none')
      await look('sign-in')
      await page.getByRole('button', { name: words.use }).click()
      await page.waitForURL((u) => !u.pathname.includes('sign-in'))
      const after = (await device.keys())[0]
      if (!(after.signCount > before.signCount)) faults.push(`the counter stands still: ${before.signCount}, ${after.signCount}`)

      // a copy made before the sign-in: its counter is behind
      await page.context().clearCookies()
      await device.clear()
      await device.set({ ...before, signCount: before.signCount - 1 })
      await go('/sign-in')
      await enter(page, login)
      await page.getByRole('button', { name: words.use }).click()
      await page.waitForSelector('.summary')
      if (!/计数倒退|went back/.test(await page.innerText('.summary'))) faults.push(`a copied key is refused without its reason: ${await page.innerText('.summary')}`)
      await look('copied')
      // another authenticator without the credential answers nothing: said in words
      await device.clear()
      await device.set({ ...before, signCount: after.signCount + 5 })
      await page.getByRole('button', { name: words.use }).click()
      await page.waitForURL((u) => !u.pathname.includes('sign-in'))

      await go('/account')
      await page.locator('.key-row button').click()
      await page.fill('#key-remove-password', city.people.password)
      await look('removing')
      await page.locator('dialog').getByRole('button', { name: words.remove, exact: true }).click()
      await page.waitForFunction(() => !document.querySelector('.key-row'))
      await go('/inbox')
      const told = await page.innerText('main')
      if (!/可能被复制|may have been copied/.test(told)) faults.push('the account was not told that its key may have been copied')
      await page.context().clearCookies()
      await go('/sign-in')
      await enter(page, login)
      await page.waitForURL((u) => !u.pathname.includes('sign-in'))
      faults.push(...watch(seen))
      await context.close()
    }
    return faults
  },
}
