// The monthly briefing: the office's page, and the issues for everybody.
export default {
  title: '每月简报', lead: '按月末的实时数据生成，由另一人签发后公开。', make: '生成简报', makeTitle: '生成某月的简报', month: '月份', monthHint: '已有草稿的月份会重新生成；已签发的不能重新生成。', none: '还没有简报。', noneMake: '选好月份，点“生成简报”。',
  state: { making: '正在生成', draft: '草稿', issuing: '正在签发', issued: '已签发' }, step: { figures: '计算数据', layout: '排版', signing: '签名' }, steps: '进度', done: '完成', going: '进行中', waits: '等待', started: '已开始生成，完成后会显示在这里', ready: '{title}已排好版', issuedNow: '{title}已签发',
  failed: '没有完成', failedWait: '会自动再试。', running: '本月尚未结束，数据截至生成时；月末后请重新生成再签发。',
  number: '期号', madeBy: '{name} 于 {at} 生成', issuedBy: '{name} 于 {at} 签发', noNumber: '签发时编号', pdf: '下载 PDF', draftPdf: '下载草稿 PDF', verify: '核验', again: '重新生成', compare: '与现在的数据比较', same: '重新计算的数据与简报一致。', sameLayout: '按保存的数据重新排版，与签名的版面一致。', otherLayout: '按保存的数据重新排版，与签名的版面不同（字体或设置有变）。', differs: '有 {n} 处数据与简报不同：',
  foreword: '导语（可不写）', forewordHint: '不超过 2000 字，一行一段；其余内容都由数据得出，不能改。', forewordGo: '保存导语并重新排版', forewordSaved: '导语已保存，正在排版',
  issue: '签发', issueAsk: '签发后编号、签名并公开，不能再改。', issueGo: '确认签发', cancel: '取消', own: '须由另一人签发：生成简报或写导语的人不能签发。', toBoard: '总览',
  publicTitle: '营商环境简报', publicLead: '本市每月的优化营商环境工作简报，由系统按实时数据生成，带电子签名。', publicNone: '还没有公开的简报。', issuedOn: '{day} 印发',
}
