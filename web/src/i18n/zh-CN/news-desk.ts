// For those who write and release publications.
export default {
  title: '政策宣传', new: '写一篇', list: '显示', l_all: '全部', l_waiting: '待他人发布', l_released: '已发布', l_withdrawn: '已撤回', none: '没有这一类内容', noneRemedy: '点“写一篇”开始。',
  s_waiting: '待他人发布', s_published: '已发布', s_replaced: '已被替换', s_rejected: '已退回', name: '标题', state: '状态', made: '{name} 写于 {at}', edit: '修改', back: '返回清单', open: '在门户查看',
  write: '写一篇', change: '修改', preview: '预览', zh: '中文', en: '英文', enHint: '可不写。写英文的，标题、摘要和正文都要写。', heading: '标题', summary: '摘要', summaryHint: '一两句话，列表和订阅里显示。', body: '正文', bodyHint: '空行分段；“## ”开头的行是小标题，“- ”开头的行是列表。不得含个人信息。',
  numberHint: '没有文号的不填', areas: '行动方案领域', services: '相关事项', laws: '依据', lawsHint: '每行一条；中文后写“{\'|\'}”再写英文，英文可省略。', from: '施行日期', to: '失效日期', files: '附件', filesHint: 'PDF、PNG、JPEG 或 OFD，最多十个，每个不超过 20 MB', add: '添加附件', remove: '移除 {name}',
  correction: '更正说明', correctionHint: '这篇内容发布过。写明这次更正了什么，向社会公开。', submit: '提交，待他人发布', submitted: '已提交，须由另一人发布', two: '一人撰写，另一人发布。', ownText: '您写的版本要由另一人发布。',
  release: '发布', released: '已发布', reject: '退回', rejected: '已退回', rejectReason: '退回理由', withdraw: '撤回', withdrawReason: '撤回理由（向社会公开）', withdrawnDone: '已撤回', versions: '各版本', version: '第 {n} 版', decided: '{name} 于 {at} 处理', system: '系统', waits: '这个版本等待发布', optional: '可不填', choose: '请选择', uploading: '正在上传…',
}
