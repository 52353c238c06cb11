// Invented data for the development server and the browser tests: no person, company or case here exists.
const T = (zh, en) => ({ zh, en })
const now = Date.now()
export const iso = (ms) => new Date(ms + 8 * 3600e3).toISOString().slice(0, 19) + '+08:00'
export const ago = (days, hours = 0) => iso(now - days * 86400e3 - hours * 3600e3)
const inDays = (d, h = 0) => iso(now + d * 86400e3 + h * 3600e3)

export const departments = [
  { code: 'scjg', name: T('市市场监督管理局', 'Market Supervision Bureau') },
  { code: 'rsj', name: T('市人力资源和社会保障局', 'Human Resources and Social Security Bureau') },
  { code: 'gjj', name: T('市住房公积金管理中心', 'Housing Fund Centre') },
  { code: 'swj', name: T('市税务局', 'Tax Bureau') },
  { code: 'gaj', name: T('市公安局', 'Public Security Bureau') },
  { code: 'zjj', name: T('市住房和城乡建设局', 'Housing and Construction Bureau') },
  { code: 'gdj', name: T('市供电局', 'Power Supply Bureau') },
  { code: 'bdc', name: T('市不动产登记中心', 'Property Registration Centre') },
  { code: 'bank', name: T('合作银行', 'Partner banks') },
]
const dep = (c) => departments.find((d) => d.code === c)
export const towns = [
  ['441900003', '东城街道', 'Dongcheng'], ['441900004', '南城街道', 'Nancheng'], ['441900005', '万江街道', 'Wanjiang'], ['441900006', '莞城街道', 'Guancheng'], ['441900119', '长安镇', 'Chang’an'], ['441900121', '虎门镇', 'Humen'],
].map(([code, zh, en]) => ({ code, name: T(zh, en) }))
export const halls = [
  { id: 'h_city', town: '441900004', name: T('市民服务中心', 'Citizens’ Service Centre'), address: T('南城街道鸿福路', 'Hongfu Road, Nancheng'), hours: T('工作日 9:00–12:00，13:30–17:00', 'Working days 9:00–12:00, 13:30–17:00'), windows: 120, phone: '12345' },
  { id: 'h_changan', town: '441900119', name: T('长安镇政务服务中心', 'Chang’an Service Centre'), address: T('长安镇德政路', 'Dezheng Road, Chang’an'), hours: T('工作日 9:00–12:00，14:00–17:30', 'Working days 9:00–12:00, 14:00–17:30'), windows: 32, phone: '12345' },
]
const wd = (n, source) => ({ n, unit: 'working_day', source: source ?? T('本市承诺', 'This city’s promise') })
const law = (n, unit = 'working_day') => ({ n, unit, source: T('行政许可法', 'Administrative Licensing Law') })

