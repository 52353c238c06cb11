// The officers' desk, the studio and operations.
import licences from './licences'
import rights from './rights'
import designer from './designer'
import simulation from './simulation'
import audit from './audit'
import opsSystems from './ops-systems'
import board from './board'
import hotline from './hotline'
import claims from './claims'
import knowledge from './knowledge'
import newsDesk from './news-desk'
import briefing from './briefing'
import decisions from './decisions'
import { fix, migrate } from './migrate'
import portal from './portal'
import { cert, trust } from './certificates'
import seals from './seals'

export default {
  ...licences,
  ...rights,
  auditAction: audit,
  deskBrand: '通办工作台',
  deskSignIn: '工作人员登录',
  dnav: { menu: '菜单', decisions: '决策规则', hotline: '企业诉求', hotlineCall: '登记来电', kb: '知识库', kbq: '未答问题', gd: '智能导办', board: '营商总览', plan: '行动方案', lead: '总览', rate: '请人评价', ratings: '差评处置', main: '工作台菜单', work: '办件', studio: '事项设计', ops: '运行管理', tasks: '任务', intake: '窗口收件', search: '查找', stats: '我的统计', handover: '请假与代班', handovers: '原件移交', messages: '消息', templates: '意见模板', check: '检查与发布', staff: '人员', roles: '授权', erasures: '数据删除', audit: '审计', outbox: '待发消息', palette: '快速跳转', portal: '政务服务首页' },
  palette: { title: '快速跳转', hint: '输入页面名或办件编号', search: '查找“{q}”' },
  tasks: {
    title: '任务',
    n: '{n} 项', lateN: '{n} 项超时', soonN: '{n} 项快到期',
    scope: '范围', scope_mine: '我的', scope_department: '本部门', scope_window: '窗口',
    service: '事项', allServices: '全部事项',
    light: '时限', allLights: '全部时限',
    q: '办件编号',
    due: '最迟', what: '事项和任务', applicant: '申请人', number: '办件编号', who: '经办', actions: '操作',
    urged: '催办 {n} 次', waiting: '等待中',
    me: '我', nobody: '待领取',
    claim: '领取', release: '退回', claimed: '已领取 {n}', released: '已退回 {n}',
    none: '没有待办任务', noneMine: '您还没有领取任务，可以到“本部门”里领取。', noneRemedy: '新任务到来时会出现在这里。',
    kMove: '上下移动', kOpen: '打开', kClaim: '领取', kDecide: '办理', kMark: '选中',
  },
  batch: { title: '批量办理', mark: '选中', markN: '选中 {n}', chosen: '已选 {n} 项', decide: '批量办理', mixed: '选中的任务不是同一类，不能一起办。', clear: '取消选择', text: '将对 {n} 项任务逐项作出同样的决定；其中一项不成功不影响其他。', go: '办理这 {n} 项', going: '正在逐项办理…', done: '{all} 项中办成 {good} 项', some: '以下没有办成：' },
  outcome: { founded: '差评属实', appeal: '属误评，申请复核', remedied: '已整改', satisfied: '满意', not_satisfied: '不满意', route: '派单给部门', answer: '直接答复', officer: '反映工作人员', take: '签收', transfer_back: '退回', replied: '答复', answered: '当场答复', unreached: '未能联系上', accept: '受理', refuse: '不予受理', correct: '一次性告知补正', approve: '同意', reject: '不同意', return: '退回', submit: '提交', done: '办结', confirm: '确认' },
  decide: {
    outcome: '决定', opinion: '意见', template: '插入意见模板', keep: '存为模板', templateKept: '已存为模板',
    reasons: '理由', reasonsHint: '每行一条，写明依据。会写入决定书并告知申请人。',
    corrections: '需要补正的内容', correctionsHint: '每行一条。依法只能告知一次，请写全。',
    needOutcome: '请选择决定', needOpinion: '请填写意见', needReasons: '请写明理由', needCorrections: '请写明需要补正的内容',
    goPlain: '提交决定', go: '提交：{outcome}', going: '正在提交…', done: '{n} 已办理',
  },
  decision: { eligibility: '是否符合条件', conditions: '是否符合条件' },
  fact: { take: '签收时限', take_leader: '逾此未签收，上报领导', handle: '答复时限', handle_leader: '逾此未答复，上报领导', joint: '协办时限', area: '方案领域', department: '承办部门', eligible: '符合条件', reason: '理由', reason_en: '理由', legal_age: '法定代表人年龄（岁）', share_total: '出资比例合计（%）', organisation: '组织形式', shareholder_count: '股东人数' },
  labelled: '{label}：',
  dcase: {
    byRules: '适用规则：{rules}',
    title: '办件', next: '下一件', filed: '{at} 提交', recorded: '您这次查看已记录，申请人可以看到。',
    form: '申请表', materials: '材料', noMaterials: '没有附件材料。', rules: '自动判断的依据', noRules: '没有用到自动规则。', values: '用到的值', steps: '进度', clock: '时限', history: '经过',
    noTask: '没有待办任务', tasks: '本件任务', yours: '由您经办', whose: '由 {name} 经办', unclaimed: '还没有人领取', notYours: '这项任务不由您办理。', lastOne: '列表已办完',
    transfer: '转办', transferDo: '转办', transferDone: '已转办', to: '转给', reason: '原因',
    stop: '停止计时', stopDo: '停止计时', stopDone: '已停止计时', stopText: '只有法律列明的情形可以停止计时，并须书面告知申请人（行政许可法第四十五条）。', cause: '情形', notice: '告知申请人的内容', noticeHint: '会立即发给申请人。',
    stale: '这件事已有变化，您写的内容没有提交，仍留在这里。', refresh: '查看最新情况',
    resume: '恢复计时', resumeDo: '恢复计时', resumeDone: '已恢复计时',
  },
  intake: {
    title: '窗口收件', lead: '给来窗口的人代办。城市已经知道的会自动填好。', kind: '证件类型', number: '证件号码', name: '姓名或名称', begin: '开始收件', recorded: '调取本人信息会留下记录。',
    needService: '请选择事项', needNumber: '请填写证件号码', needName: '请填写姓名或名称',
    code: '发放注册码', codeText: '核对证件后发给没有账户的人，本人凭它在网上注册。', codeMade: '{name} 的注册码：', reset: '发放密码重置码', resetText: '核对证件原件后发给忘记密码的本人，发放有记录，并通知本人。', resetTotp: '两步验证的手机或安全密钥也丢了（一并关闭）', resetMade: '{name} 的密码重置码：', codeUntil: '只能用一次，{until} 前有效。请交给本人。',
    change: '换一个人（{name}）', submit: '核对无误，提交', filed: '已收件', again: '下一位', print: '打印回执', open: '打开办件',
  },
  idKind: { residence_permit: '港澳台居民居住证', resident_id: '居民身份证', uscc: '统一社会信用代码', passport: '护照', hkm_permit: '港澳居民来往内地通行证', tw_permit: '台湾居民来往大陆通行证' },
  search: { title: '查找办件', label: '办件编号，或完整的证件号码', go: '查找', hint: '只能用完整的编号或证件号码查，每次查找都有记录。', none: '没有找到，或您没有权限查看。' },
  stats: { title: '我的统计', mine: '我经办的', department: '本部门（近 90 天）', done: '已办', open: '在办', onTime: '按时率', noData: '无数据', how: '数字由办件实时算出，不是填报的。' },
  waiting: {
    title: '办件在哪里等', lead: '按环节看等候和办理时间：颜色越深越慢，数字是工作小时。', service: '事项', from: '起始月份', to: '截止月份', what: '看什么', wait: '等候', work: '办理', which: '哪个数', median: '中位数', p90: '九成以内', hours: '{n} 小时', table: '各环节的时间', step: '环节', department: '部门', n: '件次', called: '在所调用的事项中', applicant: '由申请人填写', none: '这段时间没有办结的件。', nothing: '件数太少，看不出来',
    label: '{service}：{what}时间（{at}）最长的环节：{list}。', how: '等候从任务产生到有人领取，办理从领取到办结；没有领取就办结的，全部算等候。只计已办结的件和工作时间，按档计数，误差约一成；少于 {n} 件次不显示。',
  },
  punctual: {
    title: '事项按时办结情况', service: '事项', period: '申请时间', days: '近 {n} 天', share: '在承诺时限（{limit}）内办结',
    filed: '申请', finished: '已办结', within: '按时', late: '超时', open: '在办', overdue: '在办已超时', withdrawn: '撤回',
    why: '超时原因', step: '环节', department: '部门', cause: '原因', cases: '件数', whole: '整个办件',
    each: '逐件查看（{n} 件）', due: '应于 {due}，实际 {done}', notYet: '尚未办结', more: '另有 {n} 件未列出。',
    how: '按到期时正在办理的环节归因，原因取该环节用时最多者；均由办件和日志实时算出，依法停止计时的时间不计。',
  },
  handover: { title: '请假与代班', lead: '请假期间，新任务和在办任务由代班同事接手。', none: '没有请假安排。', coveredBy: '由{name}代班', remove: '取消', new: '新的安排', from: '从哪天', to: '到哪天', cover: '由谁代班', add: '保存' },
  handovers: {
    title: '原件移交', lead: '一地窗口收取、另一地办理的纸质原件，按编号登记，双方都能看到。签收在办件页面里办，由领到签收任务的人员点清后决定。',
    state: '状态', s_all: '全部', s_sent: '在途', s_incomplete: '缺件', s_received: '已签收', in: '移入', out: '移出',
    way: '{from} → {to}', sentAt: '{at} 移出', receivedAt: '{at} 签收', checkedAt: '{at} 点收，不齐', missing: '点收时不齐，移出地窗口已有补送任务。',
    sign: '去点收签收', open: '打开办件', none: '没有移交的原件', noneOf: '没有这种状态的移交', noneRemedy: '窗口收取原件并移交后，会出现在这里。',
  },
  bad: {
    title: '差评处置', lead: '本部门收到的差评和核实整改情况。不显示评价人；您经办过的事项，由政务服务数据管理局处理，不在这里。', visit: '到窗口办事', noText: '没有写内容。', due: '最迟 {at}', late: '已逾期，已自动上报。', notCounted: '复核认定误评，不计入。', open: '打开工单', none: '没有差评', noneRemedy: '收到“不满意”或“非常不满意”的评价时，会自动出现在这里。',
    s_waiting: '待处理', s_verify: '待核实', s_review_appeal: '申诉复核中', s_remedy_it: '整改中', s_call_back: '待回访', s_explain: '待说明', s_over: '已办结',
  },
  ratecode: { title: '请办事人评价', lead: '生成评价码，交给办事人用自己的手机扫，或把屏幕转过去由本人点选。工作人员不得代填。', number: '办件编号', hint: '评价某个已办结的办件时填写；只是来访的留空。', channel: '渠道', go: '生成评价码', hand: '请交给办事人', qr: '评价二维码', until: '只能用一次，{at} 前有效。', screen: '在客户屏上打开', next: '下一位' },
  offer: { title: '可以开始的步骤', lead: '流程没有规定次序：需要哪一步就开始哪一步，同一步可以做多次。', since: '{at} 起可以开始', begin: '开始', others: '由其他岗位开始', reason: '开始的理由（记入办件日志）', go: '确认开始', cancel: '取消', begun: '已开始：{title}' },
  stand: {
    title: '这件事停住了', since: '{at} 停住', remedy: '怎么办：{text}', retry: '重新办理停住的环节', going: '正在重新办理…', again: '重新办理后又停住了，原因见上。', goesOn: '已继续办理',
    head: '部门负责人已收到消息。原因排除后，由部门负责人重新办理；申请人不用做什么。',
  },
  templates: { title: '意见模板', none: '还没有模板。', remove: '删除', new: '新模板', text: '内容', outcome: '用于哪种决定', any: '不限', add: '保存' },
  undelivered: { title: '无人接收的消息', lead: '本部门办件发出、没有办件接收的消息和信号。', leadAll: '办件之间、外部系统发来而没有办件接收的消息和信号。', none: '所有消息都已接收。', kind: { message: '消息', signal: '信号' }, from: '发出：', outside: '外部系统发来', sent: '时间', nobody: '保存到 {at}，没有办件等待它。', refused: '接收的办件不能处理（{code}）。', again: '重新投递', againSaid: '已重新投递', againHint: '再保存 30 天。理由记入审计日志。', close: '关闭', closed: '已关闭', closeHint: '不再投递。理由记入审计日志。' },
  studio: {
    title: '事项', services: '已发布的事项', service: '事项', code: '代码', versions: '版本', version: '版本', files: '文件',
    publications: '发布申请', askedBy: '申请人', state: '状态', waiting: '等第二人批准', settled: '已处理', approve: '批准发布', approved: '{name} 已发布', secondPerson: '须由另一人批准',
    rejected: '已退回', rejectedBy: '{name}已退回（{at}）：', rejectedThen: '请修改草稿后重新提交。', turnDown: '退回', turnedDown: '已退回', takeBack: '撤回提交', takenBack: '已撤回', why: '理由', whyHint: '提交人会看到。',
    check: '检查与发布', notes: '其他工具写入的内容', checkLead: '一个事项是一个文件夹。选择它，马上检查有没有走不通的流程、互相矛盾的规则、超过法定的时限。',
    choose: '选择事项文件夹', nFiles: '{n} 个文件，{size}', checking: '正在检查…',
    good: '检查通过', goodText: '可以申请发布；须由另一位发布人批准后生效，在办的件仍按原版本办理。', ask: '申请发布', asked: '已申请发布，等另一人批准', bad: '有 {n} 处问题',
  },
  opsSystems,
  ops: {
    staff: '人员', name: '姓名', login: '登录名', department: '部门', town: '镇街', allTowns: '全市', allDepartments: '全部部门', rolesHeld: '角色', safety: '安全', totp: '两步验证', initial: '初始密码未改',
    new: '新增人员', create: '新增', made: '{login} 的初始密码：', once: '只显示这一次，请当面交给本人；首次登录必须修改。', rolesLater: '角色在“授权”里申请，由安全管理员批准。',
    disabled: '已停用', staffChanges: '账户变更', changed: '已办理', cancel: '取消',
    roles: '授权', rolesLead: '授权和收回都要两个人：管理员申请，安全管理员批准。', change: '变更', grant: '授予', revoke: '收回', role: '角色', noChanges: '没有授权变更。', newChange: '申请变更', reason: '原因', askChange: '提交申请', asked: '已提交，等安全管理员批准', approve: '批准', reject: '驳回', approved: '已批准', rejected: '已驳回',
    erasures: '数据删除申请', erasuresLead: '批准后销毁密钥，密文再也无法读出。还有在办事项的人不能删除。', noErasures: '没有删除申请。', erase: '批准删除', eraseSure: '删除 {name} 的数据后不能恢复。确定批准吗？', erased: '已删除',
    outbox: '待发消息', outboxLead: '等待通过邮件、短信、微信发出的，和没能送达的消息。只有数字，看不到内容。', waiting: '等待发出', dead: '未能送达', channel: '渠道', cause: '原因', howMany: '数量', allSent: '没有等待发出的消息。', again: '刷新',
    audit: '审计', auditActions: '操作记录', auditReads: '个人信息查看记录',
  },
  msgChannel: { inbox: '站内消息', email: '电子邮件', sms: '短信', wechat: '微信', fan: '待分发' },
  staffChange: { disable: '停用', enable: '恢复', password: '重置密码', totp: '重置两步验证' },
  staffChangeText: {
    disable: '立即生效：该账户的登录全部退出，已领的任务退回给同事。',
    enable: '恢复后原有角色一并恢复，因此须由安全管理员批准。',
    password: '立即退出登录，并生成新的初始密码，只显示一次。管理员、安全管理员和审计员的密码须由安全管理员批准。',
    totp: '用于丢失验证设备。请先当面确认是本人；之后凭密码登录，并请本人重新绑定。',
  },
  changeState: { approved: '已批准', rejected: '已驳回', applied: '已生效', done: '已处理' },
  auditCol: { at: '时间', actor: '操作人', action: '操作', details: '详情', reader: '查看人', department: '部门', subject: '被查看人', what: '内容', purpose: '原因', case_number: '办件' },
  role: { window: '窗口', handler: '经办', reviewer: '审核', signer: '签发', head: '部门负责人', designer: '设计', publisher: '发布', administrator: '管理员', security: '安全管理员', auditor: '审计员', corrector: '更正步骤' },
  board,
  ...hotline,
  ...knowledge,
  claims,
  news: { ...portal.news, desk: newsDesk },
  cert,
  trust,
  seals,
  area: portal.area,
  briefing,
  decisions,
  ds: designer,
  sim: simulation,
  migrate,
  fix,
  notFound: portal.notFound,
}
