// Publications: interpretations of policy, cases, notices; for readers and for those who write them.
export default {
  title: '政策与通知', lead: '政策解读、典型案例和通知公告。', piece: '政策与通知', kinds: { interpretation: '政策解读', case: '典型案例', notice: '通知公告' },
  kind: '类别', area: '领域', department: '发布部门', year: '年份', any: '不限', q: '找什么', placeholder: '词句、文号', search: '查找', clear: '清除筛选', found: '{n} 篇', foundMore: '{n} 篇以上',
  none: '还没有发布内容', noneRemedy: '发布后会出现在这里。', noneFilter: '没有符合条件的内容', noneFilterRemedy: '换个说法，或放宽筛选条件。', showAll: '查看全部',
  number: '文号', date: '日期', validity: { pending: '尚未生效', in_force: '现行有效', expired: '已失效' }, validFrom: '自 {from} 起施行', validTo: '有效期至 {to}', validBoth: '有效期 {from} 至 {to}',
  chineseOnly: '仅中文', chineseOnlyText: '这篇内容没有英文版。', corrected: '已更正', laws: '依据', services: '相关事项', files: '附件', history: '更正记录', first: '首次发布', again: '重新发布',
  withdrawn: '已撤回', withdrawnText: '这篇内容已于 {at} 撤回。', reason: '理由', all: '全部政策与通知', feed: '订阅（Atom）', feedHint: '用阅读器订阅，有新内容时自动收到', print: '打印',
  home: '政策与通知', homeAll: '查看全部',
}
