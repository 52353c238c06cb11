// On paper: licences, a case, a receipt, a verification. Nothing is cut off, and what only a screen needs is not there.
import { writeFileSync } from 'node:fs'
import { party, until } from '../city.mjs'
import { png } from '../fill.mjs'
import { open, shots, wrong } from '../lib.mjs'

const A4 = { width: 718, height: 1047 } // CSS pixels of A4 within margins of 10 mm

/** Faults of a page as it is printed: a sheet's width, print styles. */
const onPaper = (page) =>
  page.evaluate(() => {
    const out = []
    const shown = (e) => e.offsetParent !== null && getComputedStyle(e).visibility !== 'hidden' && e.getBoundingClientRect().width > 1 && !e.closest('.vh')
    const wide = document.documentElement.clientWidth
    for (const e of document.querySelectorAll('nav, header.top, footer, header.side, button, input, select, .demo, .toasts, .skip')) if (shown(e) && e.getBoundingClientRect().right > 0) out.push(`on paper: ${e.outerHTML.slice(0, 90)}`)
    for (const e of document.querySelectorAll('main *')) {
      if (!shown(e)) continue
      const r = e.getBoundingClientRect(), s = getComputedStyle(e)
      if (r.right > wide + 1) out.push(`cut off at the right: ${e.outerHTML.slice(0, 90)}`)
      if ((s.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1) || (s.overflowY !== 'visible' && e.scrollHeight > e.clientHeight + 1)) out.push(`cut off inside: ${e.outerHTML.slice(0, 90)}`)
      if (s.position === 'fixed' || s.position === 'sticky') out.push(`covers every sheet: ${e.outerHTML.slice(0, 90)}`)
    }
    return [...new Set(out)]
  })
/** Looks at what is printed, and prints it. */
async function print(page, name, must, faults) {
  await page.setViewportSize(A4)
  await page.emulateMedia({ media: 'print' })
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  faults.push(...(await onPaper(page)).map((f) => `${name}: ${f}`))
  const text = await page.innerText('main')
  for (const m of must) if (!text.includes(m)) faults.push(`${name}: “${m}” is not on the paper`)
  await page.screenshot({ path: `${shots}/print-${name}.png`, fullPage: true })
  const sheets = await page.pdf({ format: 'A4', margin: { top: '10mm', bottom: '10mm', left: '10mm', right: '10mm' } })
  writeFileSync(`${shots}/print-${name}.pdf`, sheets)
  const n = (sheets.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length
  if (n < 1 || n > 4) faults.push(`${name}: ${n} sheets`)
  await page.emulateMedia({ media: 'screen' })
}

export const paper = {
  async 'printing: licences with their codes, a case, a receipt, a verification'(browser) {
    const faults = []
    const chen = await party('chenlao')
    const form = await chen.get('/services/elder_card/form')
    const one = await chen.post('/cases', { service: 'elder_card', data: { ...form.data, lives_here: true } })
    const mine = await until('the card', async () => (await chen.get('/licences')).items.find((l) => l.document.case === one.id))
    for (const lang of ['zh-CN', 'en']) {
      const { context, page, seen, go } = await open(browser, { lang, as: 'chenlao' })
      const name = (n) => `${n}-${lang}`
      await go('/licences')
      await page.evaluate(() => void (window.printed = new Promise((done) => (window.print = () => done([...document.querySelectorAll('.lic')].map((e) => !!e.querySelector('svg.qr path')))))))
      await page.getByRole('button', { name: /^(打印全部|Print all)/ }).click()
      const codes = await page.evaluate(() => window.printed)
      if (!codes.length || codes.some((c) => !c)) faults.push(`${lang}: a licence is printed without its code`)
      await print(page, name('licences'), [mine.number], faults)
      for (const [what, path, must] of [
        ['case', `/cases/${one.id}`, [one.number]],
        ['receipt', `/cases/${one.id}/receipt`, [one.number]],
        ['verify', `/verify/${mine.verify_url.split('/').pop()}`, [mine.number]],
      ]) {
        await page.setViewportSize({ width: 1280, height: 900 })
        await go(path)
        await print(page, name(what), must, faults)
      }
      faults.push(...wrong(seen))
      await context.close()
    }
    return faults
  },

  async 'printing a case on the desk'(browser) {
    const faults = []
    const wu = await party('wujiu')
    const photo = await wu.upload('现场.png', 'photo', png())
    const filed = await wu.post('/cases', { service: 'stall_permit', data: { applicant_name: '吴九', street: '打印路一至二号', area_m2: 12, photo: photo.id } })
    const { context, page, seen, go } = await open(browser, { as: 'scjg.handler' })
    await go(`/desk/cases/${filed.id}`)
    await print(page, 'desk-case', [filed.number, '打印路一至二号'], faults)
    faults.push(...wrong(seen))
    await context.close()
    return faults
  },
}
