// Pages for everybody: verification, shared progress, coverage, API.
import licences from './licences'
import briefing from './briefing'
import portal from './portal'

export default {
  ...licences,
  briefing,
  pnav: { main: '主菜单', home: '回到政务服务首页', verify: '查验', ratings: '好差评', briefings: '简报', coverage: '建设进度', api: '开放接口', privacy: '隐私说明' },
  pfoot: '有疑问请拨打 12345。',
  verify: {
    seals: '文件上的印章', sealedAt: '盖于 {at}', sealPages: '第 {pages} 页',
    title: '查验证照和文书',
    lead: '把本市出具或盖章的 PDF、OFD 放进来，马上知道是不是真的、有没有改过、现在还有没有效。',
    drop: '把文件拖到这里，或者',
    choose: '选择文件',
    notKept: '文件只用来核验，不会保存。',
    checking: '正在核验 {name}…',
    number: '编号', issued: '出具时间', certificateId: '电子证照标识',
    checks: '逐项核验',
    haveFile: '手上有文件？上传核验',
    unknownHere: '签名有效，但本市没有出具过这份文件的记录。',
    other: '还可以这样查验',
    other1: '用手机扫描证照上的二维码。',
    other2: '没有网络时，用命令行工具 tongban verify 文件名，不需要联网。',
  },
  verdict: {
    good: '真实有效', goodText: '由本市签发，内容没有改动，目前有效。', sealedText: '印章真实，盖章以后内容没有改动。',
    bad: '不能确认', badText: '没有通过核验，请不要接受这份文件，可拨打 12345 核实。',
    expired: '已过期', expiredText: '是真的，但已超过有效期。',
    revoked: '已失效', revokedText: '是真的，但已被吊销、注销或替换。',
    suspended: '已暂扣', suspendedText: '是真的，但目前已被暂扣，暂时不能作为依据。',
    testKeys: '用测试密钥签发，只供演示，没有法律效力。',
  },
  record: { title: '名称', number: '编号', holder_name: '持有人', holder_uscc: '统一社会信用代码', case: '办件编号', valid_from: '有效期自', valid_to: '有效期至', noEnd: '长期', rest: '签名记录的其余内容' },
  check: { signature: '电子签名', certificate: '签发证书', log: '公开日志', seal: '电子印章', digest: '文件内容', record: '登记信息', format: '文件格式', timestamp: '时间戳' },
  checkState: { ok: '通过', failed: '未通过', warning: '注意' },
  shared: { title: '办件进度', map: '进行到哪一步', note: '这是申请人分享的进度，不显示姓名、填写的内容和文书。' },
  ratings: {
    title: '好差评公示', lead: '办事人对各部门、各事项服务的评价。', span: '时间范围', months: '近 {n} 个月', all: '全市', n: '评价数', satisfied: '“满意”及以上占比', few: '不足 {n} 次评价，不公布数字。', fewShort: '次数太少，不公布', none: '这段时间还没有评价。',
    services: '分事项查看', visits: '到窗口办事（未关联办件）', line: '{n} 次，{share} 满意', how: '数字随每次评价即时更新，不是填报的；经复核属误评的不计入。不足 {n} 次的，以及可由其他数字相减推出的，不公布。',
  },
  coverage: {
    title: '建设进度公示',
    lead: '营商环境行动方案的 {n} 个系统，哪些已经能办、哪些只建成一部分、哪些还没有，逐项列出；是本市自建还是模拟对接，如实标明。',
    bar: '已建成 {shown} 个，部分建成 {partial} 个，未建 {open} 个',
    worksWhen: '做到什么才算建成', filter: '按进度筛选', all: '全部 {n}', services: '事项：', scenarios: '{n} 个验证场景',
  },
  covState: { shown: '已能办', partial: '部分', open: '未建' },
  covKind: { ours: '本市系统', double: '模拟系统', tracked: '政策任务' },
  area: { 0: '工作保障', ...portal.area },
  api: { title: '开放接口', lead: '全部接口，由服务器的路由表生成。机器可读的版本：', q: '筛选', rights: '谁可以调用：', parameter: '参数', in: '位置', type: '类型', meaning: '含义', body: '请求' },
  errors: { title: '问题说明', remedy: '怎么办' },
  privacy: { title: '隐私说明', reads: '谁看过我的数据', me: '城市知道我什么' },
  notFound: { title: '没有这个页面' },
}
