// A service changes while cases run: one waits at a join, moves to the new version and goes on there; another is taken back. And an officer
// with the right puts right where a case stands.
import { city, party, until } from '../city.mjs'
import { axe, chineseLeft, open, overflow, shots, smallTargets, wrong } from '../lib.mjs'

const SERVICE = 'hr_service_permit'
const said = (page, text) => page.locator('.toast', { hasText: text }).first().waitFor()

async function filed() {
  const who = await party('rencai')
  const form = await who.get(`/services/${SERVICE}/form`)
  const staff = ['甲某', '乙某', '丙某'].map((name, i) => ({ name, certificate: `4419-000${i + 1}` }))
  return who.post('/cases', { service: SERVICE, data: { ...form.data, activities: ['为求职者介绍用人单位'], premises_m2: 80, funds_yuan: 500000, has_rules: true, staff } })
}
const task = (desk, c, title) => until(title, async () => (await desk.get('/desk/tasks?scope=department&limit=100')).items.find((x) => x.case === c.id && (x.title.zh ?? x.title) === title))
async function decide(login, c, title, outcome, data) {
  const officer = await party(login)
  const t = await task(officer, c, title)
  await officer.post(`/cases/${c.id}/tasks/${t.id}/decide`, { outcome, opinion: '情况属实', ...(data ? { data } : {}) })
}
async function atTheJoin() {
  const c = await filed()
  await decide('rs.handler', c, '受理审查', 'accept')
  await decide('scjg.handler', c, '市场监管会签', 'done', { scope_agrees: true })
  return c
}
async function drafted(c) {
  await decide('rs.handler', c, '经办：拟定意见', 'done', { grant: true, visited: true })
  await decide('rs.reviewer', c, '审核', 'agree')
}
/** The service with one step more behind the join. */
async function aStepMore() {
  const { files } = await (await party('designer')).get(`/studio/designs/${SERVICE}`)
  const process = files['process.bpmn']
    .replace('<userTask id="sign"', '<userTask id="register" name="登记台账" tb:en="Enter in the register" tb:step="signing" tb:kind="handle" tb:role="handler" tb:outcomes="done" tb:clock="4wh" tb:result="registered"/>\n    <userTask id="sign"')
    .replace('<sequenceFlow id="f_joined" sourceRef="joined" targetRef="sign"/>', '<sequenceFlow id="f_joined" sourceRef="joined" targetRef="register"/>\n    <sequenceFlow id="f_registered" sourceRef="register" targetRef="sign"/>')
    .replace('<bpmndi:BPMNShape id="sign_di"', '<bpmndi:BPMNShape id="register_di" bpmnElement="register"><dc:Bounds x="1376" y="210" width="110" height="70"/></bpmndi:BPMNShape>\n      <bpmndi:BPMNShape id="sign_di"')
    .replace('<bpmndi:BPMNEdge id="f_joined_di"', '<bpmndi:BPMNEdge id="f_registered_di" bpmnElement="f_registered"><di:waypoint x="1431" y="210"/><di:waypoint x="1431" y="170"/></bpmndi:BPMNEdge>\n      <bpmndi:BPMNEdge id="f_joined_di"')
  const asked = await (await party('publisher1')).post('/studio/publications', { files: { ...files, 'process.bpmn': process } })
  await (await party('publisher2')).post(`/studio/publications/${asked.id}/approve`)
}

