// A year of company openings: parameters as they are known, a variant, the run with its progress, the report, and another run cancelled.
import { axe, chineseLeft, open, overflow, shots, smallTargets, wrong } from '../lib.mjs'

export const simulation = {
  async 'a designer simulates a year of company openings and what one more officer would change'(browser) {
    const faults = []
    const d = await open(browser, { as: 'designer', width: 1280 })
    await d.go('/studio')
    await d.page.locator('tr', { hasText: 'establish_company' }).getByRole('link', { name: /仿真/ }).click()
    await d.page.getByLabel('年份').fill('2021')
    await d.page.getByLabel('全年件数').fill('12000')
    await d.page.getByLabel('重复次数').fill('5')
    await d.page.getByRole('button', { name: '添加方案' }).click()
    const variant = d.page.locator('.sim-variant').first()
    await variant.getByLabel('名称').fill('市监加一人')
    await variant.getByLabel(/市市场监管局/).fill('5')
    // a step dropped, and two made parallel
    await d.page.getByRole('button', { name: '添加方案' }).click()
    const without = d.page.locator('.sim-variant').nth(1)
    await without.getByLabel('名称').fill('不再现场刻章备案')
    await without.getByRole('checkbox').nth(1).check()
    await d.page.getByRole('button', { name: '添加方案' }).click()
    const beside = d.page.locator('.sim-variant').nth(2)
    await beside.getByLabel('名称').fill('税务并行')
    await beside.locator('select').nth(0).selectOption('confirm_tax')
    await beside.locator('select').nth(1).selectOption('examine')
    // one case in twenty is stopped for an expert review
    await d.page.getByText('停止计时').first().click()
    await d.page.getByLabel('专家评审 办件（%）').fill('5')
    await d.page.getByLabel('专家评审 平均天数').fill('6')
    await d.page.getByLabel('说明（可不填）').fill('旺季前要不要加人')
    faults.push(...(await axe(d.page)))
    await d.page.screenshot({ path: `${shots}/simulation-form-zh.png`, fullPage: true })
    await d.page.getByRole('button', { name: '开始仿真' }).click()
    await d.page.getByRole('heading', { name: '结论' }).waitFor({ timeout: 120000 })
    const address = new URL(d.page.url()).pathname
    await d.page.locator('.chart-svg svg').nth(3).waitFor()
    if (!(await d.page.locator('.sim-cmp th', { hasText: '市监加一人' }).count())) faults.push('the variant is not in the table')
    for (const name of ['不再现场刻章备案', '税务并行']) if (!(await d.page.locator('.sim-cmp th', { hasText: name }).count())) faults.push(`${name} is not in the table`)
    if (!(await d.page.locator('.sim-cmp tr', { hasText: '停止计时' }).getByText(/专家评审：\d+/).count())) faults.push('the stops are not told')
    await d.page.getByLabel('查看方案').selectOption({ label: '不再现场刻章备案' })
    if (!(await d.page.locator('.sim-steps .tag', { hasText: '已取消' }).count())) faults.push('the dropped step is not marked')
    await d.page.getByLabel('查看方案').selectOption({ label: '税务并行' })
    if (!(await d.page.locator('.sim-steps .tag', { hasText: '并行' }).count())) faults.push('the parallel step is not marked')
    if (!(await d.page.getByText('瓶颈在').count())) faults.push('no bottleneck is named')
    faults.push(...(await axe(d.page)), ...(await overflow(d.page)))
    await d.page.screenshot({ path: `${shots}/simulation-zh.png`, fullPage: true })
    faults.push(...wrong(d.seen))

    // the same address in English, on a phone, for a head of department
    const h = await open(browser, { as: 'scjg.head', lang: 'en', width: 360 })
    await h.go(address)
    await h.page.getByRole('heading', { name: 'In short' }).waitFor()
    await h.page.locator('.chart-svg svg').nth(3).waitFor()
    faults.push(...(await axe(h.page)), ...(await overflow(h.page)), ...(await smallTargets(h.page)), ...(await chineseLeft(h.page)))
    await h.page.screenshot({ path: `${shots}/simulation-en-360.png`, fullPage: true })
    faults.push(...wrong(h.seen))

    // from there with the same parameters, many more cases, and cancelled
    await d.page.getByRole('link', { name: '调整参数再做一次' }).click()
    await d.page.getByLabel('全年件数').fill('60000')
    await d.page.getByLabel('重复次数').fill('16')
    if ((await d.page.getByLabel('专家评审 办件（%）').inputValue()) !== '5') faults.push('the stop is not there again')
    if ((await d.page.locator('.sim-variant').first().getByLabel('名称').inputValue()) !== '市监加一人') faults.push('the earlier variant is not there again')
    await d.page.getByRole('button', { name: '开始仿真' }).click()
    await d.page.getByRole('button', { name: '取消', exact: true }).click()
    await d.page.getByText('已取消。').waitFor()

    // what is wrong is told at the field, and what was typed stays
    await d.go('/studio/services/establish_company/simulation')
    await d.page.getByLabel('全年件数').fill('4000000')
    await d.page.getByRole('button', { name: '开始仿真' }).click()
    await d.page.getByText(/至多 500 万件/).first().waitFor()
    if ((await d.page.getByLabel('全年件数').inputValue()) !== '4000000') faults.push('what was typed is gone')
    faults.push(...wrong(d.seen, [422]))
    return faults
  },
}
