// The knowledge base on the desk: suggestions while a clerk types, and those who write the answers.
export default {
  suggest: {
    title: '推荐答案', keyUse: '采用', keyMove: '选择', idle: '输入两个字以上，这里会推荐知识库的答案。', loading: '正在查找答案…', failed: '没有查到：知识库暂时没有回应。',
    found: '有 {n} 条推荐答案', foundFar: '有 {n} 条相近的答案，未必对题', far: '下面的答案相近，但未必对题，请先看全文。', none: '知识库里没有这个问题的答案。',
    use: '采用', whole: '看全文', less: '收起', overdue: '复核已逾期（{day}）',
    note: '记为未答问题', question: '问题', questionHint: '用一般的话写，不要写姓名、号码。编写人员会看到。', send: '记下', noted: '已记下，编写人员会看到。',
  },
}