function card(code, area, zh, en, sumZh, sumEn, d, audience, promised, statutory, more = {}) {
  return { code, area, name: T(zh, en), summary: T(sumZh, sumEn), department: dep(d), audience, online: 'full', promised, statutory, fee: T('不收费', 'Free'), visits: 0, ...more }
}
export const cards = [
  card('establish_company', 1, '开办企业', 'Start a company', '营业执照、印章、发票、社保、公积金、银行预约，一张表一次办', 'Licence, seals, invoices, insurance, housing fund and bank on one form', 'scjg', ['enterprise', 'person'], wd(1), law(20)),
  card('food_business_permit', 1, '食品经营许可', 'Food business permit', '开餐馆、食堂、卖预包装以外的食品', 'Restaurants, canteens, and food that is not only pre-packed', 'scjg', ['enterprise'], wd(5), law(20)),
  card('deregister_company', 15, '企业注销一窗通办', 'Close a company', '登记、税务、社保、海关、银行一次注销', 'Registration, tax, insurance, customs and bank closed in one go', 'scjg', ['enterprise'], wd(3), law(20)),
  card('seal_making', 1, '印章刻制备案', 'Company seals', '公章、财务章、发票章', 'Company, finance and invoice seals', 'gaj', ['enterprise'], wd(1), null),
  card('social_insurance_opening', 2, '社会保险单位参保登记', 'Social insurance registration of an employer', '单位首次参保和增员', 'First registration, and new staff', 'rsj', ['enterprise'], wd(1), law(15)),
  card('labour_dispatch_permit', 2, '劳务派遣经营许可', 'Labour dispatch permit', '经营劳务派遣业务', 'Running a labour dispatch business', 'rsj', ['enterprise'], wd(7), law(20), { visits: 1, online: 'partial' }),
  card('housing_fund_opening', 1, '住房公积金单位缴存登记', 'Housing fund registration', '单位开户', 'Opening an account as an employer', 'gjj', ['enterprise'], wd(1), null),
  card('construction_permit', 3, '建筑工程施工许可', 'Construction permit', '开工之前要办的许可', 'The permit before work begins', 'zjj', ['enterprise'], wd(3), law(7)),
  card('power_connection', 6, '低压用电报装', 'Low-voltage connection', '申请、装表接电两步', 'Two steps: apply, connect', 'gdj', ['enterprise', 'person'], wd(3), null),
  card('second_hand_sale', 8, '二手房转移登记', 'Transfer of a home', '网签、缴税、登记、水电气过户一窗办', 'Contract, tax, entry and utilities at one window', 'bdc', ['person'], wd(1), law(30), { fee: T('80 元起', 'From ¥80'), visits: 1, online: 'partial' }),
  card('export_tax_refund', 13, '出口退（免）税备案', 'Export tax refund filing', '首次申报出口退税之前', 'Before the first refund claim', 'swj', ['enterprise'], wd(1), null),
  card('labour_mediation', 14, '劳动争议调解', 'Mediation of labour disputes', '工资、工伤、解除合同的纠纷', 'Pay, injuries at work, dismissals', 'rsj', ['person', 'enterprise'], wd(15), law(30, 'calendar_day')),
]
const full = {
  establish_company: {
    conditions: [T('股东符合法定人数', 'The number of shareholders meets the law'), T('有公司名称和住所', 'There is a name and a registered address')],
    materials: [
      { code: 'lease', name: T('住所使用证明', 'Proof of the registered address'), required: true, forms: T('租赁合同、产权证明任一，照片或 PDF', 'A lease or title, photo or PDF'), later: true, later_days: 20, source: T('申请人自备', 'Yours') },
      { code: 'identity', name: T('法定代表人和股东身份证明', 'Identity of representative and shareholders'), required: true, forms: T('城市已掌握', 'Known to the city'), reuse: 'data:identity', source: T('公安人口库', 'Population register') },
      { code: 'articles', name: T('公司章程', 'Articles of association'), required: false, forms: T('不用标准章程时上传', 'When you do not use the model articles') },
    ],
    steps: [
      { key: 'acceptance', name: T('受理', 'Acceptance'), department: dep('scjg').name, limit: { n: 2, unit: 'working_hour' }, group: 1 },
      { key: 'registration', name: T('设立登记，发营业执照', 'Registration and licence'), department: dep('scjg').name, limit: { n: 4, unit: 'working_hour' }, group: 2 },
      { key: 'seals', name: T('印章刻制', 'Seals'), department: dep('gaj').name, limit: { n: 4, unit: 'working_hour' }, group: 3, optional: true },
      { key: 'tax', name: T('发票和税务 UKey', 'Invoices and tax key'), department: dep('swj').name, limit: { n: 4, unit: 'working_hour' }, group: 3, optional: true },
      { key: 'social_insurance', name: T('参保和用工登记', 'Insurance and employment'), department: dep('rsj').name, limit: { n: 4, unit: 'working_hour' }, group: 3, optional: true },
      { key: 'housing_fund', name: T('公积金开户', 'Housing fund'), department: dep('gjj').name, limit: { n: 4, unit: 'working_hour' }, group: 3, optional: true },
      { key: 'bank', name: T('银行开户预约', 'Bank appointment'), department: dep('bank').name, limit: { n: 4, unit: 'working_hour' }, group: 3, optional: true },
    ],
    results: [{ kind: 'licence', name: T('营业执照（电子）', 'Business licence (electronic)') }, { kind: 'document', name: T('印章备案回执', 'Seal filing receipt') }],
    fees: [], properties: ['one_thing', 'zero_licence', 'citywide'], doubles: [T('银行开户系统', 'Bank accounts')],
  },
  second_hand_sale: { fees: [{ name: T('不动产登记费（住宅）', 'Registration fee (home)'), amount_fen: 8000, basis: T('发改价格规〔2016〕2559号', 'NDRC Price [2016] 2559') }] },
}
export function service(code) {
  const c = cards.find((x) => x.code === code)
  if (!c) return null
  return {
    ...c,
    basic_code: '000131004000', implementation_code: '11441900MB2C000000344013100400001', version: 'b1946ac92492d2347c6235b4d2611184',
    legal_basis: [T('《市场主体登记管理条例》第十九条', 'Regulations on Registration of Market Entities, art. 19'), T('《行政许可法》第三十二条、第四十二条', 'Administrative Licensing Law, arts. 32 and 42')],
    conditions: [T('申请人符合法律规定的条件', 'The applicant meets the conditions of the law')],
    materials: [{ code: 'lease', name: T('经营场所使用证明', 'Proof of premises'), required: true, forms: T('照片或 PDF', 'Photo or PDF') }],
    steps: [{ key: 'acceptance', name: T('受理', 'Acceptance'), department: c.department.name, clock: wd(1), group: 1 }, { key: 'review', name: T('审查', 'Review'), department: c.department.name, clock: wd(2), group: 2 }, { key: 'decision', name: T('决定', 'Decision'), department: c.department.name, clock: wd(1), group: 3 }],
    results: [{ kind: 'licence', name: T('许可证（电子）', 'Permit (electronic)') }],
    fees: [], channels: ['online', 'window', 'mobile'], halls: ['*'], hotline: '12345',
    remedies: T('对决定不服的，可以自收到之日起 60 日内申请行政复议，或 6 个月内提起行政诉讼。', 'You may ask for administrative review within 60 days, or sue within 6 months.'),
    ...full[code],
  }
}

