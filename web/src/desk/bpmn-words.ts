// The process editor's own words in Chinese, by its English ones; what is not here stays English.
const ZH: Record<string, string> = {
  'Activate hand tool': '移动画布', 'Activate lasso tool': '框选', 'Activate create/remove space tool': '拉开或收拢空间', 'Activate global connect tool': '连线',
  'Create start event': '开始事件', 'Create intermediate/boundary event': '中间或边界事件', 'Create end event': '结束事件', 'Create gateway': '网关', 'Create task': '任务',
  'Create expanded sub-process': '子流程', 'Create data object reference': '数据对象', 'Create data store reference': '数据存储', 'Create pool/participant': '泳池', 'Create group': '分组', 'Create element': '新建元素',
  'Append end event': '接结束事件', 'Append gateway': '接网关', 'Append task': '接任务', 'Append intermediate/boundary event': '接中间事件', 'Append element': '接元素', 'Append receive task': '接接收任务',
  'Append timer intermediate catch event': '接定时等待', 'Append message intermediate catch event': '接消息等待', 'Append signal intermediate catch event': '接信号等待', 'Append conditional intermediate catch event': '接条件等待', 'Append compensation activity': '接补偿活动',
  'Add text annotation': '加注释', 'Change element': '更换类型', 'Change type': '更换类型', 'Connect to other element': '连到另一元素', 'Connect using association': '关联', 'Connect using data input association': '数据关联', Delete: '删除', Remove: '删除', 'Search in diagram': '在图中查找',
  'Align elements': '对齐', 'Distribute elements horizontally': '横向均分', 'Distribute elements vertically': '纵向均分', 'Toggle non-interrupting': '切换是否中断',
  'Add lane above': '上方加泳道', 'Add lane below': '下方加泳道', 'Divide into two lanes': '分为两道', 'Divide into three lanes': '分为三道',
  Task: '任务', 'User task': '人工任务', 'Service task': '系统任务', 'Business rule task': '规则任务', 'Script task': '计算任务', 'Manual task': '线下任务', 'Send task': '发送任务', 'Receive task': '接收任务', 'Call activity': '调用事项',
  'Sub-process': '子流程', 'Sub-process (collapsed)': '子流程（收起）', 'Sub-process (expanded)': '子流程（展开）', 'Event sub-process': '事件子流程', Transaction: '事务', 'Ad-hoc sub-process': '自由子流程', 'Ad-hoc sub-process (collapsed)': '自由子流程（收起）', 'Ad-hoc sub-process (expanded)': '自由子流程（展开）', 'Ad-hoc': '自由顺序',
  'Start event': '开始事件', 'End event': '结束事件', 'Intermediate throw event': '中间事件', 'Terminate end event': '终止事件', 'Timer start event': '定时开始', 'Conditional start event': '条件开始', 'Error start event': '错误开始', 'Escalation start event': '升级开始', 'Compensation start event': '补偿开始',
  'Timer boundary event': '定时边界事件', 'Timer boundary event (non-interrupting)': '定时边界事件（不中断）', 'Error boundary event': '错误边界事件', 'Escalation boundary event': '升级边界事件', 'Escalation boundary event (non-interrupting)': '升级边界事件（不中断）', 'Conditional boundary event': '条件边界事件', 'Conditional boundary event (non-interrupting)': '条件边界事件（不中断）', 'Compensation boundary event': '补偿边界事件', 'Cancel boundary event': '取消边界事件', 'Message boundary event': '消息边界事件', 'Signal boundary event': '信号边界事件', 'Message boundary event (non-interrupting)': '消息边界事件（不中断）', 'Signal boundary event (non-interrupting)': '信号边界事件（不中断）',
  'Timer intermediate catch event': '定时等待', 'Conditional intermediate catch event': '条件等待', 'Message intermediate catch event': '消息等待', 'Signal intermediate catch event': '信号等待', 'Link intermediate catch event': '链接到达', 'Link intermediate throw event': '链接离开', 'Message intermediate throw event': '发出消息', 'Signal intermediate throw event': '发出信号', 'Escalation intermediate throw event': '发出升级', 'Compensation intermediate throw event': '发出补偿',
  'Error end event': '错误结束', 'Escalation end event': '升级结束', 'Compensation end event': '补偿结束', 'Cancel end event': '取消结束', 'Message end event': '消息结束', 'Signal end event': '信号结束',
  'Exclusive gateway': '排他网关（只走一路）', 'Parallel gateway': '并行网关（同时走）', 'Inclusive gateway': '包容网关（走符合的）', 'Complex gateway': '复杂网关', 'Event-based gateway': '事件网关',
  'Sequence flow': '顺序流', 'Default flow': '默认流', 'Conditional flow': '条件流', Loop: '循环', 'Parallel multi-instance': '并行多实例', 'Sequential multi-instance': '顺序多实例', Collection: '集合', 'Participant multiplicity': '多个参与方',
  'Data object reference': '数据对象', 'Data store reference': '数据存储', 'Expanded pool/participant': '泳池（展开）', 'Empty pool/participant': '泳池（空）', 'Open {element}': '打开{element}', Search: '查找', 'No matching elements.': '没有匹配的元素', Tasks: '任务', Gateways: '网关', Events: '事件', 'Sub-processes': '子流程', Data: '数据', Participants: '参与方',
}
export const wordsModule = (zh: boolean) => ({
  translate: ['value', (text: string, values: Record<string, string> = {}) => ((zh && ZH[text]) || text).replace(/{([^}]+)}/g, (all, key: string) => values[key] ?? all)],
})
