// The platform's share and claims against cases.
export default {
  title: '承诺与实际', lead: '事项对外承诺的，与 {from} 至 {to} 办结件的实际对照；数据由办件算出，不是填报的。', share: '经一体化平台办理的占比', shareLead: '{from} 至 {to} 的各整月。分母包括部门在自建系统里办的；没有报送的部门不计入，并在下面列名。', none: '没有数据', noShare: '还算不出：没有一个部门报送过这段时间的自建系统办件量。',
  complete: '各部门均已报送', incomplete: '{n} 个部门还没有报全，占比只是已报送部分的', counted: '平台办件', own: '自建系统办件', platformAll: '平台全部办件', byMonth: '按月', byDepartment: '按部门', byService: '按事项', month: '月份', department: '部门', service: '事项', missing: '未报送', missingN: '{n} 个月：{list}', told: '已报全', target: '目标 80%',
  tell: '报送自建系统办件量', tellHint: 'CSV 或 JSON：month、department、service、service_name、cases、source。同一部门同一月份以最后一次报送为准。没有自建系统的报 service 为 *、cases 为 0。', file: '选择文件', send: '报送', sent: '已报送 {n} 条', needFile: '请选择文件',
  claims: '事项承诺', verdict: { contradicted: '与办件不符', too_few: '办件太少', holds: '与办件相符' }, filter: '显示', all: '全部', cases: '办结件', count: '{n} 项{what}',
  kind: { online: '网上办理', visits: '跑动次数', limit: '承诺时限', materials: '材料数' }, said: { online: '全程网办', visits: '最多跑 {n} 次', visits0: '一次不用跑', materials: '{n} 份材料' },
  measured: { online: '网上申报 {v}', visits: '平均跑 {v} 次', limit: '按时 {v}', materials: '平均 {v} 份' }, noClaims: '没有符合条件的事项', noClaimsRemedy: '换一个筛选条件看看。', rules: '判断规则：办结不足 {least} 件不判断；网上申报低于 {online}、平均跑动或材料比承诺多出 {more} 以上、超时超过 {late}，为不符。',
  behind: '不符的办件', behindAll: '全部办件', which: '显示', against: '只看不符的', number: '办件编号', ended: '办结', yes: '是', no: '否', online: '网上申报', visits: '跑动', papers: '材料', late: '超时', outside: '不属本部门', back: '承诺与实际', headsOnly: '具体办件只有部门负责人可以看到。', noCases: '没有这样的办件',
}
