// 证书登录（cert）与信任列表（trust）
export const cert = {
  signIn: '证书登录', signInLead: '用数字证书证明您的身份，不需要密码。', signInGo: '签名并登录', byPassword: '用密码登录', firstUse: '首次使用时，按证书所载的证件号码找到您的账户；该号码须已由窗口或登记机关核实。其他情况请先用密码登录，再在“账户”页绑定证书。',
  way: '怎样使用证书', ways: { file: '证书文件', tool: 'UKey 或其他签名工具', tls: '浏览器中的证书' },
  wayText: { file: '.p12、.pfx 或 .pem；签名在本浏览器中完成，文件和密码不会上传', tool: '用 UKey 自带的工具对一段文字签名，再上传签名（国密 SM2 用此方式）', tls: '本连接已请求您的证书；浏览器会让您选择' },
  file: '证书文件', fileHint: '同时含有证书和私钥的文件，由颁发机构给您', password: '文件的密码', passwordHint: '文件没有密码时留空', show: '显示密码', needFile: '请选择证书文件',
  step1: '第一步：取得要签名的文字', step1Hint: '对下面的文字原样签名，两分钟内有效，只能使用一次', challengeGet: '取得文字', challengeAnew: '重新取得', copy: '复制', download: '下载', left: '还有 {n} 秒', over: '已过期，请重新取得',
  step2: '第二步：上传签名', step2Hint: '分离式签名：SignedData（.p7s，国标 GB/T 35275 或 CMS），或原始签名；DER、PEM 或 Base64', step3: '第三步：上传证书', step3Hint: '签名文件中不含证书时需要（.cer、.crt、.pem）',
  needChallenge: '请先取得要签名的文字', needSignature: '请选择签名文件', needCertificate: '签名文件中不含证书，请选择证书文件', totpHint: '您的账户启用了一次性口令，请输入验证器上的六位数字', going: '正在核验……', summary: '证书未能使用', failed: '未能完成',
  faults: { format: '无法读取此文件：请选择 PKCS#12（.p12、.pfx）或 PEM（PKCS#8）文件', password: '密码不正确', needPassword: '此文件有密码，请输入', noKey: '文件中没有私钥', noCertificate: '文件中没有与私钥对应的证书', sm2: '浏览器不能使用 SM2 私钥，请选择“UKey 或其他签名工具”', algorithm: '浏览器不能使用此类私钥，请选择“UKey 或其他签名工具”', oldEncryption: '文件用旧的加密方式保护，浏览器不支持；请用 AES-256 重新导出，或选择“UKey 或其他签名工具”', noCrypto: '此连接不安全，浏览器不提供签名功能；请用 https 访问' },
  title: '证书', lead: '下列证书可以登录此账户。', none: '尚未绑定证书', until: '有效期至 {day}', overSince: '已于 {day} 过期', for: '代表 {name}', ca: '颁发机构', listOf: '{city}的信任列表', serial: '序列号', boundAt: '绑定', how: { signin: '首次登录时', account: '在账户中绑定' }, usedAt: '最近登录', neverUsed: '尚未使用', remove: '解除绑定', removeSure: '解除后，此证书不能再登录此账户。确定解除？', removed: '已解除绑定', add: '绑定证书', addGo: '签名并绑定', boundDone: '已绑定', cancel: '取消',
}
export const trust = {
  nav: '信任列表', title: '信任列表', lead: '哪些机构颁发的证书可以登录。认可、恢复、撤销与采用他市列表由两人办理；暂停认可一人即可，立即生效。', none: '尚无信任列表：本市不接受任何证书', own: '本市', other: '他市', version: '第 {n} 版', validUntil: '有效至 {day}', expired: '已过期，不再采用', publish: '下载本市列表（已签名）', anchors: '对方城市的根证书', noCas: '列表中没有机构',
  ca: '机构', state: '状态', since: '自', states: { granted: '认可', suspended: '暂停认可', withdrawn: '撤销认可' }, period: '认可期', roots: '根证书', addresses: '吊销信息', unavailable: { refuse: '取不到吊销信息时拒绝', cached: '取不到时采用 {n} 小时内的信息' }, policies: '证书策略', overruled: '以本市列表为准',
  suspend: '暂停', grant: '恢复', withdraw: '撤销', drop: '停止采用', change: '变更', changes: '变更记录', noChanges: '没有变更', kinds: { ca: '增改机构', status: '变更状态', import: '采用他市列表', drop: '停止采用他市列表' }, reason: '理由', askedBy: '申请', decidedBy: '办理', approve: '批准', reject: '驳回', stateOf: { waiting: '待批准', approved: '已批准', rejected: '已驳回', done: '已生效' },
  asked: '已提交，待另一人批准', done: '已生效', approved: '已批准', rejected: '已驳回', sureSuspend: '暂停后，其证书立即不能登录', needReason: '请填写理由', cancel: '取消', confirm: '提交',
  addTitle: '增加或修改机构', addText: '机构条目为 JSON 文件，格式见 data/schemas/trust-list.schema.json', addFile: '机构条目（JSON）', addGo: '提交机构', importTitle: '采用他市的信任列表', importText: '请通过可靠途径取得对方城市的根证书，提交后由两人分别核对“变更记录”中的指纹', importFile: '已签名的列表（JSON）', importAnchors: '对方城市的根证书（anchors.pem）', importGo: '提交列表', needFile: '请选择文件', notJson: '不是 JSON 文件', prints: '根证书指纹（SHA-256）',
}
