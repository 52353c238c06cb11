// A stand-in for the server while the pages are being made, and for tests of the pages alone. Not part of the product: no
// rights, no persistence, invented data. It serves dist/ under the same content policy as the server.
//   node mock/server.mjs [port]      sign in as lin (a person), hwl (an enterprise) or wang (staff); any password
import { createServer } from 'node:http'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as d from './data.mjs'

const port = Number(process.argv[2] ?? 8090)
const dist = fileURLToPath(new URL('../dist', import.meta.url))
const T = (zh, en) => ({ zh, en })
const CSP = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json', '.txt': 'text/plain' }

const people = {
  lin: { id: 'p1', kind: 'person', login: 'lin', name: '林晓梅', must_change_password: false, totp: false, acting_for: null, principals: [{ id: 'e1', name: '东莞市好味来餐饮有限公司' }], staff: null },
  hwl: { id: 'e1', kind: 'enterprise', login: 'hwl', name: '东莞市好味来餐饮有限公司', must_change_password: false, totp: true, acting_for: null, principals: [], staff: null },
  wang: { id: 's1', kind: 'staff', login: 'wang', name: '王建国', must_change_password: false, totp: false, acting_for: null, principals: [], staff: { department: d.departments[0], town: '*', roles: ['window', 'handler', 'reviewer', 'head', 'designer', 'publisher', 'administrator', 'security', 'auditor'].map((role) => ({ role, department: 'scjg', town: '*' })) } },
  fresh: { id: 's2', kind: 'staff', login: 'fresh', name: '新同事', must_change_password: true, totp: false, acting_for: null, principals: [], staff: { department: d.departments[0], town: '*', roles: [{ role: 'handler', department: 'scjg', town: '*' }] } },
}
const sessions = new Map()
const drafts = new Map()
const attachments = new Map([['a1', { id: 'a1', name: '鸿福路租赁合同.pdf', type: 'pdf', size: 482133, sha256: '0', material: 'lease', at: d.ago(40) }]])
const delegations = [{ id: 'g1', direction: 'given', agent: { login: 'chen', name: '陈家强' }, services: ['*'], until: '2027-03-01' }]
const templates = [{ id: 't1', text: '材料齐全，符合法定形式，予以受理。', outcome: 'accept' }, { id: 't2', text: '经审查，符合许可条件，同意。', outcome: 'approve' }]
const absences = []
const roleChanges = [{ id: 'r1', account: 's3', name: '李敏', role: 'reviewer', department: 'scjg', town: '*', grant: true, reason: '接任审核岗', requested_by: '赵主任', requested_at: d.ago(1), state: 'waiting' }]
const publications = [{ id: 'b1', service: 'food_business_permit', hash: 'a'.repeat(64), asked_by: { id: 's4', name: '赵主任' }, at: d.ago(1), state: 'asked' }]
let seq = 1
const uid = () => '0192f0bb-0000-7000-8000-' + String(seq++).padStart(12, '0')

class Fault extends Error {
  constructor(status, code, zh, en, problems = []) {
    super(code)
    Object.assign(this, { status, body: { type: `/errors/${code}`, title: T(zh, en), status, detail: T('', ''), problems, request: uid() } })
  }
}
const page = (list, q) => {
  const limit = Number(q.get('limit') ?? 20)
  const from = Number(q.get('cursor') ?? 0)
  return { items: list.slice(from, from + limit), next: from + limit < list.length ? String(from + limit) : null }
}
const sessionOf = (c) => ({ signed_in: !!c.actor, csrf: c.sid ? 'csrf-' + c.sid : '', actor: c.actor ?? null, city: { code: '441900', name: T('东莞', 'Dongguan'), demo: true } })
const need = (c) => {
  if (!c.actor) throw new Fault(401, 'auth.required', '请先登录', 'Please sign in')
}
const needStaff = (c) => {
  need(c)
  if (c.actor.kind !== 'staff') throw new Fault(403, 'auth.forbidden', '没有权限', 'Not allowed')
}
const find = (list, id) => {
  const x = list.find((y) => y.id === id)
  if (!x) throw new Fault(404, 'not_found', '没有找到', 'Not found')
  return x
}
const rowOf = (c) => ({ id: c.id, number: c.number, service: c.service, state: c.state, filed_at: c.filed_at, due_at: c.clock?.due_at ?? null, light: c.clock?.light ?? 'none', waiting_for_me: c.state === 'correction' })
const draftReply = (x) => ({ body: x, headers: { ETag: `"${x.v}"` } })

