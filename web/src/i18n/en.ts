// The whole catalogue in English, part by part.
import common from './en/common'
import desk from './en/desk'
import portal from './en/portal'
import pub from './en/public'
export default { common, portal, desk, public: pub }
