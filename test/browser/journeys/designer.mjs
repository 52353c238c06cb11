// A service changed on the page: a step drawn, a question asked, a fault seen and mended, released by a second person, and used.
import { party, until } from '../city.mjs'
import { axe, chineseLeft, open, overflow, shots, smallTargets, wrong } from '../lib.mjs'

const SERVICE = 'employment_social_insurance'
const said = (page, text) => page.locator('.toast', { hasText: text }).first().waitFor()
const tab = (page, name) => page.getByRole('navigation', { name: '各部分' }).getByRole('link', { name }).click()
const saved = (page) => page.getByText(/草稿已保存/).waitFor()

export const designer = {
  async 'a designer draws a step and asks a question, a second person releases it, an applicant and an officer meet it'(browser) {
    const faults = []
    const d = await open(browser, { as: 'designer', width: 1440 })
    await d.go('/studio/services')
    await d.page.getByLabel('查找事项').fill(SERVICE)
    faults.push(...(await axe(d.page)))
    await d.page.locator('.dec-list .card').getByRole('link', { name: '用工和社会保险登记' }).click()
    await d.page.locator('.ped-canvas .djs-element').first().waitFor()

    // somebody else opens the same service, and will come too late
    const other = await open(browser, { as: 'publisher1', width: 1440 })
    await other.go(`/studio/services/${SERVICE}?tab=entry`)

    // ---- a step, from the list of elements, by keyboard alone ----
    await d.page.locator('.ped-list summary').click()
    await d.page.locator('.ped-list').getByRole('button', { name: /用工和参保登记审核/ }).press('Enter')
    await d.page.getByRole('button', { name: '在其后加一步' }).press('Enter')
    await d.page.getByLabel('名称', { exact: true }).last().fill('核对参保人数')
    await d.page.locator('.ped-new').getByLabel('代码').fill('count_heads')
    await d.page.getByRole('button', { name: '加入', exact: true }).press('Enter')
    const panel = d.page.locator('.ped-panel')
    await panel.getByRole('heading', { name: '人工任务' }).waitFor()
    await panel.getByLabel('英文名称').fill('Count the insured')
    await panel.getByLabel('英文名称').blur()
    await panel.getByLabel('部门').selectOption('rs')
    await panel.getByLabel('办理时限：数').fill('1')
    await panel.getByLabel('办理时限：数').blur()
    await panel.getByLabel('办理时限：单位').selectOption('wh')
    await saved(d.page)
    if (!(await d.page.locator('.ped-canvas [data-element-id=count_heads]').count())) faults.push('the new step is not in the drawing')

    // ---- a fault, found at its element and mended ----
    await panel.getByLabel('由谁办').selectOption('')
    const finding = d.page.locator('.findings .notice li', { hasText: 'count_heads' }).first()
    await finding.waitFor()
    await d.page.locator('.ped-list').getByRole('button', { name: /提交申请/ }).press('Enter')
    await finding.getByRole('button').click()
    await d.page.waitForFunction(() => document.querySelector('.ped-panel input.mono')?.value === 'count_heads')
    await d.page.locator('.ped-canvas .tb-fault').first().waitFor()
    await d.page.screenshot({ path: `${shots}/designer-fault-zh.png` })
    faults.push(...(await axe(d.page)))
    await panel.getByLabel('由谁办').selectOption('handler')
    await d.page.getByText('检查通过，没有发现问题').waitFor()
    await d.page.screenshot({ path: `${shots}/designer-process-zh.png` })
    if (await d.page.getByRole('button', { name: '撤销' }).isDisabled()) faults.push('nothing can be undone')

    // ---- a question ----
    await tab(d.page, '表单')
    await d.page.locator('.fed-list').getByRole('button', { name: /用工人数/ }).click()
    await d.page.getByRole('button', { name: '在其后加一个问题' }).click()
    await d.page.getByLabel('问题（中文）').fill('办事联系人')
    await d.page.getByLabel('问题（英文）').fill('Contact person')
    await d.page.locator('.fed-list').getByLabel('代码').fill('contact')
    await d.page.getByRole('button', { name: '加入', exact: true }).last().click()
    await d.page.locator('.fed-see').getByText('办事联系人').waitFor()
    await d.page.locator('.fed-one').getByText('必填', { exact: true }).click()
    await saved(d.page)
    await d.page.getByText('检查通过，没有发现问题').waitFor()
    await d.page.screenshot({ path: `${shots}/designer-form-zh.png` })
    faults.push(...(await axe(d.page)))

    // ---- two editors: the one who comes later is told, and nothing is lost in silence ----
    await other.page.locator('#en-sm-en').fill('Registered by somebody else')
    await other.page.locator('#en-sm-en').blur()
    await other.page.getByRole('alert').getByText('秦设计').waitFor()
    faults.push(...(await axe(other.page)))
    await other.page.screenshot({ path: `${shots}/designer-conflict-zh.png` })
    await other.page.getByRole('button', { name: '采用对方的' }).click()
    await other.page.getByRole('alert').waitFor({ state: 'detached' })
    faults.push(...wrong(other.seen, [409]))
    await other.context.close()

    // ---- it can be left and taken up again ----
    await d.go(`/studio/services/${SERVICE}?tab=compare`)
    const changes = d.page.locator('.dchanges')
    await changes.getByText('核对参保人数').first().waitFor()
    await changes.getByText('办事联系人').first().waitFor()
    await d.page.screenshot({ path: `${shots}/designer-compare-zh.png`, fullPage: true })
    faults.push(...(await axe(d.page)))
    await d.page.getByRole('button', { name: '提交，由第二人发布' }).click()
    await said(d.page, '已提交')
    await d.page.getByRole('heading', { name: /待发布/ }).waitFor()
    if (await d.page.getByRole('button', { name: '发布', exact: true }).count()) faults.push('who submitted it may release it')
    faults.push(...wrong(d.seen))
    await d.context.close()

    const e = await open(browser, { as: 'publisher1', lang: 'en', width: 360, height: 740 })
    await e.go(`/studio/services/${SERVICE}?tab=versions`)
    await e.page.locator('.dchanges').getByText('count_heads').or(e.page.locator('.dchanges').getByText('核对参保人数')).first().waitFor()
    faults.push(...(await axe(e.page)), ...(await overflow(e.page)), ...(await smallTargets(e.page)), ...(await chineseLeft(e.page)), ...wrong(e.seen))
    await e.page.screenshot({ path: `${shots}/designer-release-en.png`, fullPage: true })
    await e.context.close()
    const p = await open(browser, { as: 'publisher1' })
    await p.go(`/studio/services/${SERVICE}?tab=versions`)
    await p.page.getByRole('button', { name: '发布', exact: true }).click()
    await said(p.page, '已发布')
    await p.page.locator('.card', { hasText: '已发布' }).first().waitFor()
    faults.push(...wrong(p.seen))
    await p.context.close()

    // ---- used: the applicant meets the question, the officer the step ----
    const who = await party('yunfan')
    const asked = await who.get(`/services/${SERVICE}/form`)
    if (!asked.schema.properties.contact) faults.push('the form does not ask the new question')
    const made = await who.post('/cases', { service: SERVICE, data: { ...asked.data, headcount: 12, contact: '孙女士' } })
    const officer = await party('rs.handler')
    const decide = async (title) => {
      const task = await until(title, async () => (await officer.get('/desk/tasks?scope=department&limit=100')).items.find((x) => x.case === made.id && (x.title.zh ?? x.title) === title && !x.waiting))
      await officer.post(`/cases/${made.id}/tasks/${task.id}/claim`)
      return task
    }
    const first = await decide('用工和参保登记审核')
    await officer.post(`/cases/${made.id}/tasks/${first.id}/decide`, { outcome: 'approve' })
    await decide('核对参保人数')
    const o = await open(browser, { as: 'rs.handler' })
    await o.go(`/desk/cases/${made.id}`)
    await o.page.getByRole('heading', { name: '核对参保人数' }).waitFor()
    await o.page.getByText('孙女士').first().waitFor()
    await o.page.locator('.flow-card summary').click()
    await o.page.locator('.flow-card [data-element-id=count_heads].tb-running').waitFor()
    await o.page.locator('.flow-line', { hasText: '核对参保人数' }).getByText('办理中').waitFor()
    await o.page.screenshot({ path: `${shots}/designer-used-zh.png`, fullPage: true })
    faults.push(...(await axe(o.page)), ...wrong(o.seen))
    await o.context.close()

    // ---- the journal ----
    const audit = await (await party('auditor')).get('/audit?limit=100')
    for (const action of ['service.saved', 'publication.requested', 'publication.approved']) if (!audit.items.some((x) => x.action === action)) faults.push(`the journal has no ${action}`)
    return faults
  },

  async 'a draft plays its scenarios apart from the city, and a submission is turned down with a reason that the designer reads'(browser) {
    const faults = []
    const code = 'housing_fund'
    const api = await party('designer')
    const before = (await (await party('scjg.head')).get('/desk/statistics').catch(() => null)) && (await api.get('/studio/services')).items.length
    const was = await api.get(`/studio/designs/${code}`)
    const path = Object.keys(was.files).find((f) => f.startsWith('scenarios/'))
    const files = { ...was.files }
    const entry = JSON.parse(files['service.json'])
    entry.summary.en += ' (as of the new counter)'
    files['service.json'] = JSON.stringify(entry, null, 2)
    const story = JSON.parse(files[path])
    const step = story.steps.findIndex((x) => x.do === 'file')
    const spoilt = { ...files, [path]: JSON.stringify({ ...story, steps: story.steps.map((x, i) => (i === step ? { ...x, expect: { state: 'refused' } } : x)) }, null, 2) }
    let { rev } = await api.post(`/studio/designs/${code}/draft`, { files: spoilt, rev: was.draft?.rev ?? 0 })

    const d = await open(browser, { as: 'designer', width: 1280 })
    await d.go(`/studio/services/${code}?tab=scenarios`)
    const all = d.page.locator('.played')
    await all.first().getByRole('button', { name: /运行/ }).click()
    await all.first().locator('.tag', { hasText: '不符合' }).waitFor({ timeout: 120000 })
    if (!(await all.first().locator('.notice.red').innerText()).trim()) faults.push('what failed is not said')
    faults.push(...(await axe(d.page)), ...(await overflow(d.page)))
    await d.page.screenshot({ path: `${shots}/designer-scenario-bad-zh.png`, fullPage: true })
    await d.context.close()

    rev = (await api.post(`/studio/designs/${code}/draft`, { files, rev })).rev
    for (const [lang, width] of [['zh-CN', 1280], ['en', 1280], ['zh-CN', 360], ['en', 360]]) {
      const w = await open(browser, { as: 'designer', lang, width })
      await w.go(`/studio/services/${code}?tab=scenarios`)
      if (lang === 'en' && width === 1280) {
        await w.page.getByRole('button', { name: /^Play all/ }).click()
        await w.page.getByText(/\d+ held, 0 did not/).waitFor({ timeout: 300000 })
      } else {
        await w.page.locator('.played').first().getByRole('button', { name: lang === 'en' ? /^Play/ : /^运行/ }).click()
        await w.page.locator('.played').first().locator('.tag', { hasText: lang === 'en' ? 'holds' : '符合' }).first().waitFor({ timeout: 120000 })
      }
      faults.push(...(await axe(w.page)), ...(await overflow(w.page)), ...wrong(w.seen))
      if (lang === 'en') faults.push(...(await chineseLeft(w.page)))
      await w.page.screenshot({ path: `${shots}/designer-scenarios-${lang}-${width}.png`, fullPage: true })
      await w.context.close()
    }
    if (before && (await api.get('/studio/services')).items.length !== before) faults.push('playing has changed the catalogue')

    // ---- turned down, read, taken up again, taken back ----
    await api.post(`/studio/designs/${code}/publications`, { rev })
    const p = await open(browser, { as: 'publisher1', width: 1280 })
    await p.go(`/studio/services/${code}?tab=versions`)
    await p.page.getByRole('button', { name: /^退回/ }).click()
    await p.page.getByLabel('理由').fill('英文说明请先由法制科核对')
    faults.push(...(await axe(p.page)))
    await p.page.screenshot({ path: `${shots}/designer-turn-down-zh.png`, fullPage: true })
    await p.page.locator('.with-reason').getByRole('button', { name: '退回' }).click()
    await said(p.page, '已退回')
    faults.push(...wrong(p.seen))
    await p.context.close()
    for (const [lang, width] of [['zh-CN', 1280], ['en', 360]]) {
      const w = await open(browser, { as: 'designer', lang, width })
      await w.go(`/studio/services/${code}?tab=versions`)
      await w.page.locator('.notice.red', { hasText: '英文说明请先由法制科核对' }).waitFor()
      faults.push(...(await axe(w.page)), ...(await overflow(w.page)), ...wrong(w.seen))
      await w.page.screenshot({ path: `${shots}/designer-turned-down-${lang}-${width}.png`, fullPage: true })
      await w.context.close()
    }
    const again = await api.post(`/studio/designs/${code}/publications`, { rev })
    await api.post(`/studio/publications/${again.id}/reject`, { reason: '再改一处' })
    await api.post(`/studio/designs/${code}/discard`, { rev })
    const audit = await (await party('auditor')).get('/audit?limit=100')
    if (audit.items.filter((x) => x.action === 'publication.rejected').length < 2) faults.push('the journal does not say who turned it down')
    return faults
  },
}
