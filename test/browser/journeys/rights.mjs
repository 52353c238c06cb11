// Rights over one's data: asked for on a phone, answered at the department's desk with a ground, complained about, answered by the officer responsible;
// an erasure needs a second officer; each look by the desk stands in the person's record.
import { axe, open, overflow, shots, smallTargets, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }

async function look(faults, page, name) {
  faults.push(...(await axe(page)), ...(await overflow(page)))
  if (page.viewportSize().width < 600) faults.push(...(await smallTargets(page)))
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
}
async function ask(page, kind, text) {
  await page.selectOption('#k-kind', kind)
  await page.selectOption('#k-department', 'scjg')
  await page.fill('#k-text', text)
  await page.locator('#ask button[type=submit]').click()
}

export const rights = {
  async 'a request about data is asked on a phone, refused with a ground, complained about, and every look is on record'(browser) {
    const faults = []
    const mine = await open(browser, { as: 'zhangsan', ...PHONE })
    await mine.go('/me/rights')
    await mine.page.selectOption('#k-kind', 'restrict')
    await mine.page.locator('#ask button[type=submit]').click() // nothing said
    await mine.page.locator('#ask [role=alert]').first().waitFor()
    await ask(mine.page, 'restrict', '请停止使用我的联系电话')
    const line = mine.page.locator('.rights-list li').first()
    await line.getByText('待答复').waitFor()
    const number = await line.locator('.mono').innerText()
    await look(faults, mine.page, 'rights-asked-phone')

    const officer = await open(browser, { as: 'scjg.handler' })
    await officer.go('/desk/rights')
    await officer.page.locator('li', { hasText: number }).waitFor()
    await look(faults, officer.page, 'rights-desk')
    await officer.page.locator('li', { hasText: number }).getByRole('link').click()
    await officer.page.getByText('请停止使用我的联系电话').waitFor()
    await officer.page.getByLabel('不同意', { exact: true }).check()
    await officer.page.fill('#a-text', '办理登记依法需要联系电话。')
    await officer.page.locator('.rights-form button[type=submit]').click() // without a ground
    await officer.page.getByRole('alert').first().waitFor()
    await officer.page.selectOption('#a-ground', 'duty')
    await look(faults, officer.page, 'rights-desk-answer')
    await officer.page.locator('.rights-form button[type=submit]').click()
    await officer.page.locator('.facts', { hasText: '办理登记依法需要联系电话' }).waitFor()

    await mine.go('/me/rights')
    await mine.page.locator('.rights-list li', { hasText: number }).getByRole('link').click()
    await mine.page.getByText('第十三条第一款第三项').first().waitFor()
    await mine.page.getByText('人民法院').waitFor()
    await look(faults, mine.page, 'rights-refused-phone')
    await mine.page.fill('#c-text', '请重新审查')
    await mine.page.locator('form button[type=submit]').click()
    await mine.page.getByText('投诉编号').waitFor()

    const guard = await open(browser, { as: 'security', lang: 'en' })
    await guard.go('/desk/rights')
    await guard.page.locator('li', { hasText: 'Complaint' }).first().getByRole('link').click()
    await guard.page.getByText('The request and answer complained of').waitFor()
    await guard.page.fill('#a-text', '已责成部门只在登记所需范围内使用。')
    await look(faults, guard.page, 'rights-complaint-en')
    await guard.page.locator('.rights-form button[type=submit]').click()
    await guard.page.locator('.facts').first().getByText('granted').waitFor()

    await mine.go('/me/reads?kind=rights')
    await mine.page.locator('.reads li').first().waitFor()
    if (!(await mine.page.locator('.reads').innerText()).includes('第五十条')) faults.push('the record does not say on which article it was read')
    await mine.page.selectOption('#r-department', 'scjg')
    await mine.page.waitForURL((u) => u.searchParams.get('department') === 'scjg')
    await mine.page.locator('.reads li').first().waitFor()
    await look(faults, mine.page, 'reads-filtered-phone')
    await mine.page.fill('#r-since', '2035-01-01')
    await mine.page.locator('#r-since').dispatchEvent('change')
    await mine.page.getByText('没有符合条件的记录').waitFor()
    const html = await mine.page.evaluate(async () => (await fetch('/api/v1/me/export?format=html')).text())
    if (!html.includes('<!doctype html>') || !html.includes(number)) faults.push('the readable copy lacks the request')
    faults.push(...wrong(mine.seen), ...wrong(officer.seen), ...wrong(guard.seen))
    for (const x of [mine, officer, guard]) await x.context.close()
    return faults
  },
  async 'an erasure is proposed by one officer, agreed to by another, and then waits for the security officer'(browser) {
    const faults = []
    const mine = await open(browser, { as: 'lisi', lang: 'en' })
    await mine.go('/me/rights')
    await ask(mine.page, 'erase', 'Please erase my data')
    const line = mine.page.locator('.rights-list li').first()
    await line.getByText('waiting').waitFor()
    const number = await line.locator('.mono').innerText()
    await look(faults, mine.page, 'rights-en')
    const first = await open(browser, { as: 'scjg.handler' })
    await first.go('/desk/rights')
    await first.page.locator('li', { hasText: number }).getByRole('link').click()
    await first.page.fill('#a-text', '同意删除。')
    await first.page.locator('.rights-form button[type=submit]').click()
    await first.page.getByText('您是拟办人').waitFor()
    const second = await open(browser, { as: 'scjg.head', ...PHONE })
    await second.go('/desk/rights')
    await second.page.locator('li', { hasText: number }).getByRole('link').click()
    await second.page.getByRole('button', { name: '同意，交安全管理员执行' }).waitFor()
    await look(faults, second.page, 'rights-confirm-phone')
    await second.page.getByRole('button', { name: '退回重办' }).click() // not agreed: nobody's data goes in this test
    await second.page.locator('.rights-form').waitFor()
    await mine.page.reload()
    await mine.page.locator('.rights-list li', { hasText: number }).getByText('waiting').waitFor()
    faults.push(...wrong(mine.seen), ...wrong(first.seen), ...wrong(second.seen))
    for (const x of [mine, first, second]) await x.context.close()
    return faults
  },
}