const address = { type: 'object', title: T('住所', 'Registered address'), required: ['town', 'street'], properties: { town: { type: 'string', title: T('镇街', 'Town'), oneOf: towns.map((t) => ({ const: t.code, title: t.name })) }, street: { type: 'string', title: T('路名、门牌、房号', 'Street, number and room'), minLength: 2, maxLength: 100 } } }
const lease = { type: 'string', title: T('住所使用证明', 'Proof of the address'), description: T('租赁合同或产权证明，拍清楚即可。', 'A lease or title; a clear photo will do.'), 'x-attachment': { types: ['pdf', 'png', 'jpeg'], max_bytes: 10485760, material: 'lease' } }
const contact = (group) => ({
  mobile: { type: 'string', title: T('联系手机', 'Mobile number'), description: T('审批进度会发到这里。', 'News goes to this number.'), pattern: '^1[3-9][0-9]{9}$', 'x-identifier': 'mobile', 'x-group': group, 'x-prefill': 'applicant.phone', 'x-personal': true },
})
export const forms = {
  establish_company: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    title: T('开办企业', 'Start a company'),
    required: ['name', 'capital_fen', 'scope', 'address', 'premises_proof', 'representative', 'shareholders', 'parts', 'mobile', 'declaration'],
    'x-groups': { name: T('公司叫什么名字？', 'What is the company called?'), business: T('打算做什么生意？', 'What will it do?'), place: T('公司设在哪里？', 'Where is it?'), people: T('谁来负责？', 'Who is responsible?'), owners: T('股东是谁？', 'Who owns it?'), together: T('还要一起办什么？', 'What else should be done at once?'), contact: T('怎么联系您？', 'How do we reach you?') },
    properties: {
      name: { type: 'string', title: T('公司名称', 'Name of the company'), description: T('由“东莞市＋字号＋行业＋有限公司”组成，例如“东莞市好味来餐饮有限公司”。', 'City, trade name, line of business and form.'), minLength: 4, maxLength: 60, 'x-group': 'name' },
      second_name: { type: 'string', title: T('备选名称', 'Second choice'), maxLength: 60, 'x-group': 'name' },
      scope: { type: 'array', title: T('经营范围', 'Business scope'), description: T('可以选多项。带许可的项目会一起申请。', 'Choose any. Permits needed are asked for together.'), minItems: 1, uniqueItems: true, items: { oneOf: [['catering', '餐饮服务', 'Catering'], ['food_retail', '食品销售', 'Food retail'], ['software', '软件开发', 'Software'], ['metal', '金属制品制造', 'Metal products'], ['logistics', '普通货运', 'Road freight'], ['trade', '货物进出口', 'Import and export']].map(([c, zh, en]) => ({ const: c, title: T(zh, en) })) }, 'x-group': 'business' },
      capital_fen: { type: 'integer', title: T('注册资本（万元）', 'Registered capital (10 000 yuan)'), minimum: 1, maximum: 1000000, 'x-group': 'business' },
      seats: { type: 'integer', title: T('餐位数', 'Seats'), minimum: 1, maximum: 5000, 'x-visible': 'list contains(scope, "catering")', 'x-group': 'business' },
      address: { ...address, 'x-group': 'place' },
      premises_proof: { ...lease, 'x-group': 'place' },
      representative: { type: 'object', title: T('法定代表人', 'Legal representative'), required: ['name', 'id_number'], 'x-group': 'people', properties: { name: { type: 'string', title: T('姓名', 'Name'), 'x-prefill': 'applicant.name', 'x-readonly': true, 'x-personal': true }, id_number: { type: 'string', title: T('身份证号码', 'Resident ID number'), 'x-identifier': 'resident_id', 'x-prefill': 'applicant.id_number', 'x-readonly': true, 'x-personal': true } } },
      shareholders: { type: 'array', title: T('股东', 'Shareholders'), minItems: 1, maxItems: 50, 'x-group': 'owners', items: { type: 'object', title: T('股东', 'Shareholder'), required: ['name', 'id_number', 'share'], properties: { name: { type: 'string', title: T('姓名', 'Name'), minLength: 2, maxLength: 50 }, id_number: { type: 'string', title: T('身份证号码', 'Resident ID number'), 'x-identifier': 'resident_id' }, share: { type: 'number', title: T('出资比例（%）', 'Share (%)'), exclusiveMinimum: 0, maximum: 100 } } } },
      parts: { type: 'array', title: T('一起办理', 'Also do'), minItems: 1, uniqueItems: true, 'x-group': 'together', items: { oneOf: [['seals', '刻制印章', 'Make seals'], ['tax', '发票和税务 UKey', 'Invoices and tax key'], ['social_insurance', '社保和用工登记', 'Insurance and employment'], ['housing_fund', '公积金开户', 'Housing fund'], ['bank', '银行开户预约', 'Bank appointment']].map(([c, zh, en]) => ({ const: c, title: T(zh, en) })) } },
      has_staff: { type: 'boolean', title: T('已经招到员工了吗？', 'Do you have staff already?'), 'x-group': 'together', 'x-visible': 'list contains(parts, "social_insurance")' },
      ...contact('contact'),
      email: { type: 'string', format: 'email', title: T('电子邮箱', 'E-mail'), 'x-group': 'contact' },
      declaration: { type: 'boolean', const: true, title: T('我承诺所填内容真实、合法、有效', 'I declare that this is true'), 'x-group': 'contact' },
    },
  },
}
const simple = {
  type: 'object',
  required: ['premises', 'premises_proof', 'mobile'],
  properties: {
    enterprise: { type: 'string', title: T('企业名称', 'Enterprise'), 'x-readonly': true, 'x-group': T('您的企业', 'Your enterprise') },
    premises: { ...address, title: T('经营场所', 'Premises'), 'x-group': T('经营场所在哪里？', 'Where are the premises?') },
    premises_proof: { ...lease, 'x-group': T('经营场所在哪里？', 'Where are the premises?') },
    opening: { type: 'string', format: 'date', title: T('打算哪天开业', 'When do you open'), 'x-group': T('经营情况', 'The business') },
    notes: { type: 'string', title: T('还有什么要说明的', 'Anything else'), maxLength: 500, 'x-group': T('经营情况', 'The business') },
    ...contact(T('怎么联系您？', 'How do we reach you?')),
  },
}
export const formOf = (code) => forms[code] ?? simple

