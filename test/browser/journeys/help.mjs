// What people do when they look for an answer: they type on the home page, read, say whether it helped, ask what nobody has answered,
// and let the guide lead them.
import { party } from '../city.mjs'
import { axe, chineseLeft, open, overflow, settled, shots, smallTargets, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }
const judged = async (page) => [...(await axe(page)), ...(await overflow(page)), ...(await smallTargets(page))]

export const help = {
  async 'the home page suggests services and answers together, and answers to the keyboard'(browser) {
    const faults = []
    const d = await open(browser, {})
    await d.go('/')
    const box = d.page.getByRole('combobox')
    await box.fill('公司名称')
    await d.page.getByRole('option', { name: '公司名称怎么定，能不能自己取' }).waitFor()
    const kinds = await d.page.locator('.hero-list').innerText()
    for (const word of ['事项', '答案', '企业设立登记']) if (!kinds.includes(word)) faults.push(`the suggestions lack ${word}`)
    faults.push(...(await axe(d.page)))
    await d.page.screenshot({ path: `${shots}/home-suggest.png` })
    await box.press('ArrowDown')
    if (!(await box.getAttribute('aria-activedescendant'))) faults.push('no option is active after an arrow key')
    await box.press('Escape')
    if (await d.page.locator('.hero-list').isVisible()) faults.push('Escape does not close the list')
    if ((await box.inputValue()) !== '公司名称') faults.push('Escape takes away what was typed')
    await box.press('ArrowUp') // the last option: all that was found
    await box.press('Enter')
    await d.page.waitForURL(/\/services\?q=/)
    await d.page.getByRole('heading', { name: '先看看答案' }).waitFor()
    await d.page.getByRole('link', { name: /公司名称怎么定/ }).first().click()
    await d.page.getByRole('heading', { level: 1, name: '公司名称怎么定，能不能自己取' }).waitFor()
    faults.push(...wrong(d.seen))
    await d.context.close()
    return faults
  },

  async 'an answer is found while typing on a phone, rated, and what is missing is asked'(browser) {
    const faults = []
    const d = await open(browser, { ...PHONE })
    await d.go('/help')
    await d.page.getByLabel('您想问什么？').fill('營業執照多久')
    await d.page.waitForURL(/q=/)
    await d.page.getByRole('link', { name: /营业执照几天能拿到/ }).first().click()
    await d.page.getByRole('heading', { level: 1, name: '营业执照几天能拿到' }).waitFor()
    const facts = await d.page.innerText('main')
    for (const word of ['市市场监管局', '下次复核', '依据', '企业设立登记']) if (!facts.includes(word)) faults.push(`the answer lacks ${word}`)
    await d.page.goBack()
    await d.page.waitForURL(/\/help\?/)
    if (decodeURIComponent(new URL(d.page.url()).searchParams.get('q')) !== '營業執照多久') faults.push('back loses the question')
    await d.page.getByRole('link', { name: /营业执照几天能拿到/ }).first().click()
    await d.page.getByRole('button', { name: '没有解决' }).click()
    const question = d.page.getByLabel('您的问题')
    await question.waitFor()
    if ((await question.inputValue()) !== '營業執照多久') faults.push('the question asked before is not there')
    await question.fill('')
    await d.page.getByRole('button', { name: '提交问题' }).click()
    await d.page.locator('.summary').getByText('请写下您的问题').waitFor()
    faults.push(...(await judged(d.page)))
    await d.page.screenshot({ path: `${shots}/help-ask.png`, fullPage: true })
    await question.fill('摆摊能不能领营业执照')
    await d.page.getByRole('button', { name: '提交问题' }).click()
    await d.page.getByRole('heading', { name: '已经记下' }).waitFor()
    await d.page.screenshot({ path: `${shots}/help-asked.png`, fullPage: true })
    const writer = await party('scjg.handler')
    if ((await writer.get('/desk/knowledge/articles/licence_time')).unhelpful < 1) faults.push('"it did not help" is not counted')
    faults.push(...wrong(d.seen))
    await d.context.close()
    return faults
  },

  async 'the guide leads to a service, goes back, and its address can be given away'(browser) {
    const faults = []
    for (const lang of ['zh-CN', 'en']) {
      const words = lang === 'en' ? ['Starting a company', 'No, and I want only the licence', 'Back', 'Apply', 'No, I want all of it at one time'] : ['开公司、办企业', '没有，只要营业执照', '上一步', '去办理', '没有，想一次办齐']
      const d = await open(browser, { ...PHONE, lang })
      await d.go('/guide')
      await d.page.getByRole('link', { name: words[0] }).click()
      if (!(await d.page.evaluate(() => document.activeElement?.tagName === 'H1'))) faults.push(`${lang}: the next question does not take the focus`)
      await d.page.getByRole('link', { name: words[1] }).click()
      await d.page.getByRole('link', { name: words[3] }).waitFor()
      const address = new URL(d.page.url()).pathname
      await d.page.getByRole('link', { name: words[2] }).click()
      await d.page.getByRole('link', { name: words[4] }).waitFor()
      await d.page.goBack()
      await d.page.getByRole('link', { name: words[3] }).waitFor()
      faults.push(...(await judged(d.page)), ...(lang === 'en' ? await chineseLeft(d.page) : []))
      const other = await open(browser, { lang })
      await other.go(address)
      await settled(other.page)
      if ((await other.page.locator('.guide-so dt').count()) !== 2) faults.push(`${lang}: the address does not hold the way taken`)
      await other.page.getByRole('link', { name: words[3] }).click()
      await other.page.waitForURL(/sign-in/)
      faults.push(...wrong(d.seen), ...wrong(other.seen))
      await d.context.close()
      await other.context.close()
    }
    return faults
  },
}