const routes = [
  ['GET', '/session', (c) => sessionOf(c)],
  ['POST', '/session', (c) => {
    const who = people[c.body.login]
    if (!who || !c.body.password) throw new Fault(401, 'auth.failed', '账号或密码不对', 'The user name or password is not right')
    if (who.login === 'hwl' && !c.body.totp) throw new Fault(401, 'auth.totp_required', '需要验证码', 'A code is needed')
    const sid = uid()
    sessions.set(sid, who)
    return { body: sessionOf({ sid, actor: who }), headers: { 'Set-Cookie': `tongban=${sid}; HttpOnly; SameSite=Lax; Path=/` } }
  }],
  ['DELETE', '/session', (c) => (sessions.delete(c.sid), { status: 204, headers: { 'Set-Cookie': 'tongban=; Max-Age=0; Path=/' } })],
  ['POST', '/session/acting', (c) => (need(c), (c.actor.acting_for = c.actor.principals.find((p) => p.id === c.body.principal) ?? null), sessionOf(c))],
  ['POST', '/registration', () => ({ status: 201, body: {} })],
  ['POST', '/me/password', (c) => (need(c), (c.actor.must_change_password = false), { status: 204 })],
  ['POST', '/me/totp', () => ({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/tongban:lin?secret=JBSWY3DPEHPK3PXP&issuer=tongban' })],
  ['POST', '/me/totp/confirm', (c) => ((c.actor.totp = true), { status: 204 })],
  ['DELETE', '/me/totp', (c) => ((c.actor.totp = false), { status: 204 })],
  ['GET', '/me/profile', (c) => (need(c), d.profile)],
  ['GET', '/me/reads', (c) => (need(c), page(d.reads, c.query))],
  ['GET', '/me/export', (c) => (need(c), d.profile)],
  ['POST', '/me/erasure', () => { throw new Fault(409, 'erasure.open_cases', '还有在办的事项，暂不能删除', 'A case is still open') }],
  ['GET', '/delegations', (c) => (need(c), page(delegations, c.query))],
  ['POST', '/delegations', (c) => (delegations.push({ id: uid(), direction: 'given', agent: { login: c.body.agent_login }, ...c.body }), { status: 201, body: delegations.at(-1) })],
  ['DELETE', '/delegations/{id}', (c) => (delegations.splice(delegations.findIndex((x) => x.id === c.p[0]), 1), { status: 204 })],

  ['GET', '/services', (c) => {
    const g = (n) => c.query.get(n) ?? ''
    const q = g('q')
    return page(d.cards.filter((s) => (!q || [s.name.zh, s.name.en, s.summary.zh, s.summary.en].some((t) => t.toLowerCase().includes(q.toLowerCase()))) && (!g('area') || s.area === Number(g('area'))) && (!g('audience') || s.audience.includes(g('audience'))) && (!g('department') || s.department.code === g('department'))), c.query)
  }],
  ['GET', '/services/{code}', (c) => d.service(c.p[0]) ?? find([], '')],
  ['GET', '/services/{code}/form', (c) => (need(c), formFor(c.p[0]))],
  ['GET', '/departments', (c) => page(d.departments, c.query)],
  ['GET', '/towns', (c) => page(d.towns, c.query)],
  ['GET', '/halls', (c) => page(d.halls, c.query)],
  ['GET', '/coverage', () => d.coverage],
  ['GET', '/privacy', () => ({ text: T('我们收集什么\n\n只收集办理您申请的事项所必需的信息，依据是《个人信息保护法》第十三条第三项（履行法定职责）。\n\n谁能看\n\n只有手上有您办件任务的工作人员，而且每次查看都有记录。', 'What we collect\n\nOnly what your application needs (PIPL art. 13).\n\nWho sees it\n\nOnly officers with a task on your case, and every look is recorded.') })],
  ['GET', '/errors/{code}', (c) => ({ code: c.p[0], title: T('缺少必填项', 'A required field is missing'), remedy: T('请补填后重新提交。', 'Fill it in and submit again.'), status: 422 })],
  ['GET', '/verify/{token}', (c) => {
    if (c.p[0] === 'demo-good') return { good: true, status: 'valid', title: T('营业执照', 'Business licence'), number: '91441900MA0000000X', certificate_id: '1.2.156.3005.2.x', issued_at: d.ago(1), sha256: 'ab'.repeat(32), test_keys: true, report: { good: true, checks, record: { title: '营业执照' } } }
    if (c.p[0] === 'demo-old') return { good: false, status: 'expired', title: T('食品经营许可证', 'Food business permit'), number: 'JY24419000000001', certificate_id: null, issued_at: '2021-05-12T10:00:00+08:00', sha256: 'cd'.repeat(32), test_keys: true, report: { good: true, checks } }
    return find([], '')
  }],
  ['POST', '/verify', (c) => (c.raw.subarray(0, 4).toString() === '%PDF' ? { good: true, checks, record: { id: 'x', title: '营业执照', number: '91441900MA0000000X' }, status: 'valid', test_keys: true } : { good: false, checks: [{ name: 'format', ok: 'failed', text: T('这不是 PDF 文件', 'This is not a PDF file') }], record: null, status: null, test_keys: true })],
  ['GET', '/shared/{token}', (c) => (c.p[0] === 'demo' ? { number: d.cases[0].number, service: d.cases[0].service.name, state: d.cases[0].state, steps: d.cases[0].steps.map(({ name, department, state, clock }) => ({ name, department, state, clock })) } : find([], ''))],
  ['GET', '/openapi.json', () => openapi()],

  ['GET', '/drafts', (c) => (need(c), page([...drafts.values()].filter((x) => x.owner === c.actor.id), c.query))],
  ['POST', '/drafts', (c) => {
    need(c)
    const x = { id: uid(), owner: c.actor.id, service: c.body.service, data: {}, page: null, updated_at: d.iso(Date.now()), v: 1 }
    drafts.set(x.id, x)
    return { ...draftReply(x), status: 201 }
  }],
  ['GET', '/drafts/{id}', (c) => draftReply(drafts.get(c.p[0]) ?? find([], ''))],
  ['PUT', '/drafts/{id}', (c) => {
    const x = drafts.get(c.p[0]) ?? find([], '')
    if (c.headers['if-match'] !== `"${x.v}"`) throw new Fault(412, 'draft.changed', '草稿已在别处修改', 'The draft was changed elsewhere')
    Object.assign(x, { data: c.body.data, page: c.body.page, v: x.v + 1, updated_at: d.iso(Date.now()) })
    return { body: { updated_at: x.updated_at, problems: [] }, headers: { ETag: `"${x.v}"` } }
  }],
  ['DELETE', '/drafts/{id}', (c) => (drafts.delete(c.p[0]), { status: 204 })],
  ['POST', '/attachments', (c) => {
    const head = c.raw.subarray(0, 8)
    const type = head.toString('latin1').startsWith('%PDF') ? 'pdf' : head[1] === 0x50 && head[2] === 0x4e ? 'png' : head[0] === 0xff && head[1] === 0xd8 ? 'jpeg' : null
    if (!type) throw new Fault(415, 'attachment.type', '只能上传 PDF、PNG、JPEG 或 OFD', 'Only PDF, PNG, JPEG or OFD')
    const x = { id: uid(), name: c.query.get('name'), type, size: c.raw.length, sha256: '0', material: c.query.get('material') }
    attachments.set(x.id, x)
    return { status: 201, body: x }
  }],
  ['GET', '/attachments', (c) => page([...attachments.values()], c.query)],
  ['GET', '/attachments/{id}', () => ({ raw: Buffer.from('%PDF-1.4\n'), type: 'application/pdf' })],
  ['POST', '/cases', (c) => {
    need(c)
    const problems = []
    if (/不良/.test(c.body.data?.name ?? '')) problems.push({ code: 'name.taken', field: '/name', text: T('这个名称已被登记', 'This name is taken'), remedy: T('请换一个字号。', 'Choose another name.') })
    if (problems.length) throw new Fault(422, 'form.invalid', '有内容需要修改', 'Some answers need a change', problems)
    const x = structuredClone(d.cases[1])
    Object.assign(x, { id: uid(), number: `441900-2026-00${2000 + seq}`, service: { code: c.body.service, name: d.service(c.body.service).name }, state: 'filed', correction: null, filed_at: d.iso(Date.now()), can: ['withdraw', 'urge', 'share'], history: [{ at: d.iso(Date.now()), text: T('提交申请', 'Application filed'), who: T('申请人', 'Applicant') }] })
    d.cases.unshift(x)
    if (c.body.draft) drafts.delete(c.body.draft)
    return { status: 201, body: x }
  }],
  ['GET', '/cases', (c) => (need(c), page(d.cases.filter((x) => !c.query.get('state') || x.state === c.query.get('state')).map(rowOf), c.query))],
  ['GET', '/cases/{id}', (c) => (need(c), { ...find(d.cases, c.p[0]), data: d.formData })],
  ['POST', '/cases/{id}/withdraw', (c) => {
    const x = find(d.cases, c.p[0])
    if (c.body.step) x.steps.find((s) => s.key === c.body.step).state = 'withdrawn'
    else Object.assign(x, { state: 'withdrawn', can: ['share'] })
    x.version++
    return x
  }],
  ['POST', '/cases/{id}/correction', (c) => Object.assign(find(d.cases, c.p[0]), { state: 'filed', correction: null })],
  ['POST', '/cases/{id}/urge', () => ({ status: 204 })],
  ['POST', '/cases/{id}/share', () => ({ url: '/shared/demo', expires_at: d.iso(Date.now() + 30 * 86400e3) })],
  ['GET', '/cases/{id}/documents/{doc}', () => ({ raw: Buffer.from('%PDF-1.4\n'), type: 'application/pdf' })],
  ['GET', '/licences', (c) => (need(c), page(d.licences, c.query))],
  ['GET', '/inbox', (c) => (need(c), page(d.messages, c.query))],
  ['POST', '/inbox/{id}/read', (c) => ((find(d.messages, c.p[0]).read = true), { status: 204 })],

  ['GET', '/desk/tasks', (c) => {
    needStaff(c)
    const g = (n) => c.query.get(n) ?? ''
    return page(d.tasks.filter((t) => (g('scope') !== 'mine' || t.assignee?.id === c.actor.id) && (!g('light') || t.light === g('light')) && (!g('q') || t.case_number.includes(g('q')))), c.query)
  }],
  ['GET', '/desk/cases/{id}', (c) => {
    needStaff(c)
    const x = find(d.cases, c.p[0])
    const tasks = d.tasks.filter((t) => t.case === x.id).slice(0, 2).map((t) => ({ ...t, status: t.assignee ? 'claimed' : 'open', outcomes: d.outcomes[t.kind] ?? d.outcomes.other, opinion_required: t.kind === 'review', can_decide: true, stop_causes: d.stopCauses, separate: null, form: null }))
    return { ...x, data: d.formData, schema: d.forms.establish_company, attachments: [...attachments.values()], explanations: d.explanations, tasks, journal: [] }
  }],
  ['POST', '/cases/{id}/tasks/{task}/claim', (c) => Object.assign(taskOf(c), { assignee: { id: c.actor.id, name: c.actor.name } })],
  ['POST', '/cases/{id}/tasks/{task}/release', (c) => Object.assign(taskOf(c), { assignee: null })],
  ['POST', '/cases/{id}/tasks/{task}/decide', (c) => {
    const t = taskOf(c)
    d.tasks.splice(d.tasks.indexOf(t), 1)
    return find(d.cases, c.p[0])
  }],
  ['POST', '/cases/{id}/tasks/{task}/transfer', (c) => Object.assign(taskOf(c), { assignee: { id: c.body.to, name: '李敏' } })],
  ['POST', '/cases/{id}/tasks/{task}/clock/stop', (c) => find(d.cases, c.p[0])],
  ['POST', '/cases/{id}/tasks/{task}/clock/resume', (c) => find(d.cases, c.p[0])],
  ['POST', '/desk/batch', (c) => ({ results: c.body.items.map((i, n) => (n === 2 ? { task: i.task, ok: false, problem: { type: '/errors/process.token', title: T('已被他人办理', 'Already handled') } } : { task: i.task, ok: true })) })],
  ['GET', '/desk/templates', (c) => page(templates, c.query)],
  ['POST', '/desk/templates', (c) => (templates.push({ id: uid(), ...c.body }), { status: 201, body: templates.at(-1) })],
  ['DELETE', '/desk/templates/{id}', (c) => (templates.splice(templates.findIndex((x) => x.id === c.p[0]), 1), { status: 204 })],
  ['GET', '/desk/absences', (c) => page(absences, c.query)],
  ['POST', '/desk/absences', (c) => (absences.push({ id: uid(), ...c.body, cover: { id: c.body.cover, name: '李敏' } }), { status: 201, body: absences.at(-1) })],
  ['DELETE', '/desk/absences/{id}', (c) => (absences.splice(0, 1), { status: 204 })],
  ['GET', '/desk/colleagues', (c) => page([{ id: 's3', name: '李敏', login: 'li' }, { id: 's4', name: '赵主任', login: 'zhao' }], c.query)],
  ['GET', '/desk/search', (c) => page(d.cases.map((x) => ({ id: x.id, number: x.number, service: x.service.code, state: x.state })).slice(0, 2), c.query)],
  ['GET', '/desk/statistics', () => ({ mine: { done: 128, open: 7, on_time_share: 0.984 }, department: { done: 1502, open: 88, on_time_share: 0.961 } })],
  ['POST', '/desk/intake/prefill', (c) => formFor(c.body.service)],

  ['GET', '/studio/services', (c) => page(d.cards.map((s) => ({ code: s.code, name: s.name, hash: 'f'.repeat(64), published_at: d.ago(12), versions: [{ hash: 'f'.repeat(64), published_at: d.ago(12) }, { hash: 'e'.repeat(64), published_at: d.ago(90) }] })), c.query)],
  ['GET', '/studio/services/{code}/{hash}/files', () => ({ files: { 'service.json': '{}', 'process.bpmn': '<definitions/>', 'form.json': JSON.stringify(d.forms.establish_company, null, 2) } })],
  ['POST', '/studio/check', (c) => (Object.keys(c.body.files).some((f) => f.endsWith('service.json')) ? { good: true, problems: [] } : { good: false, problems: [{ code: 'service.missing', field: 'service.json', text: T('缺少 service.json', 'service.json is missing'), remedy: T('请选择整个事项文件夹。', 'Choose the whole folder of the service.') }] })],
  ['GET', '/studio/publications', (c) => page(publications, c.query)],
  ['POST', '/studio/publications', () => ({ status: 201, body: publications[0] })],
  ['POST', '/studio/publications/{id}/approve', (c) => Object.assign(find(publications, c.p[0]), { state: 'published' })],
  ['GET', '/admin/staff', (c) => page([people.wang, people.fresh].map((x) => ({ id: x.id, login: x.login, name: x.name, department: x.staff.department, town: x.staff.town, roles: x.staff.roles, totp: x.totp, must_change_password: x.must_change_password })), c.query)],
  ['POST', '/admin/staff', (c) => ({ status: 201, body: { id: uid(), login: c.body.login, password: 'correct-horse-battery' } })],
  ['GET', '/admin/role-changes', (c) => page(roleChanges, c.query)],
  ['POST', '/admin/role-changes', (c) => (roleChanges.unshift({ id: uid(), ...c.body, name: '李敏', state: 'waiting', requested_at: d.iso(Date.now()), requested_by: c.actor.name }), { status: 201, body: roleChanges[0] })],
  ['POST', '/admin/role-changes/{id}/approve', (c) => Object.assign(find(roleChanges, c.p[0]), { state: 'approved' })],
  ['POST', '/admin/role-changes/{id}/reject', (c) => Object.assign(find(roleChanges, c.p[0]), { state: 'rejected' })],
  ['GET', '/admin/erasures', (c) => page([{ id: 'x1', requested_by: '林*梅', requested_at: d.ago(1), state: 'waiting' }], c.query)],
  ['POST', '/admin/erasures/{id}/approve', () => ({ status: 204 })],
  ['GET', '/audit', (c) => page([{ at: d.ago(0, 1), action: 'session.begin', actor: '王建国', details: { peer: '10.0.0.7' } }, { at: d.ago(0, 2), action: 'role.asked', actor: '赵主任', details: { role: 'reviewer' } }], c.query)],
  ['GET', '/audit/reads', (c) => page(d.reads.map((r) => ({ ...r, subject: '林*梅' })), c.query)],
]
const checks = [
  { name: 'signature', ok: 'ok', text: T('电子签名有效，文件自签发后没有改动', 'The signature is good and the file unchanged') },
  { name: 'certificate', ok: 'ok', text: T('签发机构的证书有效', 'The issuer’s certificate is good') },
  { name: 'log', ok: 'warning', text: T('公开日志中的位置：1287；见证人尚未联署最新检查点', 'Log position 1287; the newest checkpoint is not cosigned yet') },
]
function taskOf(c) {
  needStaff(c)
  const t = d.tasks.find((x) => x.case === c.p[0] && x.id === c.p[1])
  if (!t) throw new Fault(409, 'process.token', '这项任务已被他人办理', 'Somebody else has done this task')
  return t
}
function formFor(code) {
  const source = T('公安人口库', 'Population register')
  const origin = { '/representative/name': { source, as_of: '2026-01-08' }, '/representative/id_number': { source, as_of: '2026-01-08' }, '/mobile': { source: T('您的账号', 'your account'), as_of: '2026-03-02' }, '/enterprise': { source: T('企业登记库', 'Business register'), as_of: '2026-02-01' } }
  const data = d.forms[code] ? { representative: d.formData.representative, mobile: '13800000000' } : { enterprise: '东莞市好味来餐饮有限公司', mobile: '13800000000' }
  return { schema: d.formOf(code), data, origin, materials: d.service(code)?.materials ?? [], reusable: [{ material: 'lease', attachment: attachments.get('a1') }] }
}
function openapi() {
  const paths = {}
  for (const [m, p] of routes) (paths['/api/v1' + p] ??= {})[m.toLowerCase()] = { summary: `${m} ${p}`, parameters: [...p.matchAll(/\{(\w+)\}/g)].map((x) => ({ name: x[1], in: 'path', required: true, schema: { type: 'string' } })), responses: { 200: { description: 'OK' } } }
  return { openapi: '3.1.0', info: { title: 'tongban', version: '1' }, paths }
}

function send(res, status, headers, body) {
  res.writeHead(status, { 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff', ...headers })
  res.end(body)
}
function file(req, res, path) {
  let name = path
  if (/^\/(desk|studio|ops)(\/|$)/.test(path)) name = '/desk.html'
  else if (/^\/(verify|shared|coverage|api|errors|privacy)(\/|$)/.test(path)) name = '/public.html'
  let at = join(dist, normalize(name))
  if (!at.startsWith(dist) || !existsSync(at) || statSync(at).isDirectory()) at = join(dist, 'portal.html')
  const headers = { 'Content-Type': TYPES[extname(at)] ?? 'application/octet-stream', 'Cache-Control': 'no-cache' }
  if (/\bbr\b/.test(req.headers['accept-encoding'] ?? '') && existsSync(at + '.br')) return send(res, 200, { ...headers, 'Content-Encoding': 'br' }, readFileSync(at + '.br'))
  send(res, 200, headers, readFileSync(at))
}
createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x')
  if (!url.pathname.startsWith('/api/v1/')) return file(req, res, url.pathname)
  const path = url.pathname.slice(7)
  const stream = /^\/cases\/[^/]+\/stream$/.exec(path)
  if (stream) {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    return void res.write(': hello\n\n')
  }
  const chunks = []
  for await (const c of req) chunks.push(c)
  const raw = Buffer.concat(chunks)
  const sid = /tongban=([^;]+)/.exec(req.headers.cookie ?? '')?.[1]
  const c = { sid, actor: sessions.get(sid), query: url.searchParams, headers: req.headers, raw, body: null, p: [] }
  try {
    if (raw.length && /json/.test(req.headers['content-type'] ?? '')) c.body = JSON.parse(raw)
    for (const [method, pattern, f] of routes) {
      const m = method === req.method && new RegExp('^' + pattern.replace(/\{\w+\}/g, '([^/]+)') + '$').exec(path)
      if (!m) continue
      c.p = m.slice(1).map(decodeURIComponent)
      const out = await f(c)
      const shaped = out && (out.headers || out.raw || out.status === 204 || (typeof out.status === 'number' && out.body !== undefined))
      const reply = shaped ? out : { body: out }
      if (reply.raw) return send(res, 200, { 'Content-Type': reply.type, 'Content-Disposition': 'attachment' }, reply.raw)
      if (reply.status === 204) return send(res, 204, reply.headers ?? {}, undefined)
      return send(res, reply.status ?? 200, { 'Content-Type': 'application/json', ...reply.headers }, JSON.stringify(reply.body))
    }
    throw new Fault(404, 'not_found', '没有这个接口', 'No such route')
  } catch (e) {
    if (!(e instanceof Fault)) console.error(e)
    const f = e instanceof Fault ? e : new Fault(500, 'internal', '内部错误', 'Internal error')
    send(res, f.status, { 'Content-Type': 'application/problem+json' }, JSON.stringify(f.body))
  }
}).listen(port, '127.0.0.1', () => console.log(`mock server (invented data) on http://127.0.0.1:${port}`))
