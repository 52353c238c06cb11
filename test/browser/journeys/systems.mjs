// 统一身份认证: a system is registered by two officers, a person signs in to it with the city's account and agrees to what is passed on,
// sees the reading, and withdraws. The system is a small server of the test that does what a relying party has to.
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto'
import { createServer } from 'node:http'
import { city } from '../city.mjs'
import { axe, open, overflow, settled, shots, smallTargets, wrong } from '../lib.mjs'

const b64 = (b) => Buffer.from(b).toString('base64url')
async function system() {
  const seen = []
  const server = createServer((q, r) => {
    seen.push(new URL(q.url, 'http://x'))
    r.setHeader('content-type', 'text/html; charset=utf-8')
    r.end('<!doctype html><title>works</title><h1>works</h1>')
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return { seen, url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((done) => server.close(done)) }
}
async function verified(token, nonce, client) {
  const meta = await (await fetch(`${city.url}/.well-known/openid-configuration`)).json()
  const keys = (await (await fetch(meta.jwks_uri)).json()).keys
  const [head, body, signature] = token.split('.')
  const h = JSON.parse(Buffer.from(head, 'base64url'))
  const key = createPublicKey({ key: keys.find((k) => k.kid === h.kid), format: 'jwk' })
  const good = h.alg === 'ES256' && verify('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  const claims = JSON.parse(Buffer.from(body, 'base64url'))
  return good && claims.iss === meta.issuer && claims.aud === client && claims.nonce === nonce ? claims : null
}

export const systems = {
  async 'a system is connected by two officers; a person signs in to it, agrees, sees the reading and withdraws'(browser) {
    const faults = []
    const works = await system()
    const back = `${works.url}/back`
    const serial = Date.now() % 100000
    const name = `网上办公${serial}`
    const english = `Works online ${serial}`
    const admin = await open(browser, { as: 'administrator' })
    await admin.go('/ops/systems')
    const f = { 'sy-zh': name, 'sy-en': english, 'sy-pz': '办理业务', 'sy-pe': 'to do the work', 'sy-r': back, 'sy-l': `${works.url}/bye` }
    for (const [id, v] of Object.entries(f)) await admin.page.fill(`#${id}`, v)
    await admin.page.getByLabel('姓名（名称）').check()
    await admin.page.getByLabel('证件类型和号码').check()
    faults.push(...(await axe(admin.page)), ...(await overflow(admin.page)))
    await admin.page.screenshot({ path: `${shots}/systems-new.png`, fullPage: true })
    await admin.page.locator('form button[type=submit]').click()
    await admin.page.locator('li.card', { hasText: name }).waitFor()
    if (await admin.page.locator('li.card', { hasText: name }).getByRole('button', { name: '批准' }).count()) faults.push('who asks can approve')
    faults.push(...wrong(admin.seen))
    await admin.context.close()
    const security = await open(browser, { as: 'security', lang: 'en' })
    await security.go('/ops/systems')
    await security.page.locator('li.card', { hasText: english }).getByRole('button', { name: 'Approve' }).click()
    await security.page.locator('.notice code').first().waitFor()
    const [client, secret] = await security.page.locator('.notice code').allInnerTexts()
    faults.push(...(await axe(security.page)), ...(await overflow(security.page)), ...wrong(security.seen))
    await security.page.screenshot({ path: `${shots}/systems-approved-en.png`, fullPage: true })
    await security.context.close()

    for (const [lang, width] of [['zh-CN', 1280], ['en', 360]]) {
      const verifier = b64(randomBytes(32))
      const state = b64(randomBytes(8))
      const nonce = b64(randomBytes(8))
      const ask = new URLSearchParams({ client_id: client, redirect_uri: back, response_type: 'code', scope: 'openid profile identity', state, nonce, code_challenge: b64(createHash('sha256').update(verifier).digest()), code_challenge_method: 'S256' })
      const { context, page, seen, go } = await open(browser, { lang, width })
      await go(`/oidc/authorize?${ask}`)
      await page.waitForURL((u) => u.pathname === '/sign-in') // nobody is signed in here
      await page.fill('#login', 'zhangsan')
      await page.fill('#password', city.people.password)
      await page.locator('form button[type=submit]').last().click()
      const agree = page.getByRole('button', { name: lang === 'en' ? 'Agree and go on' : '同意并继续' })
      await agree.waitFor()
      await settled(page)
      const text = await page.innerText('main')
      for (const w of lang === 'en' ? [english, 'to do the work', 'identity number'] : [name, '办理业务', '证件号码']) if (!text.includes(w)) faults.push(`${lang}: “${w}” is not said before consent`)
      faults.push(...(await axe(page)), ...(await overflow(page)), ...(width < 600 ? await smallTargets(page) : []))
      await page.screenshot({ path: `${shots}/consent-${lang}.png`, fullPage: true })
      await agree.click()
      await page.waitForURL((u) => u.href.startsWith(back))
      const at = works.seen.findLast((u) => u.pathname === '/back')
      if (at.searchParams.get('state') !== state || at.searchParams.get('iss') !== city.url) faults.push(`state or issuer is not given back: ${at}`)
      const exchange = () => fetch(`${city.url}/api/v1/oidc/token`, { method: 'POST', headers: { authorization: 'Basic ' + Buffer.from(`${client}:${secret}`).toString('base64') }, body: new URLSearchParams({ grant_type: 'authorization_code', code: at.searchParams.get('code'), redirect_uri: back, code_verifier: verifier }) })
      const tokens = await (await exchange()).json()
      const claims = tokens.id_token && (await verified(tokens.id_token, nonce, client))
      if (!claims) faults.push(`the ID token is not good: ${JSON.stringify(tokens)}`)
      const info = () => fetch(`${city.url}/api/v1/oidc/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
      const who = await (await info()).json()
      if (who.sub !== claims?.sub || !who.name || !who.id_number || who.phone_number) faults.push(`userinfo: ${JSON.stringify(Object.keys(who))}`)
      await go('/me/reads')
      if (!(await page.innerText('main')).includes(lang === 'en' ? `to sign in to ${english}` : `登录${name}`)) faults.push(`${lang}: the reading is not in the person’s record`)
      await go('/account')
      await page.screenshot({ path: `${shots}/systems-mine-${lang}.png`, fullPage: true })
      await page.locator('.key-row', { hasText: lang === 'en' ? english : name }).getByRole('button').click()
      await page.locator('.key-row', { hasText: lang === 'en' ? english : name }).waitFor({ state: 'detached' })
      const after = await info()
      if (after.status !== 401 || !/invalid_token/.test(after.headers.get('www-authenticate') ?? '')) faults.push(`a token outlives the consent: ${after.status}`)
      const again = await exchange()
      if (again.status !== 400 || (await again.json()).error !== 'invalid_grant') faults.push('a code counts twice')
      // refused on the page: the system is told, and nothing is given
      await go(`/oidc/authorize?${ask}`)
      await page.getByRole('button', { name: lang === 'en' ? 'Do not agree' : '不同意' }).click()
      await page.waitForURL((u) => u.href.startsWith(back) && u.searchParams.get('error') === 'access_denied')
      // signing out, and back to where the system asked
      await go(`/oidc/logout?${new URLSearchParams({ client_id: client, post_logout_redirect_uri: `${works.url}/bye`, state: 'z' })}`)
      await page.screenshot({ path: `${shots}/systems-logout-${lang}.png`, fullPage: true })
      faults.push(...(await axe(page)))
      await page.locator('main').getByRole('button').first().click()
      await page.waitForURL((u) => u.href === `${works.url}/bye?state=z`)
      // an address that is not registered: said here, nobody is sent anywhere
      ask.set('redirect_uri', `${works.url}/other`)
      await go(`/oidc/authorize?${ask}`)
      if (!page.url().startsWith(city.url) || !/redirect_uri/.test(await page.innerText('main'))) faults.push('an address that is not registered')
      await page.screenshot({ path: `${shots}/systems-refused-${lang}.png`, fullPage: true })
      seen.foreign = seen.foreign.filter((u) => !u.startsWith(works.url))
      faults.push(...wrong(seen, [400, 401, 404]))
      await context.close()
    }
    await works.stop()
    return faults
  },
}