const clock = (o) => ({ promised: wd(5), statutory: law(20), started_at: ago(2), due_at: inDays(4), statutory_due_at: inDays(26), elapsed: 2, total: 5, unit: 'working_day', light: 'green', stopped: null, calendar: '2026.1', ...o })
const step = (key, zh, en, d, state, group, c, o = {}) => ({ key, name: T(zh, en), department: dep(d).name, state, parallel_group: group, clock: c, officer: state === 'waiting' ? null : '王*', started_at: state === 'waiting' ? null : ago(1), ended_at: state === 'done' ? ago(0, 3) : null, outcome: state === 'done' ? 'done' : null, can_withdraw: state === 'running', ...o })
const hours = (o) => clock({ promised: { n: 4, unit: 'working_hour' }, statutory: null, started_at: ago(0, 2), due_at: inDays(0, 3), elapsed: 2, total: 4, unit: 'working_hour', ...o })
const hist = (list) => list.map(([d, zh, en, who]) => ({ at: ago(d), text: T(zh, en), who: who ?? '' }))
const svc = (code) => ({ code, name: cards.find((c) => c.code === code).name })

export const cases = [
  {
    id: '0192f0aa-0000-7000-8000-000000000001', number: '11441900MB2C928712440131004000202611240001', version: 14, service: svc('establish_company'), applicant: { name: '东莞市好味来餐饮有限公司（筹）' },
    state: 'handling', outcome: null, filed_at: ago(1, 6), accepted_at: ago(1, 4), decided_at: null,
    clock: clock({ promised: wd(1), total: 1, elapsed: 1, light: 'yellow', due_at: inDays(0, 5) }),
    steps: [
      step('acceptance', '受理', 'Acceptance', 'scjg', 'done', 1, hours({ light: 'done' })),
      step('registration', '设立登记，发营业执照', 'Registration and licence', 'scjg', 'done', 2, hours({ light: 'done' })),
      step('seals', '印章刻制', 'Seals', 'gaj', 'running', 3, hours({})),
      step('tax', '发票和税务 UKey', 'Invoices and tax key', 'swj', 'done', 3, hours({ light: 'done' })),
      step('social_insurance', '参保和用工登记', 'Insurance and employment', 'rsj', 'running', 3, hours({ light: 'red', elapsed: 6, due_at: ago(0, 2) })),
      step('housing_fund', '公积金开户', 'Housing fund', 'gjj', 'refused', 3, hours({ light: 'done' }), { ended_at: ago(0, 2) }),
      step('bank', '银行开户预约', 'Bank appointment', 'bank', 'stopped', 3, hours({ light: 'stopped', stopped: { cause: T('专家评审', 'Expert review'), since: ago(0, 4), notice: '' } })),
      step('closing', '汇总送达', 'Delivery', 'scjg', 'waiting', 4, hours({ started_at: null, light: 'none', elapsed: 0 })),
    ],
    documents: [{ id: 'd1', kind: 'licence', number: '91441900MA0000000X', title: T('营业执照', 'Business licence'), at: ago(0, 5), verify_url: '/verify/demo-good' }],
    correction: null,
    history: hist([[1.25, '提交申请', 'Application filed', '申请人'], [1.2, '予以受理，开始计时', 'Accepted; the clock starts', '王*'], [0.3, '出具：营业执照', 'Issued: business licence', '李*'], [0.1, '申请人催办', 'Urged by the applicant', '申请人']]),
    can: ['withdraw', 'urge', 'share'],
  },
  {
    id: '0192f0aa-0000-7000-8000-000000000002', number: '11441900MB2C928712440131004000202611210012', version: 5, service: svc('food_business_permit'), applicant: { name: '东莞市好味来餐饮有限公司' },
    state: 'correction', outcome: null, filed_at: ago(3), accepted_at: null, decided_at: null, clock: clock({ started_at: null, due_at: null, elapsed: 0, light: 'none' }),
    steps: [step('acceptance', '受理', 'Acceptance', 'scjg', 'running', 1, null), step('review', '现场核查', 'On-site check', 'scjg', 'waiting', 2, clock({ started_at: null, light: 'none', promised: wd(3), total: 3 })), step('decision', '决定', 'Decision', 'scjg', 'waiting', 3, null)],
    documents: [], correction: { items: ['平面图没有标出洗手和消毒区域', '经营场所使用证明的租期已过'], due_at: inDays(10) },
    history: hist([[3, '提交申请', 'Application filed', '申请人'], [1, '一次性告知补正', 'Correction asked', '陈*']]), can: ['withdraw', 'correct', 'share'],
  },
  {
    id: '0192f0aa-0000-7000-8000-000000000003', number: '441900-2026-0000944', version: 9, service: svc('construction_permit'), applicant: { name: '东莞市好味来餐饮有限公司' },
    state: 'handling', outcome: null, filed_at: ago(9), accepted_at: ago(8), decided_at: null,
    clock: clock({ light: 'stopped', elapsed: 2, total: 3, promised: wd(3), stopped: { cause: T('检测', 'Testing'), since: ago(5), notice: '送检消防材料' } }),
    steps: [step('acceptance', '受理', 'Acceptance', 'zjj', 'done', 1, null), step('review', '审查', 'Review', 'zjj', 'stopped', 2, clock({ light: 'stopped', stopped: { cause: T('检测', 'Testing'), since: ago(5), notice: '' } }))],
    documents: [], correction: null, history: hist([[9, '提交申请', 'Application filed', '申请人'], [8, '予以受理', 'Accepted', '周*'], [5, '停止计时：送检消防材料', 'Clock stopped: testing', '周*']]), can: ['withdraw', 'urge', 'share'],
  },
  {
    id: '0192f0aa-0000-7000-8000-000000000004', number: '441900-2026-0000310', version: 11, service: svc('social_insurance_opening'), applicant: { name: '东莞市好味来餐饮有限公司' },
    state: 'delivered', outcome: 'approved', filed_at: ago(40), accepted_at: ago(40), decided_at: ago(39), clock: clock({ light: 'done', elapsed: 1, total: 1, promised: wd(1) }),
    steps: [step('acceptance', '受理', 'Acceptance', 'rsj', 'done', 1, null), step('entry', '登记', 'Registration', 'rsj', 'done', 2, null)],
    documents: [{ id: 'd2', kind: 'letter', number: '东人社登〔2026〕310号', title: T('参保登记通知书', 'Registration notice'), at: ago(39), verify_url: '/verify/demo-good' }], correction: null,
    history: hist([[40, '提交申请', 'Application filed', '申请人'], [39, '办结', 'Decided', '']]), can: ['share'],
  },
]
export const licences = [
  { id: 'l1', type: T('营业执照', 'Business licence'), number: '91441900MA0000000X', certificate_id: '1.2.156.3005.2.11100000MB03271699001.11441900MB2C.91441900MA0000000X.001.A', issued_on: ago(1).slice(0, 10), valid_to: null, status: 'valid', verify_url: '/verify/demo-good', document: { case: cases[0].id, id: 'd1' } },
  { id: 'l2', type: T('食品经营许可证', 'Food business permit'), number: 'JY24419000000001', certificate_id: '1.2.156.3005.2.11100000MB03271699020.11441900MB2C.JY24419000000001.001.B', issued_on: '2021-05-12', valid_to: '2026-05-11', status: 'expired', verify_url: '/verify/demo-old', document: null },
]
export const messages = [
  { id: 'm1', at: ago(1), title: T('请补正：食品经营许可', 'Please correct: food business permit'), body: T('平面图没有标出洗手和消毒区域。\n请在办件页里补齐。', 'The floor plan does not show the washing area.\nPlease complete it on the page of the case.'), case: cases[1].id, read: false },
  { id: 'm2', at: ago(0, 5), title: T('营业执照已签发', 'Your business licence has been issued'), body: T('可以在“我的证照”中查看和出示。', 'See it under “My licences”.'), case: cases[0].id, read: false },
  { id: 'm3', at: ago(39), title: T('参保登记已办结', 'Insurance registration is done'), body: T('感谢您的等候。', 'Thank you for waiting.'), case: cases[3].id, read: true },
]
export const reads = [
  { at: ago(0, 4), reader: '王*', department: dep('scjg').name, what: T('申请表全部内容', 'the whole application'), purpose: T('办理受理任务', 'acceptance task'), case_number: cases[0].number },
  { at: ago(1), reader: '陈*', department: dep('scjg').name, what: T('申请表全部内容', 'the whole application'), purpose: T('办理受理任务', 'acceptance task'), case_number: cases[1].number },
]
export const profile = { fields: [
  { pointer: '/name', title: T('姓名', 'Name'), value: '林晓梅', source: T('公安人口库', 'Population register'), as_of: '2026-01-08' },
  { pointer: '/id_number', title: T('身份证号码', 'Resident ID number'), value: '11010519491231002X', source: T('公安人口库', 'Population register'), as_of: '2026-01-08' },
  { pointer: '/phone', title: T('手机', 'Mobile'), value: '13800000000', source: T('本人填写', 'Given by you'), as_of: '2026-03-02' },
] }

