// The page where systems are registered.
export default {
  title: '接入系统', lead: '市内其他系统通过本平台统一身份认证登录。登记须两个人：管理员申请，安全管理员批准。', none: '还没有接入的系统。', new: '申请接入系统', asked: '已提交，等安全管理员批准', secretOnce: '请交给该系统的管理员；密钥只显示这一次。',
  state: { waiting: '待批准', active: '已接入', rejected: '已驳回', ended: '已停止' }, has: '可读取：', identifierOnly: '仅身份标识', basisIs: '依据', end: '停止接入', endSure: '停止后“{name}”的用户不能再通过本平台登录。确定停止吗？', endDone: '已停止',
  nameZh: '系统名称（中文）', nameEn: '系统名称（英文）', purposeZh: '用途（中文）', purposeHint: '用户同意前会看到，也会写进“谁看过我的数据”。', purposeEn: '用途（英文）', redirects: '回调地址', redirectsHint: '每行一个，须与系统使用的完全一致。', logouts: '退出后返回的地址（可不填）',
  scopes: '可读取的信息', scopesHint: '只选办理所必需的（个人信息保护法第六条）。', scope: { profile: '姓名（名称）', phone: '联系电话', email: '电子邮箱', identity: '证件类型和号码' }, basis: '法律依据', basisHint: '法律规定可以不经本人同意的，写明条款；否则留空，登录时征得本人同意。',
}
