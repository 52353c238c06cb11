// Licences: the holder's page, what a code shows, the desk.
export default {
  licences: {
    title: '我的证照',
    lead: '电子证照和纸质证照效力相同。出示二维码，对方扫一扫就能核验。',
    number: '证号', issued: '发证日期', validTo: '有效期至', noEnd: '长期',
    show: '出示二维码', print: '打印全部证照',
    qrLabel: '{name}的核验二维码',
    qrHint: '对方扫码会看到证照是否真实有效。',
    certificateId: '电子证照标识',
    none: '您还没有电子证照', noneRemedy: '办结的事项发证后会出现在这里。',
  },
  licenceStatus: { valid: '有效', active: '有效', issued: '有效', in_force: '有效', expired: '已过期', revoked: '已吊销', suspended: '已中止', replaced: '已换发', cancelled: '已注销' },
  lic: {
    open: '详情与出示', back: '我的证照', version: '第 {n} 版', ofd: '下载 OFD 原件', pdf: '下载 PDF', holder: '持证人', issuer: '发证机关', history: '证照变动', noHistory: '发证以来没有变动。', uses: '谁看过我的证照', usesLink: '查看全部记录',
    act: { suspend: '暂扣', resume: '恢复', revoke: '撤销（吊销）', annotate: '加注', replace: '换发', expire: '过期' }, until: '至 {day}',
    present: '出示给别人', presentLead: '生成一个有时限的二维码。对方扫码只看到这张证照，过时失效，您也可以提前收回。', hours: '有效时间', hoursN: '{n} 小时', to: '出示给谁（选填）', toHint: '对方扫码时会看到，例如“某某银行开户”。', make: '生成二维码', shownCode: '请对方扫码查看', copy: '链接', ends: '{time} 失效', shown: '出示记录', noShown: '还没有出示过。', seen: '被看过 {n} 次', never: '没有人看过', over: '已失效', ended: '已收回', end: '立即收回', endedToast: '已收回，二维码不能再用',
    consents: '使用请求', consentLead: '没有法律依据的用途，单位要先征得您的同意。同意后可以随时撤回。', noConsents: '没有单位请求使用。', asks: '{who} 请求用于：{purpose}', grant: '同意', refuse: '不同意', withdraw: '撤回同意', state: { asked: '等您答复', granted: '已同意', refused: '未同意', withdrawn: '已撤回' }, said: '已答复',
    waiting: '有 {n} 个单位请求使用您的证照，请答复',
  },
  ltypes: { title: '证照目录', lead: '本市签发哪些电子证照、由谁签发、依据什么；证照可以用于哪些用途。', link: '证照目录与使用用途', holder: '持证主体', all: '全部', person: '个人', uscc: '企业和组织', none: '没有这类证照。', department: '颁发机构', valid: '有效期', years: '{n} 年', law: '依据', code: '证照类型代码', purposes: '可以用来做什么', purposesLead: '每一次使用都记入持证人的记录。没有法律依据的用途，须先征得持证人同意。', everyBody: '各单位均可', bodies: '可以使用的单位（{n} 个）' },
  inLog: {
    title: '公开日志', open: '在公开日志中查看', save: '下载证明', again: '再试一次',
    state: { looking: '正在查', waits: '等待公布', none: '没有条目', failed: '没有查到', in: '在日志中', not: '不符', cannot: '未计算' },
    text: {
      looking: '正在公开日志中查找签发记录。', waits: '签发记录等待下一个检查点公布，通常只要几秒。', none: '签发时本市还没有公开日志，或这份文书不入日志。', failed: '暂时连不上公开日志，请稍后再试。',
      in: '{at} 签发，是公开日志 {size} 条中的第 {n} 条。由您的浏览器计算得出，没有人能在事后改动而不被发现。', not: '与公开日志的检查点不一致，请拨打 12345 核实。', cannot: '是公开日志 {size} 条中的第 {n} 条。这个浏览器不能自己计算（需要 https 地址），请下载证明后核对。',
    },
  },
  presented: { title: '持证人出示的证照', lead: '这是持证人主动出示的，{time} 失效。', to: '出示给', more: '核验这张证照', gone: '二维码已失效', goneText: '可能已过时，或持证人已收回。请持证人重新出示。' },
  dlic: {
    title: '证照查询', nav: '证照', lead: '按持证人证件查电子证照。每次查询和使用都记在持证人的记录里。', kind: '证件种类', resident_id: '居民身份证', uscc: '统一社会信用代码', number: '证件号码', purpose: '用途', basis: '依据：{basis}', consentNeeded: '须经持证人同意', go: '查询', none: '没有查到电子证照。', use: '调用', ask: '请求同意', why: '向持证人说明用途', askGo: '发出请求', asked: '已请求，等待持证人答复', used: '已调用，已记入持证人的记录',
    change: '处理', reason: '理由', days: '加注天数（选填）', act: { suspend: '暂扣', resume: '恢复', revoke: '撤销（吊销）', annotate: '加注', anew: '换发新版本' }, done: '已处理，已通知持证人', what: '怎么处理', says: '证照内容', close: '收起',
  },
}
