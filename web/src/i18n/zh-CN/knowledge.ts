// The knowledge base on the desk: suggestions while a clerk types, and those who write the answers.
export default {
  suggest: {
    title: '推荐答案', keyUse: '采用', keyMove: '选择', idle: '输入两个字以上，这里会推荐知识库的答案。', loading: '正在查找答案…', failed: '没有查到：知识库暂时没有回应。',
    found: '有 {n} 条推荐答案', foundFar: '有 {n} 条相近的答案，未必对题', far: '下面的答案相近，但未必对题，请先看全文。', none: '知识库里没有这个问题的答案。',
    use: '采用', whole: '看全文', less: '收起', overdue: '复核已逾期（{day}）',
    note: '记为未答问题', question: '问题', questionHint: '用一般的话写，不要写姓名、号码。编写人员会看到。', send: '记下', noted: '已记下，编写人员会看到。',
  },
  kb: {
    system: '系统',
    title: '知识库', parts: '知识库的各部分', articles: '文章', questions: '未答问题', guide: '智能导办', lead: '一个人写，另一个人核对后发布。每篇有负责部门和复核日期。',
    create: '写新文章', tryIt: '试一试：群众会得到什么答案', tryHint: '照群众的话输入', list: '哪些', l_all: '全部', l_waiting: '待他人发布', l_overdue: '复核逾期', l_unhelpful: '有人说没有解决', l_retired: '已下架', department: '负责部门', any: '全部部门', none: '没有这样的文章', noneAll: '还没有文章', noneRemedy: '换一个筛选条件，或写一篇新的。',
    waiting: '待发布', published: '已发布', rejected: '已退回', replaced: '已替换', retired: '已下架', review: '复核 {day}', overdue: '复核逾期（{day}）', helped: '有帮助 {n}', helpedNot: '没有解决 {n}', version: '第 {n} 版',
    edit: '修改', owner: '负责部门', reviewOn: '下次复核日期', waits: '第 {n} 版等待另一位有权限的人发布', madeBy: '{name} {at} 提交', decidedBy: '{name} {at}', ownVersion: '这一版是您写的，要由另一位有权限的人发布。', mayNot: '要由本部门负责人或发布员发布。', against: '和已发布的第 {n} 版相比', firstVersion: '这是第一版，全文如下。',
    approve: '发布', approved: '已发布', reject: '退回', rejectTitle: '退回这一版', reason: '退回理由', reasonHint: '写给编写的人看，说明改哪里。', rejectGo: '退回', rejectedDone: '已退回', needReason: '请写明退回理由',
    reviewTitle: '复核', reviewText: '内容仍然正确，就定下次复核的日期；不正确，请修改。', reviewGo: '复核无误', reviewed: '已复核', retire: '下架', retireTitle: '下架这篇文章', retireText: '不再出现在网站和查找结果中；各版本仍然保存。', retiredDone: '已下架', onPortal: '在网站上看', versions: '各版本', compare: '比较', compareFrom: '从', compareTo: '到', state: '状态', byWhom: '谁、何时', why: '退回理由', nothing: '没有发布的版本', same: '没有改动', gone: '删去：', came: '新增：', current: '现在发布的内容',
    f: { owner: '负责部门', review_on: '下次复核日期', titleZh: '标题（中文）', titleEn: '标题（英文）', bodyZh: '正文（中文）', bodyEn: '正文（英文）', words: '别的说法', services: '有关事项', laws: '依据' },
    newTitle: '新文章', editTitle: '修改：{title}', key: '编号', keyHint: '小写英文字母、数字和下划线，3 到 60 个，以字母开头；发布后就是网址，不能再改。', reviewHint: '两年以内。到期后这篇文章会标为“复核逾期”。', bodyHint: '空一行分段；以“- ”开头是条目，以“1. ”开头是步骤，以“# ”开头是小标题。不要写个人信息。', wordsHint: '群众的叫法，帮助查找。每行一个，或用顿号分开。', servicesFind: '查找事项', chosen: '已选 {n} 项', noServices: '没有相符的事项', lawZh: '依据 {n}（中文）', lawEn: '依据 {n}（英文）', addLaw: '增加依据', removeLaw: '删除依据 {n}', preview: '预览', hidePreview: '收起预览', previewOf: '预览：{lang}', langZh: '中文', langEn: '英文', submit: '提交，等待他人发布', submitting: '正在提交…', submitted: '已提交，等待他人发布', draftFound: '这里是您上次没有提交的内容。', draftDrop: '放弃草稿', draftKept: '草稿已存在这台电脑上', forQuestion: '回答这个问题：{q}', waitingReplaced: '有一版正在等待发布，提交后会被这一版替换。',
    need: { owner: '请选择负责部门', review_on: '请填写下次复核日期', key: '请填写编号', keyForm: '编号应为 3 到 60 个小写字母、数字或下划线，以字母开头', title_zh: '请填写中文标题', title_en: '请填写英文标题', body_zh: '请填写中文正文', body_en: '请填写英文正文', law: '依据 {n} 要写全中文和英文', reviewRange: '复核日期应在今天以后、两年以内' },
  },
  kbq: {
    title: '未答问题', lead: '群众和坐席问过、知识库没有答案的问题，问得最多的在前。号码已经删去；公众只问过一次的不显示。', state: '状态', s_open: '未答', s_drafted: '正在写', s_answered: '已答', s_dismissed: '不归知识库', none: '没有未答的问题', noneOther: '没有这样的问题', noneRemedy: '有人问了没有答案的问题，就会出现在这里。', times: '问过 {n} 次', last: '最近 {day}', near: '可能归{name}', nobody: '还看不出归哪个部门', write: '写成文章', point: '已有答案', dismiss: '不归知识库', pointTitle: '哪篇文章回答了它', pointHint: '改动文字也可以重新查找', pointed: '已指向“{title}”', dismissed: '已列为不归知识库', byArticle: '由这篇文章回答', inLang: '英文提问',
  },
  gd: {
    title: '智能导办', lead: '问题和答案连成一棵树，最后通到事项或文章。改好后检查、提交，由另一位发布员发布。', onPortal: '在网站上看', draftFound: '这里是您上次没有提交的改动。', draftDrop: '放弃改动', tree: '问题', first: '第一个问题', lost: '没有答案通到这里', q: '问题 {n}', question: '问题', help: '说明', answers: '答案', answer: '答案 {n}', zh: '中文', en: '英文', kind: '通向', k_to: '另一个问题', k_service: '事项', k_article: '文章', to: '到哪里', choose: '请选择', newQuestion: '新建一个问题', addAnswer: '增加答案', up: '上移', down: '下移', remove: '删除', removeQ: '删除这个问题', addQuestion: '增加问题', open: '编辑', shut: '收起', leads: '{what}', fromN: '由 {n} 个答案通到',
    check: '检查', good: '检查通过：没有死路、绕圈和到达不了的问题。', faults: '有 {n} 处需要改', submit: '提交，等待他人发布', submitted: '已提交第 {n} 版，等待他人发布', noChange: '和已发布的版本一样，没有可以提交的改动。', versions: '各版本', waits: '第 {n} 版等待另一位发布员发布', approve: '发布', approved: '已发布', own: '这一版是您提交的，要由另一位发布员发布。', mayNot: '要由发布员发布。', changes: '和已发布的相比', s_waiting: '待发布', s_published: '已发布', s_replaced: '已替换', none: '还没有导办', noneRemedy: '从第一个问题写起。', start: '开始编写', load: '载入这一版来改', loaded: '已载入第 {n} 版',
  },
}
