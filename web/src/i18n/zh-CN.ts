// The whole catalogue in Chinese, part by part; entries load only their own part.
import common from './zh-CN/common'
import desk from './zh-CN/desk'
import portal from './zh-CN/portal'
import pub from './zh-CN/public'
export default { common, portal, desk, public: pub }
