// Electronic seals: applied for, approved by the seal authority, used on a document that everybody can verify, lent to somebody, suspended.
import { readFile } from 'node:fs/promises'
import { party, until } from '../city.mjs'
import { axe, open, overflow, shots, wrong } from '../lib.mjs'

const crc = (b) => {
  let c = ~0
  for (const x of b) {
    c ^= x
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0)
  }
  return ~c >>> 0
}
/** A ZIP of stored entries. */
function zip(files) {
  const parts = []
  const directory = []
  let at = 0
  for (const [name, text] of files) {
    const n = Buffer.from(name)
    const data = Buffer.from(text)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(0x800, 2)
    head.writeUInt16LE(0x21, 8)
    head.writeUInt32LE(crc(data), 10)
    head.writeUInt32LE(data.length, 14)
    head.writeUInt32LE(data.length, 18)
    head.writeUInt16LE(n.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, n, data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), head, tail, n]))
    parts.push(local)
    at += local.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end])
}
const NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
const document = (text) =>
  zip([
    ['OFD.xml', `<?xml version="1.0" encoding="UTF-8"?>\n<ofd:OFD ${NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>00000000000000000000000000000009</ofd:DocID><ofd:Title>${text}</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`],
    ['Doc_0/Document.xml', `<?xml version="1.0" encoding="UTF-8"?>\n<ofd:Document ${NS}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`],
    ['Doc_0/Pages/Page_0/Content.xml', `<?xml version="1.0" encoding="UTF-8"?>\n<ofd:Page ${NS}><ofd:Content><ofd:Layer ID="3"/></ofd:Content></ofd:Page>`],
  ])

/** The office's head on a page of theirs, in a language and width; what is wrong with the page goes to `faults`. */
async function office(browser, faults, [lang, width], login, what) {
  const o = await open(browser, { lang, width, as: login })
  await what(o)
  faults.push(...(await overflow(o.page)).map((f) => `${lang} ${width}: ${f}`), ...(await axe(o.page)).map((f) => `${lang} ${width}: ${f}`), ...wrong(o.seen))
  await o.context.close()
}

