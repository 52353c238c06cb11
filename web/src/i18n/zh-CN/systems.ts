// Signing in to other systems of the city.
export default {
  title: '登录其他系统', asks: '{name}请求确认您的身份。', purpose: '用途：', passed: '同意后将提供', note: '对方每次读取都会记入“谁看过我的数据”。以后可以在“账号与安全”中撤回同意。', agree: '同意并继续', refuse: '不同意', going: '正在前往该系统…',
  logout: '退出登录', logoutText: '您从另一个系统退出。要同时退出本市政务服务吗？', loggedOut: '您已退出。', back: '返回', stay: '暂不退出',
  mine: '已同意提供信息的系统', mineNone: '没有。', withdraw: '撤回同意', withdrawn: '已撤回，对方不能再读取',
}
