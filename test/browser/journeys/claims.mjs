// A head reads the platform's share, which is not known before departments tell; tells for the own department, is refused for another's,
// and goes from a claim down to its cases; a leader reads the claims on a phone in English.
import { axe, chineseLeft, open, overflow, settled, shots, smallTargets, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }
const month = () => {
  const d = new Date(Date.now() + 8 * 3600e3)
  d.setUTCDate(1)
  d.setUTCMonth(d.getUTCMonth() - 1)
  return d.toISOString().slice(0, 7)
}
const csv = (lines) => ({ name: 'figures.csv', mimeType: 'text/csv', buffer: Buffer.from('month,department,service,service_name,cases,source\n' + lines.join('\n') + '\n') })

export const claims = {
  async 'a head tells what the department took elsewhere, and the share says who has not told'(browser) {
    const faults = []
    const head = await open(browser, { as: 'scjg.head' })
    const { page } = head
    await head.go('/board')
    await page.getByRole('link', { name: '承诺与实际', exact: true }).click()
    await settled(page)
    await page.getByText('报送自建系统办件量').click()
    await page.locator('#own-file').setInputFiles(csv([`${month()},gaj,*,,5,月报`]))
    await page.getByRole('button', { name: '报送', exact: true }).click()
    await page.locator('.notice.red').waitFor()
    await page.locator('#own-file').setInputFiles(csv([`${month()},scjg,*,,5,窗口系统月报`, `${month()},scjg,old_desk,旧窗口事项,3,窗口系统月报`]))
    await page.getByRole('button', { name: '报送', exact: true }).click()
    await page.getByText('个部门还没有报全').waitFor()
    const text = await page.innerText('main')
    if (!text.includes('未报送') || !text.includes('市公安局')) faults.push('who has not told is not named')
    faults.push(...(await axe(page)), ...(await overflow(page)))
    await page.screenshot({ path: `${shots}/claims-told.png`, fullPage: true })
    await page.locator('.claims-card, .claims-few').first().waitFor({ state: 'attached' })
    const link = page.locator('.claims-link').first()
    if (await link.count()) {
      await link.click()
      await page.waitForURL(/\/board\/claims\/.+claim=/)
      await page.locator('#cw').selectOption('all')
      await page.waitForURL(/which=all/)
      await page.locator('table').first().waitFor()
      await page.screenshot({ path: `${shots}/claims-cases.png`, fullPage: true })
    }
    const leader = await open(browser, { ...PHONE, as: 'leader1', lang: 'en' })
    await leader.go('/board/claims')
    await leader.page.locator('.claims-card, .claims-few').first().waitFor({ state: 'attached' })
    if (await leader.page.getByText('Only heads of departments see the cases.').count()) {
      if (await leader.page.locator('.claims-link').count()) faults.push('cases are offered to somebody who may not see them')
    }
    faults.push(...(await axe(leader.page)), ...(await overflow(leader.page)), ...(await smallTargets(leader.page)), ...(await chineseLeft(leader.page)))
    await leader.page.screenshot({ path: `${shots}/claims-leader.png`, fullPage: true })
    faults.push(...wrong(head.seen, [403]), ...wrong(leader.seen))
    for (const d of [head, leader]) await d.context.close()
    return faults
  },
}
