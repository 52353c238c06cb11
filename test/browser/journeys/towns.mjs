// Originals between towns, and a case that stands still until its head has it tried again.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { party, until } from '../city.mjs'
import { axe, chineseLeft, open, overflow, shots, smallTargets, wrong } from '../lib.mjs'

const PHONE = { width: 360, height: 740 }

/** A service folder, published through the interface by the two people it takes. */
async function publish(folder) {
  const walk = (d) => readdirSync(d).flatMap((n) => (statSync(join(d, n)).isDirectory() ? walk(join(d, n)) : [join(d, n)]))
  const files = Object.fromEntries(walk(folder).map((f) => [relative(folder, f), readFileSync(f, 'utf8')]))
  const asked = await (await party('publisher1')).post('/studio/publications', { files })
  await (await party('publisher2')).post(`/studio/publications/${asked.id}/approve`)
}
const taskOf = async (login, id, kind) =>
  until(`a task for ${login}`, async () => (await (await party(login)).get('/desk/tasks?scope=department&limit=100')).items.find((t) => t.case === id && !t.waiting && (!kind || t.title.zh === kind)))
async function decide(login, id, body, kind) {
  const t = await taskOf(login, id, kind)
  return (await party(login)).post(`/cases/${id}/tasks/${t.id}/decide`, body)
}

export const towns = {
  async 'originals go from one town to another: the list says where they are, and they are signed for'(browser) {
    const faults = []
    const window = await party('window.changan')
    const who = { id_kind: 'resident_id', id_number: '441900198503030032', name: '王五' }
    const form = await window.post('/desk/intake/prefill', { service: 'unemployment_registration', ...who })
    const filed = await window.post('/cases', { service: 'unemployment_registration', town: '441900004', on_behalf_of: who, data: { ...form.data, ended_on: '2021-02-20', trade: '电工' } })
    await decide('window.changan', filed.id, { outcome: 'done', data: { papers: ['解除劳动关系证明原件', '劳动合同原件'] } }, '窗口收取原件')
    const line = (page) => page.locator('.hand .card', { hasText: filed.number })

    const out = await open(browser, { ...PHONE, as: 'window.changan' })
    await out.go('/desk/handovers')
    if (!/移出/.test(await line(out.page).innerText())) faults.push('the sending window does not see it as outgoing')
    faults.push(...(await axe(out.page)), ...(await overflow(out.page)), ...(await smallTargets(out.page)))
    await out.page.screenshot({ path: `${shots}/handovers-out.png`, fullPage: true })

    const there = await open(browser, { lang: 'en', as: 'rs.window' })
    await there.go('/desk/handovers?state=sent')
    const card = line(there.page)
    for (const word of ['Incoming', 'On the way', 'Chang', 'Nancheng', '解除劳动关系证明原件'])
      if (!(await card.innerText()).includes(word)) faults.push(`the list does not say ${word}`)
    faults.push(...(await axe(there.page)), ...(await chineseLeft(there.page)))
    await there.page.screenshot({ path: `${shots}/handovers-in-en.png`, fullPage: true })
    await card.getByRole('link', { name: /Check and sign/ }).click()
    await there.page.waitForURL(new RegExp(filed.id))
    await there.page.waitForSelector('input[name=outcome][value=missing]')
    await there.page.locator('input[name=outcome][value=missing]').check()
    await there.page.fill('#opinion', '缺劳动合同原件')
    await there.page.locator('.decide-col form button[type=submit]').click()
    await there.page.waitForSelector('.toast')
    await out.go('/desk/handovers?state=incomplete')
    if (!/不齐/.test(await line(out.page).innerText())) faults.push('the sending window does not learn that something is missing')
    await decide('window.changan', filed.id, { outcome: 'done', data: { papers: ['劳动合同原件'] } }, '窗口收取原件')
    await decide('rs.window', filed.id, { outcome: 'received', opinion: '齐全' }, '签收原件')
    await out.go('/desk/handovers')
    await line(out.page).nth(1).waitFor()
    const all = await line(out.page).allInnerTexts()
    if (all.length !== 2 || !/已签收/.test(all[0]) || !/缺件/.test(all[1])) faults.push(`the list is wrong: ${all.join(' | ')}`)
    const other = await (await party('window.dongcheng')).get('/desk/handovers?limit=100')
    if (other.items.some((h) => h.case_number === filed.number)) faults.push('a third town sees it')
    const bad = await (await party('rs.window')).get('/desk/handovers?state=lost').then(() => null, (e) => String(e))
    if (!/400/.test(bad ?? '')) faults.push('an unknown state is not refused')
    faults.push(...wrong(out.seen), ...wrong(there.seen))
    await out.context.close()
    await there.context.close()
    return faults
  },

  async 'a case stands still: the officer reads why, the head is told and has it tried again'(browser) {
    const faults = []
    await publish(fileURLToPath(new URL('../papers', import.meta.url)))
    const lisi = await party('lisi')
    const filed = await lisi.post('/cases', { service: 'papers_check', data: { applicant_name: '李四' } })

    const officer = await open(browser, { ...PHONE, as: 'scjg.handler' })
    await officer.go(`/desk/cases/${filed.id}`)
    const said = await officer.page.innerText('.stand')
    if (!/清单销号/.test(said) || !/怎么办/.test(said) || !/部门负责人/.test(said)) faults.push(`the officer is not told what happened: ${said}`)
    if (await officer.page.locator('.stand button').count()) faults.push('whoever is not the head can try it again')
    faults.push(...(await axe(officer.page)), ...(await overflow(officer.page)), ...(await smallTargets(officer.page)))
    await officer.page.screenshot({ path: `${shots}/standstill.png` })

    const head = await open(browser, { lang: 'en', as: 'scjg.head' })
    await until('the message to the head', async () => (await (await party('scjg.head')).get('/inbox')).items.some((m) => m.case === filed.id))
    await head.go('/desk/messages')
    await head.page.locator('.msg-head').first().click()
    await head.page.locator('.msg-body a.btn:visible').first().click()
    await head.page.waitForURL((u) => u.pathname === `/desk/cases/${filed.id}`)
    await head.page.waitForSelector('.stand')
    const en = await head.page.innerText('.stand')
    if (!/Takes over original papers/.test(en) || !/What to do/.test(en)) faults.push(`the head is not told in English: ${en}`)
    faults.push(...(await chineseLeft(head.page)), ...(await axe(head.page)))
    await head.page.locator('.stand button').click()
    await head.page.locator('.stand-say', { hasText: 'tried again and stands still again' }).waitFor()
    await head.page.screenshot({ path: `${shots}/standstill-en.png` })
    await decide('scjg.handler', filed.id, { outcome: 'done', opinion: '已寄出' })
    await head.page.locator('.stand button').click()
    await head.page.waitForSelector('.stand', { state: 'detached' })
    await head.page.locator('.toast', { hasText: 'goes on' }).waitFor()
    await until('the end', async () => (await lisi.get(`/cases/${filed.id}`)).outcome === 'approved')
    faults.push(...wrong(officer.seen), ...wrong(head.seen))
    await officer.context.close()
    await head.context.close()
    return faults
  },
}
