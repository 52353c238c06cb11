// Journeys: what a person does, not how a page looks. They fill any form from its schema, so they work on every service.
import { axe, base, open, settled, shots, stateOf } from './lib.mjs'

const service = process.env.TONGBAN_JOURNEY_SERVICE ?? ''

async function anyService(page) {
  if (service) return service
  await page.goto(base + '/icon.svg')
  return page.evaluate(async () => (await (await fetch('/api/v1/services?limit=100')).json()).items.find((s) => s.online !== 'none').code)
}

/** Fills whatever is empty on the page of the wizard, the way a person would. */
async function fillPage(page) {
  for (let round = 0; round < 4; round++) {
    let did = 0
    for (const b of await page.$$('form fieldset.field > button.btn:not([disabled])')) {
      const rows = await b.evaluate((e) => e.parentElement.querySelectorAll('.rowcard, .listrow').length)
      if (rows === 0) {
        await b.click()
        did++
      }
    }
    for (const f of await page.$$('form fieldset.field:has(> .options)')) {
      if (await f.$('input:checked')) continue
      const label = await f.$('.option')
      if (label) {
        await label.click()
        did++
      }
    }
    for (const o of await page.$$('form .field > .option input[type=checkbox]'))
      if (!(await o.isChecked())) {
        await o.check()
        did++
      }
    for (const s of await page.$$('form select.input'))
      if (!(await s.inputValue())) {
        await s.selectOption({ index: 1 })
        did++
      }
    for (const i of await page.$$('form input.input:not([type=search]), form textarea.input'))
      if (!(await i.inputValue())) {
        const about = await i.evaluate((e) => {
          const box = e.closest('.field')
          return { type: e.type, mode: e.inputMode, label: (box?.querySelector('label, legend')?.textContent ?? '') + (box?.querySelector('.hint')?.textContent ?? ''), optional: !!box?.querySelector('.opt') }
        })
        if (about.optional) continue
        await i.fill(answer(about))
        did++
      }
    for (const f of await page.$$('form fieldset.field:has(input[type=file])')) {
      if (await f.$('.file-ok')) continue
      const reuse = await f.$('.reuse button')
      if (reuse) await reuse.click()
      else await (await f.$('input[type=file]')).setInputFiles({ name: '材料.pdf', mimeType: 'application/pdf', buffer: pdf() })
      await f.waitForSelector('.file-ok', { timeout: 10000 })
      did++
    }
    if (!did) return
    await page.waitForTimeout(60)
  }
}
function answer({ type, mode, label }) {
  if (type === 'date') return /出生|birth/i.test(label) ? '1949-12-31' : '2026-12-01'
  if (type === 'time') return '09:30'
  if (type === 'email' || /邮箱|e-mail/i.test(label)) return 'someone@example.com'
  if (/身份|证件号|resident id|identity number/i.test(label)) return '11010519491231002X'
  if (/统一社会信用代码|social credit/i.test(label)) return '91350100M000100Y43'
  if (/手机|mobile|电话|phone/i.test(label)) return '13800000000'
  if (mode === 'numeric' || mode === 'decimal' || type === 'number') return /出资|share|100/.test(label) ? '100' : '10'
  if (/字号|trade name/i.test(label)) return '好味来' + '甲乙丙丁戊己庚辛壬癸'[Date.now() % 10] + '东南西北'[Date.now() % 4]
  if (/行业|industry/i.test(label)) return '餐饮管理'
  if (/姓名|^name/i.test(label)) return '张三'
  if (/公司名称|企业名称|name of the/i.test(label)) return '东莞市好味来餐饮有限公司'
  if (/经营范围|scope/i.test(label)) return '餐饮服务'
  if (/邮政编码|postcode/i.test(label)) return '523000'
  return '鸿福路八十八号一百零一室'
}
/** The smallest file that is really a PDF. */
function pdf() {
  const parts = ['%PDF-1.4\n', '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n', '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n', '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n']
  let text = ''
  const at = []
  for (const p of parts) {
    at.push(text.length)
    text += p
  }
  const x = text.length
  text += `xref\n0 4\n0000000000 65535 f \n${at.slice(1).map((n) => String(n).padStart(10, '0') + ' 00000 n ').join('\n')}\ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n${x}\n%%EOF\n`
  return Buffer.from(text)
}

