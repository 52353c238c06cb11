// Fills any form of the city from what the page says, the way a person would; and small files that are really what they claim.
export async function fillPage(page, answers = {}) {
  for (let round = 0; round < 5; round++) {
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
      await (await f.$('.option')).click()
      did++
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
          return { type: e.type, mode: e.inputMode, label: (e.getAttribute('aria-label') ?? '') + (box?.querySelector('label, legend')?.textContent ?? ''), optional: !!box?.querySelector('.opt') }
        })
        if (about.optional) continue
        await i.fill(answer(about, answers))
        did++
      }
    for (const f of await page.$$('form fieldset.field:has(input[type=file])')) {
      if (await f.$('.file-ok')) continue
      const reuse = await f.$('.reuse button')
      if (reuse) await reuse.click()
      else await (await f.$('input[type=file]')).setInputFiles({ name: '照片.png', mimeType: 'image/png', buffer: png() })
      await f.waitForSelector('.file-ok')
      did++
    }
    if (!did) return
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  }
}
function answer({ type, mode, label }, answers) {
  for (const [words, value] of Object.entries(answers)) if (new RegExp(words, 'i').test(label)) return value
  if (type === 'date') return /出生|birth/i.test(label) ? '1949-12-31' : '2026-12-01'
  if (type === 'time') return '09:30'
  if (type === 'email' || /邮箱|e-mail/i.test(label)) return 'someone@example.com'
  if (/身份|证件号|resident id|identity number/i.test(label)) return '11010519491231002X'
  if (/统一社会信用代码|social credit/i.test(label)) return '91350100M000100Y43'
  if (/手机|mobile|电话|phone/i.test(label)) return '13800000000'
  if (mode === 'numeric' || mode === 'decimal' || type === 'number') return /出资比例|share/i.test(label) ? '100' : '10'
  if (/行业|trade, as/i.test(label)) return '餐饮管理'
  if (/姓名|^name/i.test(label)) return '张三'
  if (/公司名称|企业名称|name of the/i.test(label)) return '东莞市好味来餐饮有限公司'
  if (/经营范围|scope/i.test(label)) return '餐饮服务'
  return '东莞市南城街道鸿福路八十八号一百零一室'
}

let serial = 0
/** A trade name that no other test of this run has taken. */
export function tradeName() {
  const signs = '甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥'
  const n = (Date.now() % 10648) * 100 + serial++
  return '好味' + [n, Math.floor(n / 22), Math.floor(n / 484)].map((k) => signs[k % 22]).join('')
}

/** The smallest file that is really a PDF. */
export function pdf() {
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
/** One grey pixel. */
export const png = () => Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==', 'base64')

/** What a company's opening asks, for filing one without its pages. */
export const company = (name, p) => ({
  region: '东莞市',
  shop_name: name,
  industry: '电子科技',
  organisation: '有限公司',
  capital_yuan: 1000000,
  scope: ['电子产品销售', '软件开发'],
  address: '东莞市南城街道示范路8号301室',
  address_promise: true,
  legal_representative: { name: p.name, id_number: p.id_number, birth_date: p.birth, phone: p.phone },
  shareholders: [{ name: p.name, id_number: p.id_number, share: 100 }],
  seals: ['official', 'finance'],
  taxpayer: 'small_scale',
  invoices: 25,
  ukey: true,
  headcount: 6,
  ratio: 5,
  bank: '示范银行南城支行',
})
