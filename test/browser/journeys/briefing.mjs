// The plan's office makes the briefing of a month and writes a foreword; a leader issues it; anybody reads and verifies it.
import { city } from '../city.mjs'
import { axe, chineseLeft, open, overflow, settled, shots, smallTargets, wrong } from '../lib.mjs'

const OFFICE = 'fgj.head'
const PHONE = { width: 360, height: 740 }

export const briefing = {
  async 'the office makes a briefing, a leader issues it, anybody verifies it'(browser) {
    const faults = []
    const office = await open(browser, { as: OFFICE })
    const { page } = office
    await office.go('/board')
    await page.getByRole('link', { name: '每月简报', exact: true }).click()
    await settled(page)
    await page.getByLabel('月份').fill('2021-09')
    await page.getByRole('button', { name: '生成简报' }).click()
    const card = page.locator('.brief', { hasText: '2021年9月全市优化营商环境工作情况' })
    await card.getByText('草稿', { exact: true }).waitFor({ timeout: 60000 })
    await card.getByLabel('导语（可不写）').fill('请各单位对照简报，逐项改进。')
    await card.getByRole('button', { name: '保存导语并重新排版' }).click()
    await card.getByRole('link', { name: '下载草稿 PDF' }).waitFor({ timeout: 60000 })
    await card.getByText('须由另一人签发').waitFor()
    if (await card.getByRole('button', { name: '签发', exact: true }).count()) faults.push('who made the draft is offered to issue it')
    await card.getByRole('button', { name: '与现在的数据比较' }).click()
    await card.getByText('重新计算的数据与简报一致。').waitFor()
    faults.push(...(await axe(page)), ...(await overflow(page)))
    await page.screenshot({ path: `${shots}/briefing-draft.png`, fullPage: true })

    const leader = await open(browser, { ...PHONE, as: 'leader1', lang: 'en' })
    await leader.go('/board/briefings')
    const his = leader.page.locator('.brief').first()
    await his.getByRole('button', { name: 'Issue', exact: true }).click()
    await leader.page.getByRole('button', { name: 'Issue it now' }).click()
    await his.getByText('Issued', { exact: true }).waitFor({ timeout: 60000 })
    faults.push(...(await axe(leader.page)), ...(await overflow(leader.page)), ...(await smallTargets(leader.page)), ...(await chineseLeft(leader.page)))
    await leader.page.screenshot({ path: `${shots}/briefing-issued.png`, fullPage: true })

    const anybody = await open(browser, {})
    await anybody.go('/briefings')
    const got = await (await fetch(`${city.url}/api/v1/public/briefings`)).json()
    const bytes = Buffer.from(await (await fetch(`${city.url}/api/v1/public/briefings/${got.items[0].id}/pdf`)).arrayBuffer())
    if (!bytes.subarray(0, 5).equals(Buffer.from('%PDF-'))) faults.push('the public paper is no PDF')
    await anybody.page.screenshot({ path: `${shots}/briefings-public.png`, fullPage: true })
    await anybody.page.locator('.card').first().getByRole('link', { name: '核验' }).click()
    await settled(anybody.page)
    await anybody.page.locator('.verdict.green').waitFor()
    const says = await anybody.page.innerText('main')
    if (!says.includes('2021年9月全市优化营商环境工作情况')) faults.push('the verification does not name the briefing')
    await anybody.page.screenshot({ path: `${shots}/briefing-verified.png`, fullPage: true })
    await anybody.go('/verify')
    bytes[2000] ^= 1
    await anybody.page.locator('input[type=file]').setInputFiles({ name: 'changed.pdf', mimeType: 'application/pdf', buffer: bytes })
    await anybody.page.locator('.verdict.red').waitFor()
    for (const d of [office, leader, anybody]) {
      faults.push(...wrong(d.seen))
      await d.context.close()
    }
    return faults
  },
}