export const seals = {
  async 'an office applies for a seal, the authority approves, it is used, lent, suspended, revoked and destroyed'(browser) {
    const faults = []
    for (const [lang, width, login, kind] of [['zh-CN', 1280, 'scjg.head', 'contract'], ['en', 360, 'scjg.head', 'finance']]) {
      const view = [lang, width]
      let code = ''
      await office(browser, faults, view, login, async ({ page, go }) => {
        await go('/desk/own-seals')
        await page.selectOption('#s-kind', kind)
        await page.locator('.seal-apply button[type=submit]').click()
        await page.locator('.seal .tag.yellow').first().waitFor()
        await page.screenshot({ path: `${shots}/office-seals-applied-${lang}.png`, fullPage: true })
        const all = await page.evaluate(async () => (await (await fetch('/api/v1/seals')).json()).items)
        code = all.find((s) => s.kind === kind && s.state === 'applied').code
      })
      const decide = (act, reason) =>
        office(browser, faults, view, 'gaj.handler', async ({ page, go }) => {
          page.on('dialog', (d) => d.accept())
          await go('/desk/seals')
          await page.locator('tr', { hasText: code }).getByRole('button').click()
          const sheet = page.locator('dialog[open]')
          await sheet.locator('#sd-r').waitFor()
          if (reason) await page.fill('#sd-r', reason)
          const names = { approve: ['批准', 'Approve'], revoke: ['吊销', 'Revoke'], destroy: ['销毁', 'Destroy'] }[act]
          await page.screenshot({ path: `${shots}/desk-seal-${act}-${lang}.png` })
          await sheet.getByRole('button', { name: names[lang === 'en' ? 1 : 0], exact: true }).click()
          await page.locator('.toast').waitFor()
        })
      await decide('approve')
      await until('the seal', async () => (await (await party(login)).get('/seals')).items.find((s) => s.code === code && s.state === 'active'))
      await office(browser, faults, view, login, async ({ page, go }) => {
        await go(`/desk/own-seals/${code}`)
        await page.setInputFiles('#us-f', { name: '协议.ofd', mimeType: 'application/ofd', buffer: document('协议') })
        await Promise.all([page.waitForEvent('download'), page.locator('.use-go button').click()])
        await page.locator('table', { hasText: '协议' }).waitFor()
        await page.fill('#g-l', 'scjg.handler')
        await page.locator('form', { has: page.locator('#g-l') }).locator('button[type=submit]').click()
        await page.locator('.toast').first().waitFor()
        await page.screenshot({ path: `${shots}/office-seal-${lang}.png`, fullPage: true })
        await page.fill('#m-r', '保管人变更 a new keeper')
        await page.getByRole('button', { name: lang === 'en' ? 'Suspend' : '暂停使用', exact: true }).click()
        await page.locator('.seal-head .tag.yellow').waitFor()
      })
      await decide('revoke', '被冒用 misused')
      await decide('destroy', '已缴销 handed in')
      await office(browser, faults, view, login, async ({ page, go }) => {
        await go(`/desk/own-seals/${code}`)
        await page.locator('.seal-head .tag.red').waitFor()
        const said = await page.innerText('main')
        for (const w of ['保管人变更', '被冒用', '已缴销']) if (!said.includes(w)) faults.push(`${lang}: the history lacks ${w}`)
        await page.screenshot({ path: `${shots}/office-seal-destroyed-${lang}.png`, fullPage: true })
      })
    }
    return faults
  },

  async 'a seal is applied for, approved by the authority, used, verified by anybody, lent and suspended'(browser) {
    const faults = []
    const firm = await open(browser, { as: 'yunfan' })
    await firm.go('/seals')
    await firm.page.selectOption('#s-kind', 'contract')
    await firm.page.locator('.seal-apply button[type=submit]').click()
    await firm.page.locator('.seal', { hasText: '待审批' }).waitFor()
    await firm.page.locator('.seal-apply button[type=submit]').click() // one of a kind
    await firm.page.locator('.problem, [role=alert]').first().waitFor()
    const police = await open(browser, { as: 'gaj.handler' })
    await police.go('/desk/seals?state=applied')
    await police.page.locator('tr', { hasText: '云帆软件有限公司合同专用章' }).getByRole('button').click()
    await police.page.locator('dialog[open] button', { hasText: '批准' }).first().waitFor()
    await police.page.screenshot({ path: `${shots}/desk-seal.png` })
    faults.push(...(await axe(police.page)).map((f) => `desk: ${f}`))
    await police.page.locator('dialog[open] button.main', { hasText: '批准' }).click()
    await police.page.locator('.toast').waitFor()
    faults.push(...wrong(police.seen))
    await police.context.close()

    await firm.page.locator('.seal .tag.green').first().waitFor({ state: 'attached', timeout: 1 }).catch(() => {})
    for (let i = 0; i < 40; i++) {
      await firm.go('/seals')
      if (await firm.page.locator('.seal', { hasText: '合同专用章' }).locator('.tag.green').count()) break
      await firm.page.waitForTimeout(500)
    }
    await firm.page.screenshot({ path: `${shots}/seals-made.png`, fullPage: true })
    await firm.page.locator('.seal', { hasText: '合同专用章' }).getByRole('link').click()
    await firm.page.setInputFiles('#us-f', { name: '采购合同.ofd', mimeType: 'application/ofd', buffer: document('采购合同') })
    const [download] = await Promise.all([firm.page.waitForEvent('download'), firm.page.locator('button', { hasText: '盖章并下载' }).click()])
    const sealed = await readFile(await download.path())
    await firm.page.locator('table', { hasText: '采购合同' }).waitFor()
    faults.push(...(await axe(firm.page)).map((f) => `seal: ${f}`))

    const anybody = await open(browser, {})
    await anybody.go('/verify')
    await anybody.page.setInputFiles('input[type=file]', { name: '采购合同-sealed.ofd', mimeType: 'application/ofd', buffer: sealed })
    await anybody.page.locator('.verdict.green').waitFor()
    await anybody.page.locator('.seal-lines', { hasText: '合同专用章' }).waitFor()
    await anybody.page.screenshot({ path: `${shots}/verify-ofd.png`, fullPage: true })
    const bad = Buffer.from(sealed)
    bad[Math.floor(bad.length / 2)] ^= 1
    await anybody.page.setInputFiles('input[type=file]', { name: 'x.ofd', mimeType: 'application/ofd', buffer: bad })
    await anybody.page.locator('.verdict.red').waitFor()
    faults.push(...wrong(anybody.seen))

    await firm.page.fill('#g-l', 'qianyi')
    await firm.page.fill('#g-n', '1')
    await firm.page.locator('form', { has: firm.page.locator('#g-l') }).locator('button[type=submit]').click()
    await firm.page.locator('li', { hasText: '已用 0 / 1 次' }).waitFor()
    const clerk = await open(browser, { as: 'qianyi' })
    await clerk.go('/seals')
    await clerk.page.locator('.seal', { hasText: '合同专用章' }).getByRole('link').click()
    for (const expect of ['download', 'refused']) {
      await clerk.page.setInputFiles('#us-f', { name: '合同二.ofd', mimeType: 'application/ofd', buffer: document('合同二') })
      const wait = expect === 'download' ? clerk.page.waitForEvent('download') : clerk.page.locator('[role=alert], .problem').first().waitFor()
      await Promise.all([wait, clerk.page.locator('button', { hasText: '盖章并下载' }).click()])
      if (expect === 'download') await clerk.page.locator('.toast').waitFor()
    }
    await clerk.page.screenshot({ path: `${shots}/seal-refused.png`, fullPage: true })
    faults.push(...wrong(clerk.seen, [403, 404]))
    await clerk.context.close()

    await firm.page.reload()
    await firm.page.fill('#m-r', '保管人变更')
    await firm.page.locator('button', { hasText: '暂停使用' }).click()
    await firm.page.locator('.seal-head .tag.yellow').waitFor()
    await firm.page.screenshot({ path: `${shots}/seal.png`, fullPage: true })
    faults.push(...wrong(firm.seen, [409]))
    await firm.context.close()
    await anybody.page.setInputFiles('input[type=file]', { name: 'again.ofd', mimeType: 'application/ofd', buffer: sealed })
    await anybody.page.locator('.seal-lines', { hasText: '已暂停' }).waitFor()
    await anybody.context.close()
    return faults
  },
}
