// The enterprise seat of the hotline, for officers.
export default {
  hot: {
    title: '企业诉求', lead: '12345企业专席：电话、网页、邮件来的诉求，按到期先后排列。', call: '登记来电', figures: '热点与统计', list: '工单清单',
    state: '状态', s_open: '在办', s_ended: '已办结', s_all: '全部', only: '只看', only_all: '不限', only_late: '逾期', only_pressing: '紧急或已上报',
    kind: '类型', allKinds: '全部类型', channel: '渠道', allChannels: '全部渠道', topic: '主题', allTopics: '全部主题', department: '承办部门', allDepartments: '全部部门',
    ch_phone: '电话', ch_online: '网页', ch_email: '邮件', none: '没有这样的诉求', noneRemedy: '放宽筛选条件，或登记一个来电。',
    urgent: '紧急', officer: '反映工作人员', second: '二次办理', late: '逾期', level1: '已上报部门负责人', level2: '已上报领导', returned: '退回 {n} 次',
    due: '{at} 前', open: '打开', unclassified: '待分类', asked: '{at} 提出', replied: '{at} 答复',
    sat_satisfied: '满意', sat_not_satisfied: '不满意', sat_unreached: '未联系上',
    t_classify: '待分类派单', t_answer: '待答复', t_take: '待签收', t_coordinate: '牵头办理', t_joint: '协办中', t_reply: '待答复', t_inquire: '核查中', t_visit: '待回访', t_again: '二次办理', t_other: '办理中',
    over: '已办结', answered: '当场答复', refused: '不予受理',
  },
  call: {
    title: '登记来电', lead: '边听边记：下面按所输入的内容推荐分类和知识库答案。', who: '来电人', name: '姓名', phone: '电话', uscc: '统一社会信用代码', enterprise: '企业名称', withheld: '来电人要求对办理部门保密身份',
    what: '诉求', text: '诉求内容', textHint: '用来电人的话记，不写证件号码。', place: '事发地点',
    lookup: '查以往诉求', first: '这个号码没有提过诉求。', repeat: '第 {n} 次来电：以往 {times} 件，其中在办 {open} 件', earlier: '以往诉求',
    sort: '分类派单', suggested: '推荐：{kind}、{topic}、{department}', useIt: '采用推荐', suggestNone: '输入内容后，这里推荐类型、主题和承办部门。',
    looksUrgent: '内容像紧急诉求，请核实后勾选“紧急”。', looksOfficer: '内容像反映工作人员，请核实后选择“转监督部门”。',
    outcome: '怎样处理', o_route: '派单给部门', o_answer: '按知识库当场答复', o_officer: '反映工作人员，转监督部门（不经被反映部门）', o_refuse: '不予受理，告知途径', o_later: '先登记，稍后分类',
    departmentHint: '不选则按主题派单：{name}', about: '被反映人员所在部门', joint: '协办部门（至多三个）', urgent: '紧急（停产、停水停电、安全等）', note: '派单说明', reasons: '理由和途径（每行一条）',
    reply: '答复内容', from: '依据文章：{title}（第 {version} 版）', noArticle: '未引用文章。可从右侧采用一条答案。', drop: '不引用',
    go: '登记', going: '正在登记', done: '已登记', number: '诉求编号', code: '查询码', codeHint: '请告诉来电人：在网上“企业诉求”页输入查询码，可看进度和答复。只显示这一次。', next: '登记下一个', open: '打开工单', rate: '请来电人评价',
    needText: '请填写诉求内容', needTopic: '请选择诉求主题', needKind: '请选择诉求类型', needReply: '请填写答复内容', needReasons: '请填写不予受理的理由和途径', tooMany: '协办部门至多三个',
  },
  ticket: {
    title: '诉求人与诉求', contact: '诉求人', withheld: '诉求人要求对办理部门保密身份。', unknown: '没有留下联系方式，或已过保存期。', name: '姓名', phone: '电话', email: '邮箱', uscc: '统一社会信用代码',
    recorded: '查看联系方式已留痕。', keep: '诉求人要求对办理部门保密，不要转告。', earlier: '同一诉求人的其他诉求（{n} 件）', noEarlier: '没有其他诉求。', files: '附件', escalations: '上报记录',
    told1: '{department}：{stage}，上报部门负责人', told2: '{department}：{stage}，上报领导', st_take: '未按时签收', st_reply: '未按时答复', st_again: '二次办理未按时答复',
    handled: '办理情况', note: '派单说明', reply: '答复', opinion: '{who}意见', lead: '牵头部门', joint: '协办部门', article: '依据知识库文章 {key}，第 {version} 版', visited: '回访', rate: '请诉求人评价（电话）', sent: '退回理由',
  },
  hstats: {
    title: '企业诉求统计', lead: '由工单逐件统计，不含个人信息。', days: '近 {n} 天', period: '期间', total: '诉求', open: '在办', answered: '当场答复', article: '引用知识库', escalated: '上报', repeated: '重复来电', repeatedOf: '{n} / {of}',
    hot: '热点主题', topic: '主题', week: '近 7 天', month: '近 30 天', before: '此前四周周均', rising: '上升', risingHow: '“上升”：近 7 天不少于 3 件，且多于此前四周的周均值加两个标准差（泊松）。', noTopics: '近 35 天没有已分类的诉求。',
    departments: '各部门', department: '承办部门', tickets: '诉求', late: '现逾期', onTime: '按时答复', satisfied: '满意率', second: '二次办理', returned: '退回', noDepartments: '这段时间没有派给部门的诉求。', how: '按时答复：各次答复在其时限内的比例。满意率：回访到的诉求中答“满意”的比例。', noData: '无数据', kinds: '类型与渠道', kind: '类型', n: '件数', bar: '{n} 件',
  },
}
