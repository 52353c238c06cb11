// The head of a department opens the board, goes down to an area and a task, comments, and binds the task to a condition that
// turns it green by itself; a leader reads the same on a phone; an officer who takes no part is offered nothing.
import { party } from '../city.mjs'
import { axe, chineseLeft, open, overflow, settled, shots, smallTargets, wrong } from '../lib.mjs'
import { delivered } from './ratings.mjs'

const PHONE = { width: 360, height: 740 }

export const board = {
  async 'a head goes from the board to a task, comments, and a condition turns it green'(browser) {
    const faults = []
    const head = await open(browser, { as: 'scjg.head' })
    const { page } = head
    await head.go('/desk')
    await page.getByRole('link', { name: '营商总览', exact: true }).click()
    await page.getByText('评价总分').first().waitFor() // the desk stands until the board is there
    await settled(page)
    const figures = await page.innerText('main')
    for (const word of ['评价总分', '数据不足', '按期办结', '满意度', '攻坚行动方案', '开办企业', '超期任务', '镇街分布', '怎么算']) if (!figures.includes(word)) faults.push(`the board does not say ${word}`)
    const got = await (await party('scjg.head')).get('/indicators')
    const bare = got.indicators.find((i) => i.no_data)
    const card = await page.locator('.ind', { hasText: `${bare.no}. ${bare.name.zh}` }).innerText()
    if (!card.includes('无数据') || /得分|\d\.\d\d/.test(card)) faults.push(`an indicator without cases shows a score: ${card}`)
    await page.getByRole('link', { name: '攻坚行动方案', exact: true }).click()
    await settled(page)
    await page.getByRole('link', { name: '1. 开办企业', exact: true }).click()
    await settled(page)
    await page.getByRole('button', { name: '展开任务 3', exact: true }).click()
    const task = page.locator('#task-3')
    await task.getByText('写批注').click()
    await task.getByLabel('内容').fill('请于周五前报送进展')
    await task.getByRole('button', { name: '提交批注' }).click()
    await task.locator('.comments', { hasText: '请于周五前报送进展' }).waitFor()
    await task.getByText('分解子任务').click()
    await task.locator('#act-3-title').fill('与税务局商定换领办法')
    await task.getByRole('button', { name: '增加子任务' }).click()
    const part = task.locator('.lines li', { hasText: '与税务局商定换领办法' }).first()
    await part.getByRole('button', { name: '办结子任务' }).click()
    await part.locator('.plight.done').waitFor()
    await task.getByText('绑定完成条件').click()
    await task.locator('#act-3-ckind option[value=service_limit]').waitFor({ state: 'attached' })
    await task.locator('#act-3-ckind').selectOption('service_limit')
    await task.locator('#act-3-cservice').selectOption('establish_company')
    await task.locator('#act-3-bound').fill('5')
    await task.getByRole('button', { name: '绑定条件' }).click()
    await task.getByText('承诺工作日').first().waitFor() // the figure that turned the light
    await task.locator('.ptask .plight.done').first().waitFor()
    faults.push(...(await axe(page)), ...(await overflow(page)))
    await page.screenshot({ path: `${shots}/board-task-green.png`, fullPage: true })
    await page.goBack()
    faults.push(...wrong(head.seen))
    await head.context.close()
    return faults
  },

  async 'a leader goes from the map to a town, its cases and back, and puts the board on a wall'(browser) {
    const faults = []
    await delivered('sunqi')
    const leader = await open(browser, { as: 'leader1' })
    const { page } = leader
    await leader.go('/board?map=cases')
    await page.locator('.chart-svg svg').first().waitFor()
    if (await page.locator('.chart-svg [style]').count()) faults.push('a chart carries inline style')
    const busy = (await (await party('leader1')).get('/indicators')).towns.find((x) => x.cases)
    const town = page.locator(`.town[title="${busy.name.zh}"]`)
    const name = await town.getAttribute('title')
    await town.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await settled(page)
    await page.locator('main .tbl tbody td a').first().click()
    await page.locator('#cases-h').waitFor()
    await page.getByText('其他部门的办件').first().waitFor() // a leader sees that there is a case, and not whose
    if (!new URL(page.url()).searchParams.get('town')) faults.push('the town is not in the address of the cases')
    await page.goBack()
    await page.goBack()
    await page.locator('.townmap').waitFor()
    if (!page.url().includes('map=cases')) faults.push('going back forgets what the map showed')
    await page.locator('.townmap').getByRole('button', { name: '表', exact: true }).click()
    if ((await page.locator('.townmap tbody tr').count()) !== 36) faults.push('the list of towns is not whole')
    await page.setViewportSize({ width: 1920, height: 1080 })
    await page.getByRole('link', { name: '大屏', exact: true }).click()
    await page.locator('.wall-grid .chart-svg svg').waitFor()
    const tall = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)
    if (tall > 0) faults.push(`the wall scrolls by ${tall} px`)
    const cut = await page.evaluate(() => [...document.querySelectorAll('.wallboard .card')].filter((c) => c.getBoundingClientRect().bottom > innerHeight + 1).length)
    if (cut) faults.push(`${cut} cards of the wall are cut off`)
    faults.push(...(await axe(page)))
    await page.screenshot({ path: `${shots}/board-wall.png` })
    await page.keyboard.press('Escape')
    await page.locator('.numbers:not(.wall)').waitFor()
    faults.push(...wrong(leader.seen))
    await leader.context.close()
    return faults
  },

  async 'a leader reads the board on a phone in English, and an officer without a part is offered nothing'(browser) {
    const faults = []
    const leader = await open(browser, { ...PHONE, as: 'leader1', lang: 'en' })
    await leader.go('/desk')
    if (!leader.page.url().includes('/board')) faults.push('a leader does not begin at the board')
    await leader.page.locator('main .board-task-link').first().click()
    await settled(leader.page)
    await leader.page.getByText('Write a comment').waitFor()
    if (await leader.page.getByText('Bind to a condition').count()) faults.push('a leader is offered to bind a condition')
    faults.push(...(await axe(leader.page)), ...(await overflow(leader.page)), ...(await smallTargets(leader.page)), ...(await chineseLeft(leader.page)))
    await leader.page.screenshot({ path: `${shots}/board-leader-task.png`, fullPage: true })
    const officer = await open(browser, { as: 'gaj.handler' })
    await officer.go('/board/plan/1?task=1')
    await officer.page.getByRole('heading', { name: '佐证材料' }).waitFor()
    if (await officer.page.locator('.acts').count()) faults.push('an officer without a part is offered acts')
    await officer.page.locator('.side').waitFor()
    faults.push(...wrong(leader.seen), ...wrong(officer.seen))
    for (const d of [leader, officer]) await d.context.close()
    return faults
  },
}