export const migration = {
  async 'cases at a join move to a new version by a plan that a second person releases, and one is taken back'(browser) {
    const faults = []
    const first = await atTheJoin()
    const second = await atTheJoin()
    await aStepMore()

    const d = await open(browser, { as: 'designer' })
    await d.go(`/studio/services/${SERVICE}/migrations`)
    await d.page.getByRole('heading', { name: '新的迁移计划' }).waitFor()
    faults.push(...(await axe(d.page)))
    await d.page.screenshot({ path: `${shots}/migration-new-zh.png`, fullPage: true })
    await d.page.getByLabel('理由').fill('新增台账登记，在办件一并适用')
    await d.page.getByRole('button', { name: '计算迁移计划' }).click()
    await d.page.waitForURL(/\/studio\/migrations\//)
    await d.page.getByText('待他人批准').first().waitFor()
    await d.page.locator('.mig-groups').getByText('等待汇聚').first().waitFor()
    if (!(await d.page.locator('.mig-groups').getByText('可以迁移').count())) faults.push('no group can move')
    if (await d.page.getByRole('button', { name: '批准并执行' }).count()) faults.push('who made the plan may release it')
    await d.page.locator('[data-element-id=joined].tb-running, [data-element-id=joined] .djs-outline').first().waitFor({ state: 'attached' })
    faults.push(...(await axe(d.page)), ...wrong(d.seen))
    await d.page.screenshot({ path: `${shots}/migration-plan-zh.png`, fullPage: true })
    const plan = new URL(d.page.url()).pathname
    await d.context.close()

    const e = await open(browser, { as: 'publisher1', lang: 'en', width: 360, height: 740 })
    await e.go(plan)
    await e.page.getByRole('button', { name: 'Release and carry out' }).waitFor()
    faults.push(...(await axe(e.page)), ...(await overflow(e.page)), ...(await smallTargets(e.page)), ...(await chineseLeft(e.page)))
    await e.page.screenshot({ path: `${shots}/migration-plan-en-360.png`, fullPage: true })
    await e.page.getByRole('button', { name: 'Release and carry out' }).click()
    const line = e.page.locator('li', { hasText: second.number }).last()
    await line.getByRole('button').waitFor()
    faults.push(...(await axe(e.page)), ...(await smallTargets(e.page)))

    // one is taken back
    await line.getByRole('button').click()
    await e.page.locator('#mr').fill('The applicant was told otherwise')
    await e.page.locator('form button[type=submit]').last().click()
    await line.getByText('Taken back').waitFor()
    faults.push(...(await overflow(e.page)), ...wrong(e.seen))
    await e.page.screenshot({ path: `${shots}/migration-undone-en-360.png`, fullPage: true })
    await e.context.close()

    // the first goes on under the new version, the second under its own
    await drafted(first)
    await decide('rs.handler', first, '登记台账', 'done')
    await decide('rs.signer', first, '签发', 'approve')
    await drafted(second)
    await decide('rs.signer', second, '签发', 'approve')
    const mine = await party('rencai')
    for (const c of [first, second]) await until('the end', async () => (await mine.get(`/cases/${c.id}`)).state === 'delivered')
    const o = await open(browser, { as: 'rencai' })
    await o.go(`/cases/${first.id}`)
    await o.page.getByText('转按修订后的流程办理').first().waitFor()
    faults.push(...(await axe(o.page)), ...wrong(o.seen))
    await o.page.screenshot({ path: `${shots}/migration-told-zh.png`, fullPage: true })
    await o.context.close()
    return faults
  },

  async 'a head has a step done again, signs it, and the applicant is told'(browser) {
    const faults = []
    const c = await atTheJoin()
    await decide('rs.handler', c, '经办：拟定意见', 'done', { grant: true, visited: true })
    await task(await party('rs.reviewer'), c, '审核')
    const h = await open(browser, { as: 'rs.head' })
    await h.go(`/desk/cases/${c.id}`)
    await h.page.getByRole('button', { name: '更正…' }).click()
    await h.page.getByText('重办已办过的环节').waitFor()
    await h.page.getByLabel('当前所在').selectOption({ label: '审核 · 待办任务' })
    await h.page.getByLabel('转到', { exact: true }).selectOption('draft')
    await h.page.getByRole('button', { name: '查看将发生什么' }).click()
    await h.page.getByText('更正后', { exact: true }).waitFor()
    faults.push(...(await axe(h.page)))
    await h.page.screenshot({ path: `${shots}/correction-preview-zh.png` })
    await h.page.locator('#fix-r').fill('拟定意见时漏看场地证明')
    await h.page.locator('#fix-p').fill('not it')
    await h.page.getByRole('button', { name: '签名并更正' }).click()
    await h.page.getByRole('alert').first().waitFor()
    if ((await h.page.locator('#fix-r').inputValue()) === '') faults.push('the reason is gone after a wrong password')
    await h.page.locator('#fix-p').fill(city.people.password)
    await h.page.getByRole('button', { name: '签名并更正' }).click()
    await said(h.page, '已更正')
    faults.push(...wrong(h.seen, [401, 403]))
    await h.context.close()
    await task(await party('rs.handler'), c, '经办：拟定意见')

    const o = await open(browser, { as: 'rencai', width: 360, height: 740 })
    await o.go(`/cases/${c.id}`)
    await o.page.getByText('拟定意见时漏看场地证明').first().waitFor()
    faults.push(...(await axe(o.page)), ...(await overflow(o.page)), ...wrong(o.seen))
    await o.page.screenshot({ path: `${shots}/correction-told-zh-360.png`, fullPage: true })
    await o.context.close()

    const p = await open(browser, { as: 'rs.head', lang: 'en', width: 360, height: 740 })
    await p.go(`/desk/cases/${c.id}`)
    await p.page.getByRole('button', { name: 'Correct…' }).click()
    await p.page.locator('#fix-t').waitFor()
    faults.push(...(await axe(p.page)), ...(await overflow(p.page)), ...(await smallTargets(p.page)), ...wrong(p.seen))
    await p.page.screenshot({ path: `${shots}/correction-en-360.png` })
    await p.context.close()
    return faults
  },
}
