// A handler writes a notice and is told what is missing; the head releases it; everybody finds it, on the phone too; it is corrected
// with a note that everybody sees, and withdrawn with a reason.
import { axe, chineseLeft, open, overflow, settled, shots, smallTargets, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }

export const news = {
  async 'a notice is written by one, released by another, found, corrected and withdrawn'(browser) {
    const faults = []
    const mark = '夜间经济' + Date.now().toString(36)
    const writer = await open(browser, { as: 'scjg.handler' })
    await writer.go('/desk/news')
    await writer.page.getByRole('link', { name: '写一篇' }).click()
    await settled(writer.page)
    const w = writer.page
    await w.locator('#n-kind').selectOption('notice')
    await w.locator('#n-title-zh').fill(`关于${mark}摊位登记的通知`)
    await w.locator('#n-title-en').fill('On stalls in the evening')
    await w.locator('#n-summary-zh').fill('晚上摆摊怎么登记。')
    await w.locator('#n-body-zh').fill('## 谁要登记\n\n- 固定摊位\n- 流动摊位')
    await w.getByRole('button', { name: '提交，待他人发布' }).click()
    await w.locator('.summary').waitFor()
    const told = await w.locator('.summary').innerText()
    if (!told.includes('摘要（英文）') || !told.includes('正文（英文）')) faults.push(`what is missing is not told: ${told}`)
    if ((await w.locator('#n-title-zh').inputValue()).length < 5) faults.push('what was typed is gone')
    await w.locator('#n-title-en').fill('')
    await w.locator('.news-preview h3', { hasText: '谁要登记' }).waitFor() // the preview follows
    faults.push(...(await axe(w)), ...(await overflow(w)))
    await w.screenshot({ path: `${shots}/news-write.png`, fullPage: true })
    await w.getByRole('button', { name: '提交，待他人发布' }).click()
    await w.waitForURL(/\/desk\/news\/2/)
    await w.getByText('您写的版本要由另一人发布').waitFor()
    const key = w.url().split('/').pop()
    const head = await open(browser, { as: 'scjg.head' })
    await head.go(`/desk/news?list=waiting`)
    await head.page.getByRole('link', { name: new RegExp(mark) }).click()
    await head.page.getByRole('button', { name: '发布', exact: true }).click()
    await head.page.getByRole('link', { name: '在门户查看' }).waitFor()
    await head.page.screenshot({ path: `${shots}/news-released.png`, fullPage: true })
    const reader = await open(browser, PHONE)
    await reader.go('/')
    await reader.page.getByRole('link', { name: new RegExp(mark) }).waitFor() // the teaser
    await reader.go('/news')
    await reader.page.locator('#nq').fill('摊位登记')
    await reader.page.getByRole('button', { name: '查找' }).click()
    await reader.page.waitForURL(/q=/)
    await settled(reader.page)
    await reader.page.getByRole('link', { name: new RegExp(mark) }).click()
    await reader.page.getByRole('heading', { name: '谁要登记' }).waitFor()
    if (!(await reader.page.title()).includes(mark)) faults.push('the page is not titled by its piece')
    const feed = await reader.page.evaluate(async () => {
      const href = document.querySelector('link[rel=alternate][type="application/atom+xml"]').href
      const r = await fetch(href)
      const doc = new DOMParser().parseFromString(await r.text(), 'application/xml')
      return { bad: !!doc.querySelector('parsererror'), titles: [...doc.querySelectorAll('entry > title')].map((x) => x.textContent) }
    })
    if (feed.bad || !feed.titles.some((x) => x.includes(mark))) faults.push(`the feed that the page names: ${JSON.stringify(feed)}`)
    faults.push(...(await axe(reader.page)), ...(await overflow(reader.page)), ...(await smallTargets(reader.page)))
    // corrected
    await writer.go(`/desk/news/${key}`)
    await w.getByRole('button', { name: '修改' }).click()
    await w.locator('#n-summary-zh').fill('晚上摆摊怎么登记，收不收费。')
    await w.locator('#n-correction').fill('补充收费说明')
    await w.getByRole('button', { name: '提交，待他人发布' }).click()
    await w.getByText('您写的版本要由另一人发布').waitFor()
    await head.go(`/desk/news/${key}`)
    await head.page.getByRole('button', { name: '发布', exact: true }).click()
    await head.page.locator('.news-wait').waitFor({ state: 'detached' })
    await reader.go(`/news/${key}`)
    await reader.page.getByRole('heading', { name: '更正记录' }).waitFor()
    await reader.page.getByText('补充收费说明').waitFor()
    await reader.page.screenshot({ path: `${shots}/news-corrected.png`, fullPage: true })
    // withdrawn
    await head.page.locator('#n-why').fill('内容有误')
    await head.page.getByRole('button', { name: '撤回' }).click()
    await head.page.locator('.notice.red').waitFor()
    await reader.go(`/news/${key}`)
    await reader.page.getByText('内容有误').waitFor()
    if (await reader.page.getByRole('heading', { name: '谁要登记' }).count()) faults.push('the text of a withdrawn piece is shown')
    await reader.page.screenshot({ path: `${shots}/news-withdrawn.png`, fullPage: true })
    const foreign = await open(browser, { lang: 'en' })
    await foreign.go(`/news/${key}`)
    faults.push(...(await chineseLeft(foreign.page)), ...wrong(foreign.seen))
    // what the form lacked was refused once (422)
    faults.push(...wrong(writer.seen, [422]), ...wrong(head.seen), ...wrong(reader.seen))
    for (const d of [writer, head, reader, foreign]) await d.context.close()
    return faults
  },
}
