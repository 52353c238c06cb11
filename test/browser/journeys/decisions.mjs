// Rules that several services use: changed and tried by a designer, compared with past cases, released by a second person.
import { party, until } from '../city.mjs'
import { axe, chineseLeft, open, overflow, shots, smallTargets, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }
const said = (page, text) => page.locator('.toast', { hasText: text }).first().waitFor()
const TABS = ['规则', '试算', '算例', '比较与提交', '版本与发布']
const tab = (page, name) => page.getByRole('navigation', { name: '各部分' }).getByRole('link', { name: TABS.find((t) => t === name) }).click()

/** A sale that the rules decide: there is a past case to compare with. */
async function sold() {
  const who = await party('zhaoliu')
  const c = await who.post('/cases', { service: 'house_sale_tax', data: { name: '赵六', contract_date: '2024-11-30', city: '441900', home: 'first', area_m2: 140, price_yuan: 1000000, held_since: '2010-01-01', sole_home: false, cost_known: false } })
  const id = c.id ?? c.case?.id
  return until('the rules to decide', async () => {
    const seen = await who.get(`/cases/${id}`)
    return seen.explanations?.length ? seen : null
  })
}

export const decisions = {
  async 'rules are changed and tried by a designer, compared with past cases, and released by another person'(browser) {
    const faults = []
    const past = await sold()
    const z = await open(browser, { ...PHONE, as: 'zhaoliu' })
    await z.go(`/cases/${past.id}`)
    if (!(await z.page.locator('.explained .becauses', { hasText: '待主管部门核实' }).count())) faults.push('the applicant does not see that the rule is unconfirmed')
    faults.push(...(await axe(z.page)), ...(await overflow(z.page)))
    await z.page.screenshot({ path: `${shots}/dec-applicant.png`, fullPage: true })

    const d = await open(browser, { as: 'designer' })
    await d.go('/studio/decisions')
    const card = (page) => page.locator('.dec-list .card', { hasText: 'house_sale_taxes' })
    if (!(await card(d.page).innerText()).includes('未经核实')) faults.push('the list does not say what is unconfirmed')
    await card(d.page).getByRole('link').click()
    await d.page.locator('.dec-head .doubt').waitFor()
    await d.page.locator('.rules-tbl tr', { hasText: '2026年1月1日起未满年限' }).getByText('待核实').waitFor()
    await tab(d.page, '版本与发布')
    const was = (await d.page.locator('tbody tr', { hasText: '有效' }).locator('th').innerText()).trim()

    await tab(d.page, '规则')
    await d.page.getByRole('button', { name: '编辑', exact: true }).click()
    await d.page.locator('.dmn-box table').first().waitFor()
    await d.page.getByLabel('决定什么（英文）').fill('What a second-hand sale costs in deed tax, VAT with surcharges and income tax')
    await d.page.getByLabel('决定什么（英文）').blur()
    await d.page.getByText(/草稿已保存/).waitFor()
    await d.page.screenshot({ path: `${shots}/dec-edit.png`, fullPage: true })

    await tab(d.page, '试算')
    const field = async (label, value) => {
      const f = d.page.getByLabel(label)
      if (await f.evaluate((e) => e.tagName === 'SELECT')) await f.selectOption(value)
      else await f.fill(value)
    }
    for (const [label, value] of [['合同签订日期', '2024-12-01'], ['卖方取得房屋日期', '2010-01-01'], ['房屋所在城市', '441900'], ['购房后家庭住房套数', 'first'], ['建筑面积', '一百四']]) await field(label, value)
    await d.page.getByText('请填写数字').waitFor()
    for (const [label, value] of [['建筑面积', '140'], ['成交价格', '2000000'], ['卖方家庭唯一住房', 'true'], ['普通住房', 'true']]) await field(label, value)
    await d.page.getByRole('button', { name: '试算', exact: true }).click()
    await d.page.locator('.rules-tbl tr.hit', { hasText: '2024年12月1日起，家庭唯一住房，不超过140平方米' }).getByText('适用').waitFor()
    if (!(await d.page.locator('.try2').innerText()).includes('20000')) faults.push('one per cent of two million is not shown')
    faults.push(...(await axe(d.page)))
    await d.page.screenshot({ path: `${shots}/dec-tried.png`, fullPage: true })
    await d.page.getByLabel('算例名称').fill('两百万元，140平方米')
    await d.page.getByRole('button', { name: '保存为算例' }).click()
    await d.page.getByText('已加入算例').waitFor()
    await tab(d.page, '算例')
    await d.page.locator('.ex li', { hasText: '两百万元，140平方米' }).getByText('符合', { exact: true }).waitFor()

    await tab(d.page, '比较与提交')
    await d.page.locator('.changes', { hasText: '基本信息' }).waitFor()
    if (await d.page.getByRole('button', { name: '提交，由第二人发布' }).isEnabled()) faults.push('it can be submitted without a comparison')
    await d.page.getByLabel('目的').fill('发布前核对影响')
    await d.page.getByRole('button', { name: '开始比较' }).click()
    await d.page.getByText(/件中有 0 件的结果会不同/).waitFor({ timeout: 60000 })
    faults.push(...(await axe(d.page)))
    await d.page.screenshot({ path: `${shots}/dec-compared.png`, fullPage: true })
    await d.page.getByRole('button', { name: '提交，由第二人发布' }).click()
    await said(d.page, '已提交')
    await d.page.getByRole('heading', { name: '待发布' }).waitFor()
    if (await d.page.getByRole('button', { name: '发布', exact: true }).count()) faults.push('who submitted it may release it')

    for (const [size, lang] of [[{}, 'zh-CN'], [PHONE, 'en']]) {
      const w = await open(browser, { ...size, lang, as: 'publisher1' })
      await w.go('/studio/decisions/house_sale_taxes?tab=versions')
      faults.push(...(await axe(w.page)), ...(await overflow(w.page)), ...(size.width ? await smallTargets(w.page) : []), ...(lang === 'en' ? await chineseLeft(w.page) : []), ...wrong(w.seen))
      await w.page.screenshot({ path: `${shots}/dec-waiting-${lang}.png`, fullPage: true })
      await w.page.getByRole('button', { name: lang === 'en' ? /^Turn down/ : /^退回/ }).click()
      faults.push(...(await axe(w.page)), ...(await overflow(w.page)), ...(size.width ? await smallTargets(w.page) : []))
      await w.page.screenshot({ path: `${shots}/dec-turn-down-${lang}.png`, fullPage: true })
      await w.context.close()
    }
    const p = await open(browser, { as: 'publisher1' })
    await p.go('/studio/decisions?state=waiting')
    await card(p.page).getByRole('link').click()
    await tab(p.page, '版本与发布')
    await p.page.getByRole('button', { name: '发布', exact: true }).click()
    await said(p.page, '已发布')
    await p.page.locator('tbody tr').nth(1).waitFor()
    const now = (await p.page.locator('tbody tr').filter({ has: p.page.locator('.tag.green') }).locator('th').innerText()).trim()
    if (now === was) faults.push('the version released is not in force')
    await p.go('/studio/decisions?state=in_force')
    await card(p.page).waitFor()
    const seen = await (await party('designer')).get('/studio/decisions')
    const released = seen.items.find((x) => x.key === 'house_sale_taxes')
    if (!released.in_force.hash.startsWith(now) || !released.decides.en.startsWith('What a second-hand sale costs')) faults.push('the list does not have the new version')
    faults.push(...wrong(z.seen), ...wrong(d.seen), ...wrong(p.seen))
    for (const x of [z, d, p]) await x.context.close()
    return faults
  },
}