const task = (n, c, code, title, en, d, kind, due, light, o = {}) => ({ id: String(n), case: c, case_number: `11441900MB2C92871244013100400020261124${String(1200 + n)}`, service: code, service_name: svc(code).name, step: 'review', kind, title: T(title, en), department: dep(d), role: 'handler', town: '441900004', applicant: ['林*梅', '东莞市好**餐饮有限公司', '陈*', '莞*五金制品厂'][n % 4], opened_at: ago(1), due_at: due, light, assignee: null, urged: 0, version: 3, ...o })
export const tasks = [
  task(1, cases[0].id, 'establish_company', '参保登记', 'Insurance registration', 'rsj', 'handle', ago(0, 2), 'red', { urged: 2 }),
  task(2, cases[1].id, 'food_business_permit', '受理审查', 'Acceptance', 'scjg', 'acceptance', inDays(0, 3), 'yellow', { assignee: { id: 's1', name: '王建国' } }),
  task(3, cases[2].id, 'construction_permit', '技术审查', 'Technical review', 'scjg', 'review', inDays(1), 'stopped', { waiting: true }),
  ...Array.from({ length: 14 }, (_, i) => task(4 + i, cases[i % 4].id, cards[i % cards.length].code, i % 2 ? '受理审查' : '审核', i % 2 ? 'Acceptance' : 'Review', 'scjg', i % 2 ? 'acceptance' : 'review', inDays(1 + i * 0.7), 'green', { urged: i === 5 ? 1 : 0 })),
]
export const outcomes = {
  acceptance: [{ key: 'accept', text: T('受理', 'Accept') }, { key: 'correct', text: T('一次性告知补正', 'Ask for correction'), corrections_required: true }, { key: 'refuse', text: T('不予受理', 'Refuse'), reasons_required: true }],
  other: [{ key: 'approve', text: T('同意', 'Approve') }, { key: 'return', text: T('退回', 'Return') }, { key: 'reject', text: T('不同意', 'Reject'), reasons_required: true }],
}
export const stopCauses = [['hearing', '听证', 'Hearing'], ['inspection', '检验', 'Inspection'], ['testing', '检测', 'Testing'], ['quarantine', '检疫', 'Quarantine'], ['appraisal', '鉴定', 'Appraisal'], ['expert_review', '专家评审', 'Expert review']].map(([key, zh, en]) => ({ key, text: T(zh, en) }))
export const explanations = [
  { decision: T('名称是否可用', 'Is the name free'), text: T('名称与已登记企业不重复、不近似，可以使用。', 'The name is not used by, or close to, a registered enterprise.'), hits: ['rule-3'], values: { similarity: 0.21, banned_words: 0 } },
  { decision: T('是否需要食品经营许可', 'Is a food permit needed'), text: T('经营范围含“餐饮服务”，须一并申请食品经营许可。', 'The scope includes catering, so the food permit is asked for too.'), hits: ['rule-1'], values: { scope: ['catering'] } },
]
export const formData = { name: '东莞市好味来餐饮有限公司', scope: ['catering', 'food_retail'], capital_fen: 50, seats: 60, address: { town: '441900004', street: '鸿福路 88 号 101 室' }, premises_proof: 'a1', representative: { name: '林晓梅', id_number: '11010519491231002X' }, shareholders: [{ name: '林晓梅', id_number: '11010519491231002X', share: 60 }, { name: '陈家强', id_number: '440524188001010014', share: 40 }], parts: ['seals', 'tax', 'social_insurance', 'housing_fund', 'bank'], mobile: '13800000000', declaration: true }
export const coverage = {
  systems: [
    { id: '1.1', title: T('全流程1天办结', 'One form, one working day'), works_when: T('六个部门一张表一天办结', 'Six departments, one form, one day'), area: 1, state: 'shown', kind: 'ours', services: ['establish_company'], scenarios: ['happy', 'name_refused'] },
    { id: '1.2', title: T('分段办理', 'Segmented handling'), works_when: T('没选的步骤以后单独办', 'A step left out can be taken later'), area: 1, state: 'partial', kind: 'ours', services: ['seal_making'], scenarios: [] },
    { id: '12.3', title: T('国际贸易单一窗口', 'Single window'), works_when: T('申报、舱单、放行', 'Declaration, manifest, release'), area: 12, state: 'partial', kind: 'double', services: [], scenarios: [] },
    { id: '18.2', title: T('人才政策', 'Talent policy'), works_when: T('政策任务有证据', 'Policy tasks with evidence'), area: 18, state: 'open', kind: 'tracked', services: [], scenarios: [] },
  ],
  totals: { shown: 1, partial: 2, open: 1 },
}
