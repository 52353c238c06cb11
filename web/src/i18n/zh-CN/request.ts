// Enterprise requests on the portal.
export default {
  req: {
    title: '企业诉求', lead: '12345企业专席：咨询、求助、投诉、建议、举报，一处提出，限时答复，回访到底。', find: '先看看有没有现成的答案', findHint: '很多问题知识库里已有答案，', findLink: '去查找',
    follow: '查进度和答复', code: '查询码', codeHint: '提出诉求时给您的 12 位码，形如 abcd-efgh-jkmn。', look: '查看', mine: '已登录时提出的诉求在“我的办件”中。', mineLink: '我的办件',
    ask: '提出诉求', kind: '类型', kindHint: '不确定可以不选，由坐席分类。', text: '诉求内容', textHint: '发生了什么、希望怎样解决。不要写身份证号、账号密码。', enterprise: '企业名称', place: '事发地点', who: '怎样联系您', name: '姓名', phone: '电话', email: '邮箱', uscc: '统一社会信用代码',
    contactHint: '电话和邮箱至少填一项，用于答复和回访。', signedIn: '以 {name} 的名义提出，进度和答复在“我的办件”中。', withheld: '不向办理部门透露我的身份', withheldHint: '只有热线坐席能看到您的联系方式。勾选后请留电话或邮箱，并凭查询码查看答复。',
    files: '附件', filesHint: '至多 {n} 个，每个不超过 {size}，PDF、图片或 OFD。', remove: '去掉', go: '提交', going: '正在提交', needText: '请写明诉求内容', needContact: '请填写电话或邮箱', tooMany: '附件至多 {n} 个', tooLarge: '“{name}”超过 {size}',
    done: '已收到您的诉求', number: '诉求编号', keepCode: '请记下查询码，只显示这一次：', refused: '有 {n} 个附件的类型不能接收，没有收下。', toCase: '查看进度', toFollow: '查看进度', again: '再提一件',
    progress: '办理进度', asked: '{at} 提出', replyTitle: '答复', noReply: '还没有答复。', due: '将在 {at} 前答复或告知进展。', late: '已超过时限，已逐级上报督办。', by: '{department}答复', reasons: '不予受理的理由和途径', yours: '您的诉求', article: '所依据的答案', secondNote: '您表示不满意，已由部门负责人二次办理。', missing: '没有这个查询码',
    st_open: '办理中', st_done: '已办结', st_refused: '不予受理', st_withdrawn: '已撤回', rateCall: '办结后，回访人员会请您评价。',
  },
}