const tests = {
  async 'an application from start to receipt, on a phone'(browser) {
    const state = await stateOf(browser, 'person')
    const { context, page, seen } = await open(browser, { width: 360, height: 780, state })
    const faults = []
    const code = await anyService(page)
    await page.goto(`${base}/services/${code}?lang=zh-CN`)
    await settled(page)
    await page.click('.start .btn.main')
    await page.waitForURL(/\/apply\/.+\/.+/)
    await settled(page)
    // An empty page is refused, in a summary that takes the focus, with a message at the field.
    const empty = (await page.$$('form .input, form .option')).length > 0 && (await page.$$eval('form input.input', (l) => l.every((e) => !e.value)))
    if (empty) {
      await page.click('form button[type=submit]')
      await page.waitForTimeout(150)
      const focused = await page.evaluate(() => document.activeElement?.classList.contains('summary'))
      if (!focused) faults.push('the error summary does not take the focus')
      if (!(await page.$('.fault'))) faults.push('no message at the field')
      await page.screenshot({ path: `${shots}/journey-errors.png` })
      faults.push(...(await axe(page)))
    }
    let guard = 0
    while (!(await page.$('.apply-submit')) && guard++ < 30) {
      await fillPage(page)
      const before = page.url()
      await page.screenshot({ path: `${shots}/journey-step-${guard}.png`, fullPage: true })
      await page.click('form button[type=submit]')
      await page.waitForTimeout(250)
      if (page.url() === before && (await page.$('.summary'))) {
        faults.push(`stuck at ${decodeURIComponent(before.split('/').pop())}: ${(await page.$eval('.summary', (e) => e.textContent)).trim()}`)
        break
      }
    }
    if (await page.$('.apply-submit')) {
      await page.screenshot({ path: `${shots}/journey-check.png`, fullPage: true })
      faults.push(...(await axe(page)))
      await page.click('.apply-submit .btn.main')
      try {
        await page.waitForURL(/\/receipt/, { timeout: 20000 })
        await settled(page)
        if (!/\d{4}/.test(await page.$eval('.receipt-n', (e) => e.textContent))) faults.push('no case number on the receipt')
        await page.screenshot({ path: `${shots}/journey-receipt.png`, fullPage: true })
        await page.click('a.btn.main')
        await page.waitForURL(/\/cases\/[^/]+$/)
        await settled(page)
        await page.waitForSelector('.map')
        await page.screenshot({ path: `${shots}/journey-case.png`, fullPage: true })
      } catch {
        faults.push(`no receipt: ${(await page.$eval('main', (e) => e.innerText)).slice(0, 400).replace(/\n+/g, ' / ')}`)
      }
    }
    faults.push(...seen.errors, ...seen.csp, ...seen.foreign)
    await context.close()
    return faults
  },

  async 'a draft goes on on another device, and a newer one is not overwritten'(browser) {
    const state = await stateOf(browser, 'person')
    const one = await open(browser, { state })
    const faults = []
    const code = await anyService(one.page)
    await one.page.goto(`${base}/services/${code}/apply?lang=zh-CN`)
    await one.page.waitForURL(/\/apply\/.+\/.+/)
    await settled(one.page)
    const where = one.page.url()
    const field = 'form input.input[type=text], form textarea.input'
    if (!(await one.page.$(field))) {
      await one.context.close()
      return 'skipped'
    }
    const two = await open(browser, { state })
    await one.page.fill(field, '从第一台设备')
    await one.page.waitForFunction(() => /已保存/.test(document.querySelector('.apply-top [role=status]')?.textContent ?? ''), null, { timeout: 8000 })
    await two.page.goto(where)
    await settled(two.page)
    if ((await two.page.inputValue(field)) !== '从第一台设备') faults.push('the second device does not show what the first saved')
    await two.page.fill(field, '从第二台设备')
    await two.page.waitForTimeout(1600)
    await one.page.fill(field, '第一台又改了')
    await one.page.waitForSelector('.notice[role=alert]', { timeout: 8000 }).catch(() => faults.push('no word of the conflict'))
    await one.page.click('.notice[role=alert] button >> nth=0').catch(() => {})
    await one.page.waitForTimeout(400)
    if ((await one.page.inputValue(field)) !== '从第二台设备') faults.push('the other device’s version was not taken')
    await one.context.close()
    await two.context.close()
    return faults
  },

  async 'offline: what was typed stays, and is saved once back'(browser) {
    const state = await stateOf(browser, 'person')
    const { context, page } = await open(browser, { state })
    const faults = []
    const code = await anyService(page)
    await page.goto(`${base}/services/${code}/apply?lang=zh-CN`)
    await page.waitForURL(/\/apply\/.+\/.+/)
    await settled(page)
    const field = 'form input.input[type=text], form textarea.input'
    if (!(await page.$(field))) {
      await context.close()
      return 'skipped'
    }
    await context.setOffline(true)
    await page.fill(field, '没有网络时填的')
    await page.waitForFunction(() => /没有网络/.test(document.querySelector('.apply-top [role=status]')?.textContent ?? ''), null, { timeout: 8000 }).catch(() => faults.push('does not say that it is offline'))
    await page.screenshot({ path: `${shots}/offline.png` })
    await context.setOffline(false)
    await page.waitForFunction(() => /已保存/.test(document.querySelector('.apply-top [role=status]')?.textContent ?? ''), null, { timeout: 12000 }).catch(() => faults.push('is not saved once back'))
    await page.reload()
    await settled(page)
    if ((await page.inputValue(field)) !== '没有网络时填的') faults.push('what was typed offline is lost')
    await context.close()
    return faults
  },

  async 'a list says that it is offline and recovers'(browser) {
    const { context, page } = await open(browser)
    const faults = []
    await page.goto(`${base}/?lang=zh-CN`)
    await settled(page)
    await page.route('**/api/v1/services?**', (r) => r.abort())
    await page.click('.menu a[href="/services"]')
    await page.waitForSelector('.state[role=alert]', { timeout: 8000 }).catch(() => faults.push('no failed state'))
    await page.screenshot({ path: `${shots}/state-offline.png` })
    await page.unroute('**/api/v1/services?**')
    await page.click('.state button').catch(() => faults.push('no way to try again'))
    await page.waitForSelector('.srow', { timeout: 8000 }).catch(() => faults.push('does not recover'))
    await context.close()
    return faults
  },

  async 'keyboard: skip link, search and menu without a mouse'(browser) {
    const { context, page } = await open(browser)
    const faults = []
    await page.goto(`${base}/?lang=zh-CN`)
    await settled(page)
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

  async 'desk: J, Enter and D lead to a decision; Ctrl-K finds pages'(browser) {
    const state = await stateOf(browser, 'staff')
    if (!state) return 'skipped'
    const { context, page, seen } = await open(browser, { state })
    const faults = []
    await page.goto(`${base}/desk?lang=zh-CN`)
    await settled(page)
    if (!(await page.$('.tasks tbody tr'))) {
      await context.close()
      return 'skipped'
    }
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    if (!(await page.evaluate(() => document.activeElement?.tagName === 'TR'))) faults.push('J and K do not move the focus')
    await page.keyboard.press('d')
    await page.waitForURL(/\/desk\/cases\//)
    await settled(page)
    if (await page.$('#outcomes')) {
      await page.waitForTimeout(200)
      if (!(await page.evaluate(() => document.activeElement?.getAttribute('name') === 'outcome'))) faults.push('D does not lead to the decision')
    }
    await page.evaluate(() => document.activeElement?.blur())
    await page.keyboard.press('Control+k')
    await page.waitForSelector('dialog[open] [role=combobox]', { timeout: 3000 }).catch(() => faults.push('no command palette'))
    await page.waitForTimeout(150)
    faults.push(...(await axe(page)))
    await page.screenshot({ path: `${shots}/palette.png` })
    await page.keyboard.type('统计')
    await page.keyboard.press('Enter')
    await page.waitForURL(/statistics/, { timeout: 3000 }).catch(() => faults.push('the palette does not go anywhere'))
    faults.push(...seen.errors, ...seen.csp)
    await context.close()
    return faults
  },

  async '200 % zoom: nothing is cut off'(browser) {
    const { context, page } = await open(browser, { width: 640, height: 450 })
    const faults = []
    for (const path of ['/', '/services', '/verify', '/coverage', '/sign-in']) {
      await page.goto(`${base}${path}?lang=zh-CN`)
      await settled(page)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      if (wide > 0) faults.push(`${path}: ${wide} px too wide`)
    }
    await context.close()
    return faults
  },

  async 'a kiosk signs out by itself'(browser) {
    const state = await stateOf(browser, 'person')
    const { context, page } = await open(browser, { state })
    const faults = []
    await page.clock.install()
    await page.goto(`${base}/?kiosk&lang=zh-CN`)
    await settled(page)
    if (!(await page.evaluate(() => document.documentElement.classList.contains('kiosk')))) faults.push('no large type')
    await page.clock.runFor(75_000)
    await page.waitForSelector('dialog[open]', { timeout: 3000 }).catch(() => faults.push('no warning before signing out'))
    await context.close() // the session is not ended here: other journeys use it
    return faults
  },
}

export async function journeys(browser, report, only) {
  for (const [name, run] of Object.entries(tests)) {
    if (only && !name.includes(only) && only !== 'journey') continue
    let faults
    try {
      faults = await run(browser)
    } catch (e) {
      faults = [String(e).split('\n').slice(0, 3).join(' ')]
    }
    report(name, faults)
  }
}
