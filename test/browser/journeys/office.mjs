// What the people behind the city do: designers and publishers, administrator and security officer, auditor, and whoever sets it up.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { city } from '../city.mjs'
import { axe, open, overflow, settled, shots, wrong } from '../lib.mjs'

const folder = fileURLToPath(new URL('../service', import.meta.url))

export const office = {
  async 'a service is checked, and published by two people'(browser) {
    const faults = []
    const work = mkdtempSync(join(tmpdir(), 'tongban-service.'))
    const broken = join(work, 'stall_permit')
    cpSync(folder, broken, { recursive: true })
    const process_ = readFileSync(join(broken, 'process.bpmn'), 'utf8')
    writeFileSync(join(broken, 'process.bpmn'), process_.replace('<sequenceFlow id="f_issue" sourceRef="issue" targetRef="granted"/>', ''))
    const one = await open(browser, { as: 'publisher1' })
    await one.go('/studio/check')
    await one.page.setInputFiles('input[type=file]', broken)
    await one.page.waitForSelector('.notice.red')
    if (!/granted/.test(await one.page.innerText('main'))) faults.push('the fault does not name its place')
    await one.page.screenshot({ path: `${shots}/studio-broken.png`, fullPage: true })
    faults.push(...(await axe(one.page)))
    writeFileSync(join(broken, 'process.bpmn'), process_)
    await one.page.setInputFiles('input[type=file]', broken)
    await one.page.locator('.notice:not(.red) .btn.main').click()
    await one.page.waitForURL(/\/studio$/)
    const line = (page) => page.locator('tr', { hasText: '占道经营许可' }).first()
    await line(one.page).waitFor()
    if (await line(one.page).getByRole('button', { name: /批准/ }).count()) faults.push('whoever asked can approve')
    const two = await open(browser, { as: 'publisher2' })
    await two.go('/studio')
    await two.page.screenshot({ path: `${shots}/studio-waiting.png`, fullPage: true })
    await line(two.page).getByRole('button', { name: /批准/ }).click()
    await two.page.waitForSelector('.toast')
    await two.go('/services/stall_permit')
    if (!(await two.page.innerText('h1')).includes('占道经营许可')) faults.push('the published service is not in the catalogue')
    await two.page.screenshot({ path: `${shots}/studio-published.png`, fullPage: true })
    faults.push(...wrong(one.seen), ...wrong(two.seen))
    await one.context.close()
    await two.context.close()
    rmSync(work, { recursive: true })
    return faults
  },

  async 'an account is made; its role is asked for by one and given by another; the first password is changed'(browser) {
    const faults = []
    const admin = await open(browser, { as: 'administrator' })
    await admin.go('/ops')
    const login = `new.officer${Date.now() % 10000}`
    await admin.page.fill('#login', login)
    await admin.page.fill('#name', '新到任')
    await admin.page.selectOption('#dep', 'scjg')
    await admin.page.locator('main form button[type=submit]').click()
    const password = (await admin.page.locator('.notice.yellow .mono').innerText()).trim()
    await admin.page.screenshot({ path: `${shots}/ops-made.png`, fullPage: true })
    await admin.go('/ops/roles')
    await admin.page.selectOption('#st', { label: `新到任 (${login})` })
    await admin.page.selectOption('#de', 'scjg')
    await admin.page.fill('#why', '调入登记科')
    await admin.page.locator('main form button[type=submit]').click()
    await admin.page.locator('tr', { hasText: '新到任' }).waitFor()
    if (await admin.page.locator('tr', { hasText: '新到任' }).getByRole('button').count()) faults.push('the administrator can approve what he asked for')
    const security = await open(browser, { as: 'security' })
    await security.go('/ops/roles')
    await security.page.screenshot({ path: `${shots}/ops-roles-waiting.png`, fullPage: true })
    await security.page.locator('tr', { hasText: '新到任' }).getByRole('button', { name: '批准' }).or(security.page.locator('tr', { hasText: '新到任' }).locator('.btn.main')).first().click()
    await security.page.waitForSelector('.toast')
    const fresh = await open(browser)
    await fresh.page.goto(`${city.url}/desk/sign-in?lang=zh-CN`)
    await settled(fresh.page)
    await fresh.page.fill('#login', login)
    await fresh.page.fill('#password', password)
    await fresh.page.click('form button[type=submit]')
    await fresh.page.waitForURL(/\/desk\/account/)
    await settled(fresh.page)
    await fresh.page.screenshot({ path: `${shots}/first-password.png`, fullPage: true })
    faults.push(...(await axe(fresh.page)))
    const fields = fresh.page.locator('main form').first().locator('input[type=password]')
    await fields.nth(0).fill(password)
    for (let i = 1; i < (await fields.count()); i++) await fields.nth(i).fill('five plain words for tests')
    await fresh.page.locator('main form').first().locator('button[type=submit]').click()
    await fresh.page.waitForURL((u) => u.pathname === '/desk')
    await settled(fresh.page)
    faults.push(...wrong(admin.seen), ...wrong(security.seen), ...wrong(fresh.seen))
    for (const s of [admin, security, fresh]) await s.context.close()
    return faults
  },

  async 'the auditor sees what was done and what was read; the administrator what waits to be sent'(browser) {
    const faults = []
    const { context, page, seen, go } = await open(browser, { as: 'auditor' })
    await go('/ops/audit')
    if ((await page.locator('tbody tr').count()) < 2) faults.push('the journal is empty')
    await page.locator('.seg button').nth(1).click()
    await settled(page)
    await page.locator('tbody tr').first().waitFor()
    await page.screenshot({ path: `${shots}/audit-reads.png` })
    faults.push(...wrong(seen))
    await context.close()
    const admin = await open(browser, { as: 'administrator' })
    await admin.go('/ops/outbox')
    if (!/\d/.test(await admin.page.innerText('main .figures'))) faults.push('no figures of the outbox')
    faults.push(...(await axe(admin.page)), ...wrong(admin.seen))
    await admin.context.close()
    return faults
  },

  async 'the coverage page lists all 111 systems, each once'(browser) {
    const faults = []
    const { context, page, seen, go } = await open(browser)
    await go('/coverage')
    const ids = await page.$$eval('.covrow h3 .mono', (l) => l.map((e) => e.textContent.trim()))
    if (ids.length !== 111 || new Set(ids).size !== 111) faults.push(`${ids.length} rows, ${new Set(ids).size} different`)
    await page.locator('.covfilter button').nth(1).click()
    const shown = await page.locator('.covrow').count()
    if (!(await page.locator('.covfilter button').nth(1).innerText()).includes(String(shown))) faults.push('the filter and its number differ')
    faults.push(...wrong(seen))
    await context.close()
    return faults
  },

  async 'an empty city is set up by its one-time links, each of which works once'(browser) {
    if (!city.empty) return ['not run: TONGBAN_URL names a running city']
    const faults = []
    const links = [...new Set(city.empty.said.match(/http:\/\/\S+\/setup\/[\w-]+/g) ?? [])]
    if (links.length < 2) return [`the empty city gave ${links.length} links`]
    for (const [i, link] of links.slice(0, 2).entries()) {
      const { context, page, seen } = await open(browser, { width: 360 })
      await page.goto(link + '?lang=zh-CN')
      await settled(page)
      await page.click('form button[type=submit]')
      await page.waitForSelector('.summary')
      await page.screenshot({ path: `${shots}/setup-${i}.png`, fullPage: true })
      faults.push(...(await axe(page)), ...(await overflow(page)))
      await page.fill('#name', ['管理员', '安全员'][i])
      await page.fill('#login', ['first.admin', 'first.security'][i])
      await page.fill('#password', 'four plain words here')
      await page.click('form button[type=submit]')
      await page.waitForURL(/\/ops/)
      await settled(page)
      await page.screenshot({ path: `${shots}/setup-done-${i}.png`, fullPage: true })
      faults.push(...wrong(seen))
      await context.close()
    }
    const again = await open(browser)
    await again.page.goto(links[0] + '?lang=zh-CN')
    await settled(again.page)
    await again.page.fill('#name', '第二次')
    await again.page.fill('#login', 'second.admin')
    await again.page.fill('#password', 'four plain words here')
    await again.page.click('form button[type=submit]')
    await again.page.waitForSelector('.summary')
    await again.page.screenshot({ path: `${shots}/setup-again.png` })
    await again.context.close()
    return faults
  },
}
