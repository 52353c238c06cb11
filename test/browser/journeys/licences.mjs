// Licences: their original opens in a reader of others; the holder shows one and takes it back; an office asks, uses, suspends.
import { readFileSync } from 'node:fs'
import { city, party, until } from '../city.mjs'
import { axe, open, overflow, settled, shots, wrong } from '../lib.mjs'
import { read, readerThere } from '../reader/reader.mjs'

const HEAD = 'mzj.head'
const NUMBER = '441900195511110127'

/** A card of the elder, issued by rules within seconds. */
async function card() {
  const chen = await party('chenlao')
  const form = await chen.get('/services/elder_card/form')
  const one = await chen.post('/cases', { service: 'elder_card', data: { ...form.data, lives_here: true } })
  return until('the card', async () => (await chen.get('/licences')).items.find((l) => l.document.case === one.id))
}
async function bytes(browser, login, path) {
  const { context } = await open(browser, { as: login })
  const answer = await context.request.get(`${city.url}/api/v1${path}`)
  const body = await answer.body()
  await context.close()
  return body
}

export const licences = {
  async 'the original of a licence opens in a reader that is not ours'(browser) {
    const faults = []
    if (!readerThere()) return ['no reader: npm ci --ignore-scripts in test/browser/reader']
    const mine = await card()
    const file = await bytes(browser, 'chenlao', `/cases/${mine.document.case}/documents/${mine.document.id}?form=original`)
    if (file.subarray(0, 2).toString() !== 'PK') faults.push('the original is no package')
    if (file.length >= 120000) faults.push(`the original has ${file.length} bytes`)
    const seen = await read(browser, file, `${shots}/licence-ofd.png`)
    if (seen.error) return [...faults, `the reader refuses it: ${seen.error}`]
    if (seen.pages !== 1) faults.push(`${seen.pages} pages`)
    for (const m of [mine.certificate_id, mine.type.zh]) if (!seen.text.replace(/\s/g, '').includes(m.replace(/\s/g, ''))) faults.push(`“${m}” is not on the page`)
    if (seen.shapes < 3) faults.push('no border, no code')
    return faults
  },

  async 'a licence is found in the public log from its page and from its code, and its proof is taken away'(browser) {
    const faults = []
    const mine = await card()
    const token = mine.verify_url.split('/').pop()
    for (const [lang, width, words] of [['zh-CN', 1280, '在日志中'], ['en', 360, 'In the log']]) {
      const { context, page, seen, go } = await open(browser, { lang, width, as: 'chenlao' })
      for (const path of [`/licences/${mine.id}`, `/verify/${token}`]) {
        await go(path)
        await page.locator('.in-log .tag.green').waitFor()
        if ((await page.innerText('.in-log .tag')) !== words) faults.push(`${path}: not said to be in the log`)
        const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.in-log a[download]').click()])
        const text = readFileSync(await download.path(), 'utf8')
        if (!text.startsWith('c2sp.org/tlog-proof@v1\n')) faults.push(`${path}: what is taken away is no proof`)
        await page.screenshot({ path: `${shots}/in-log-${path.split('/')[1]}-${lang}.png`, fullPage: true })
        faults.push(...(await overflow(page)), ...(await axe(page)))
        await page.locator('.in-log a:not([download])').click()
        await settled(page)
        await page.locator('[role=status] .tag.green').waitFor()
        if (!(await page.innerText('main')).includes('licence')) faults.push(`${path}: the entry does not name the paper`)
      }
      faults.push(...wrong(seen, [409]))
      await context.close()
    }
    return faults
  },

  async 'a licence is shown by a code that ends, and taken back'(browser) {
    const faults = []
    const mine = await card()
    for (const [lang, width] of [['zh-CN', 1280], ['en', 360]]) {
      const { context, page, seen, go } = await open(browser, { lang, width, as: 'chenlao' })
      await go(`/licences/${mine.id}`)
      await page.fill('#to', '某某银行 a bank')
      await page.click('form button[type=submit]')
      await page.waitForSelector('.qr-box svg.qr')
      const url = await page.locator('.qr-box a').getAttribute('href')
      await page.screenshot({ path: `${shots}/licence-present-${lang}.png`, fullPage: true })
      faults.push(...(await overflow(page)), ...(await axe(page)))
      const other = await open(browser, { lang, width: 360 })
      await other.page.goto(`${city.url}${new URL(url).pathname}?lang=${lang}`)
      await settled(other.page)
      const text = await other.page.innerText('main')
      if (!text.includes(mine.number) || !text.includes('某某银行')) faults.push(`${lang}: what is shown lacks number or addressee`)
      await other.page.screenshot({ path: `${shots}/licence-presented-${lang}.png`, fullPage: true })
      faults.push(...(await overflow(other.page)), ...(await axe(other.page)))
      await go(`/licences/${mine.id}`)
      await page.locator('.lines .btn.small').first().click()
      await page.waitForSelector('.toast')
      await other.page.reload()
      await settled(other.page)
      if (/某某银行/.test(await other.page.innerText('main'))) faults.push(`${lang}: it is still shown`)
      faults.push(...wrong(seen, [409]), ...wrong(other.seen, [404])) // 409: its entry in the log waits for a checkpoint
      await other.context.close()
      await context.close()
    }
    return faults
  },

  async 'an office finds a licence by its holder, asks for consent, uses it; its head suspends it'(browser) {
    const faults = []
    const mine = await card()
    const { context, page, seen, go } = await open(browser, { as: HEAD })
    await go('/desk/licences')
    await page.selectOption('#kind', 'resident_id')
    await page.fill('#number', NUMBER)
    await page.selectOption('#purpose', 'reference')
    await page.click('form button[type=submit]')
    const first = page.locator('article').first()
    await first.waitFor()
    await first.getByRole('button', { name: /调用/ }).click()
    await page.waitForSelector('article textarea')
    await page.fill('article textarea', '评选敬老文明号，需要核对。')
    await page.locator('article form button').click()
    await page.waitForSelector('article .notice')
    await page.screenshot({ path: `${shots}/desk-licences-asked.png`, fullPage: true })
    faults.push(...(await overflow(page)), ...(await axe(page)))

    const holder = await open(browser, { as: 'chenlao', width: 360 })
    await holder.go('/licences')
    await holder.page.screenshot({ path: `${shots}/licences-waiting.png`, fullPage: true })
    await holder.go(`/licences/${mine.id}`)
    await holder.page.getByRole('button', { name: '同意', exact: true }).click()
    await holder.page.getByRole('button', { name: '撤回同意' }).waitFor()
    await holder.page.screenshot({ path: `${shots}/licence-consent.png`, fullPage: true })

    await first.getByRole('button', { name: /调用/ }).click()
    await first.locator('dl.facts').waitFor()
    await page.screenshot({ path: `${shots}/desk-licences-used.png`, fullPage: true })
    await holder.go('/me/reads')
    if (!(await holder.page.innerText('.reads')).includes('资信核实')) faults.push('the use is not in the record of the holder')
    await holder.go(`/licences/${mine.id}`)
    await holder.page.getByRole('button', { name: '撤回同意' }).click()
    await holder.page.waitForSelector('.toast')
    await first.getByRole('button', { name: /调用/ }).click()
    await page.waitForSelector('[role=alert]')

    await first.getByRole('button', { name: /处理/ }).click()
    await page.fill('#reason', '冒用他人身份，正在核查。')
    await page.screenshot({ path: `${shots}/desk-licences-act.png` })
    await page.locator('dialog form button[type=submit]').click()
    await page.locator('article .tag.red').first().waitFor()
    await page.goto(`${mine.verify_url.replace(/^https?:\/\/[^/]+/, city.url)}?lang=zh-CN`)
    await page.waitForSelector('.verdict.yellow').catch(() => faults.push('the public page does not say that it is suspended'))
    await page.screenshot({ path: `${shots}/verify-suspended.png`, fullPage: true })
    await holder.go(`/licences/${mine.id}`)
    if (!(await holder.page.innerText('main')).includes('冒用他人身份')) faults.push('the holder does not see why')
    faults.push(...wrong(seen, [403, 409]), ...wrong(holder.seen, [409]))
    await holder.context.close()
    await context.close()
    return faults
  },
}
