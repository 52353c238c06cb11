// 迁移计划与更正办理步骤。
export const migrate = {
  title: '在办件迁移', lead: '办件一直按受理时的版本办理。迁移计划把在办件转到另一个版本：先列明影响，由另一人批准，逐件执行，可以撤回。',
  oneVersion: '该事项只有一个版本，无需迁移。', new: '新的迁移计划', from: '原版本', to: '新版本', current: '现行',
  mapping: '环节对应关系', mappingHint: '以下元素在新版本中没有相同的 id。停在这些环节的办件，须指明对应的环节才能迁移。', nothing: '不对应：这些办件留在原版本',
  values: '补充变量的值', valuesHint: '每行一个，写作“名称 = 值”。只在新版本要用到办件没有的变量时填写，不得填写个人信息。', reason: '理由', make: '计算迁移计划',
  plans: '迁移计划', nCases: '{n} 件', madeBy: '制定', decidedBy: '审批', notes: '对所有办件', groups: '按所处环节分组', noCases: '该版本没有在办件。', nothingChanges: '除后续流程外，这些办件没有变化。', numbers: '办件编号', cases: '逐件情况', drawing: '办件在流程图中的位置，下方列有相同内容。',
  release: '批准并执行', released: '已批准，正在执行', reject: '退回计划', rejected: '已退回', undo: '撤回整个计划', undoCase: '撤回此件', undone: '已撤回', undoText: '逐件核对：已办到原版本没有的环节的办件不能撤回，并说明原因。',
  state: { looking: '正在计算', waiting: '待他人批准', rejected: '已退回', applying: '正在执行', done: '已执行', undoing: '正在撤回', undone: '已撤回' },
  work: { looking: '正在逐件核对在办件，已核对 {n} 件。', applying: '正在逐件迁移。', undoing: '正在逐件撤回。' },
  case: { can: '可以迁移', cannot: '不能迁移', moved: '已迁移', failed: '未迁移', undone: '已撤回', stays: '未能撤回' },
  why: { task: '待办任务', verb: '自动办理中', timer: '等待时间', inside: '内部办理中', join: '等待汇聚', incident: '停滞', event: '等待事件', offer: '可选办' },
}
export const fix = {
  title: '更正办理步骤', lead: '把办件转到另一环节、重办一个环节，或者取消一个环节。须写明理由并签名，告知申请人；不延长任何时限。', begin: '更正…', none: '办件受理前或办结后没有可更正的步骤。',
  what: '更正方式', kind: { repeat: '重办已办过的环节', move: '转到另一环节', cancel: '取消此环节' }, at: '当前所在', to: '转到', nowhere: '这一部分还没有办过的环节。', doneBefore: '已办过',
  why: { task: '待办任务', join: '等待汇聚', incident: '停滞', inside: '内部办理中', event: '等待事件' },
  look: '查看将发生什么', happens: '更正后', closes: '关闭：', opens: '产生：', again: '须重新办理：', ends: '办件结束。', clock: '时限不变：{day}。更正不延长法定期限。', noLimit: '无',
  reason: '理由', reasonHint: '申请人会看到。', password: '您的密码（作为签名）', passwordHint: '由您签名，记入办件日志。', totp: '动态码', sign: '签名并更正', done: '已更正，并告知申请人',
}
