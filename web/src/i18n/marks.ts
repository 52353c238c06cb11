// Text from the data. On an English page its Chinese parts (names, addresses, opinions) are marked as Chinese, for a screen
// reader and for the font (WCAG 3.1.2). <DataText :t="x" /> anywhere; :lang="$zh(x)" where only text may stand.
import { h, type App, type FunctionalComponent, type VNode } from 'vue'
import { langOf, locale, tx } from '@/lib/text'

const HAN = /[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]*[\u3400-\u9fff][\u3400-\u9fff\u3000-\u303f\uff00-\uffef*·\d]*/g

export const DataText: FunctionalComponent<{ t: unknown }> = ({ t }) => {
  const text = tx(t)
  if (locale.value !== 'en' || !langOf(text)) return [text] as unknown as VNode
  const out: (string | VNode)[] = []
  let at = 0
  for (const m of text.matchAll(HAN)) {
    out.push(text.slice(at, m.index), h('span', { lang: 'zh-CN' }, m[0]))
    at = m.index + m[0].length
  }
  out.push(text.slice(at))
  return out as unknown as VNode
}
DataText.props = ['t']

export const marks = {
  install(app: App) {
    app.config.globalProperties.$zh = langOf
    app.component('DataText', DataText)
  },
}
