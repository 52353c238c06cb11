// Electronic seals: of companies and people, and the desk of the seal authority.
export default {
  title: '我的印章', lead: '电子印章与实物印章具有同等法律效力。新设企业的印章随营业执照一并制作交付，不需要任何介质。', own: '我持有的印章', granted: '授权我使用的印章',
  none: '还没有电子印章', noneRemedy: '新设企业办理刻章备案后会自动交付；也可以在下面申请。', noneGranted: '没有别人授权您使用的印章。', apply: '申请电子印章', applyText: '申请由公安机关审批，批准后自动制作并交付。', kind: '印章种类', doApply: '提交申请', applied: '已提交，等待审批',
  kinds: { official: '法定名称章', finance: '财务专用章', invoice: '发票专用章', contract: '合同专用章', legal_representative: '法定代表人名章' },
  docs: { contract: '合同', letter: '函件', invoice: '发票', finance: '财务文件', licence: '证照', other: '其他文件', '*': '各类文件' },
  code: '印章编号', validTo: '有效期至', usedN: '已用 {n} 次', leftN: '还可用 {n} 次', until: '至 {day}', open: '使用和管理', picture: '印章 {code} 的印模', waiting: '批准并制作后会出现印模。',
  one: '电子印章', back: '返回我的印章', holder: '持有人', forDocs: '可用于', made: '制作时间', state: '状态',
  use: '用印', useText: '选择 OFD 文件，盖章后立即下载。文件不在平台保存，用印记录会保存。', file: 'OFD 文件', document: '文件种类', fileTitle: '文件名称', fileTitleHint: '记入用印记录，方便以后查找', page: '盖在第几页', pageHint: '不填则盖在最后一页', riding: '骑缝章（跨各页右边缘）', closing: '封闭文件，其后不能再盖章', doUse: '盖章并下载', useDone: '已盖章，文件已下载', notUsable: '这枚印章现在不能使用。',
  batch: '批量用印', batchText: '把多份 OFD 文件压缩成一个 ZIP（最多 {n} 份），由系统逐份盖章，完成后下载。', zip: 'ZIP 文件', doBatch: '提交批量用印', batchDone: '已提交，正在盖章', batchLine: '共 {total} 份：已盖 {sealed} 份，失败 {failed} 份', batchReady: '下载结果', batchBusy: '盖章中', noBatches: '没有批量用印。', batches: '批量任务',
  grants: '用印授权', grantsText: '授权某个账户使用这枚印章：哪类文件、多少次、到哪天。', noGrants: '没有授权给任何人。', login: '对方的登录名', docsLabel: '可用于哪类文件', allDocs: '各类文件', someDocs: '指定种类', times: '次数', untilLabel: '截止日期', grant: '授权', granted_: '已授权', usesOf: '已用 {n} / {max} 次', ended: '已终止', over: '已失效', end: '终止授权', endSure: '确定终止这项授权？',
  uses: '用印记录', noUses: '还没有用过。', usedBy: '用印人', when: '时间', what: '文件', result: '结果', useStates: { sealed: '已盖章', failed: '未成功', begun: '未完成' }, byBatch: '批量', hash: '文件杂凑值',
  history: '印章履历', acts: { applied: '申请', ordered: '依备案制作', approved: '批准', refused: '不予批准', made: '制作完成', delivered: '交付', suspended: '暂停使用', resumed: '恢复使用', revoked: '吊销', destroyed: '销毁', granted: '授权用印', grant_ended: '终止授权' },
  office: { title: '本单位印章', lead: '本单位的电子印章：申请、使用、授权他人使用、暂停和销毁。由公安机关审批和监管，每次用印都有记录。', own: '本单位持有的印章', noneRemedy: '可在下方申请。', back: '返回本单位印章', mayNot: '申请印章须由本单位的签发人或负责人提出。' },
  measures: '暂停与销毁', measuresText: '印章被冒用或不再需要时，请立即暂停；销毁后密钥被删除，不能恢复，已盖的章仍然有效。', reason: '理由', act: { approve: '批准', refuse: '不予批准', suspend: '暂停使用', resume: '恢复使用', revoke: '吊销', destroy: '销毁' }, sure: { destroy: '销毁后不能恢复。确定销毁？', revoke: '吊销后不能恢复使用。确定吊销？' }, done: '已办理',
  desk: { title: '印章管理', lead: '电子印章的审批与监管。申请由另一人审批；暂停、吊销、销毁要写明理由，并通知持有人。', states: '状态', all: '全部', filter: { applied: '待审批', making: '制作中', active: '可用', suspended: '已暂停', revoked: '已吊销', destroyed: '已销毁', refused: '不予批准' }, none: '没有印章', noneFilter: '没有这种状态的印章', decide: '办理', more: '更多', appliedAt: '申请时间', seal: '印章', close: '收起' },
}
