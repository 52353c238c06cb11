// The knowledge base and the guide, for everybody.
export default {
  help: {
    title: '常见问题', lead: '各部门写的答案，写明由谁负责、哪天复核。', q: '您想问什么？', placeholder: '办执照要多久、社保怎么交…', clearQ: '清空',
    department: '哪个部门', service: '哪个事项', any: '不限', clear: '清除筛选',
    popular: '大家觉得有用的', all: '全部问题', byService: '按事项找', found: '找到 {n} 条答案', foundFar: '{n} 条相近的答案', listed: '共 {n} 条', listedMore: '前 {n} 条，还有更多',
    far: '没有完全对题的答案，下面是相近的。', none: '没有找到“{q}”的答案', noneFilter: '没有符合这些条件的答案', noneRemedy: '换个说法试试，或者把问题告诉我们。', empty: '还没有发布的答案。',
    services: '可以直接办的事项', moreServices: '查看全部相关事项', answers: '先看看答案', moreAnswers: '更多答案', related: '常见问题', others: '相关问题', overdue: '复核逾期',
    guide: '不知道该办哪一项？', guideSub: '回答几个问题，带您找到。', guideGo: '开始智能导办',
  },
  article: {
    owner: '负责部门', published: '发布', review: '下次复核', overdue: '这条答案原定 {day} 复核，现在还没有复核。请以窗口或 12345 的答复为准。', services: '可以办的事项', laws: '依据', back: '常见问题', print: '打印',
    helpful: '这条答案有帮助吗？', yes: '有帮助', no: '没有解决', thanks: '谢谢，这会让有用的答案排在前面。', sorry: '对不起，没能帮上您。', onlineFull: '全程网办',
  },
  askus: {
    title: '没有您要的答案？', text: '把问题告诉我们，负责的部门会补上答案。', open: '写下问题', q: '您的问题', hint: '不要写姓名、电话和证件号码。我们只记问题，不记是谁问的。', need: '请写下您的问题', go: '提交问题', done: '已经记下', doneText: '问的人多了，负责的部门会补上答案。现在就要答复：', seat: '向 12345 企业服务专席提交', call: '拨打 12345', or: '现在就要答复？',
  },
  guide: {
    title: '智能导办', lead: '一次只问一个问题，最后带您到要办的事项或答案。', step: '第 {n} 步', so: '您的回答', change: '修改', back: '上一步', restart: '从头开始', share: '复制链接', shared: '链接已复制', none: '导办还没有发布', noneRemedy: '可以直接查找事项或答案。', toServices: '查找事项', toHelp: '查找答案',
    broken: '这个链接里的选项已经变了，请从这里接着选。', serviceEnd: '您要办的是', articleEnd: '答案', begin: '去办理', more: '查看办事指南', whole: '查看这条答案', gone: '它已经下架了，请从头再选一次。', wrong: '不是您要的？',
  },
}
