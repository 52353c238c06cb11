// Languages: Chinese first, English complete. An entry loads only its own part of the catalogue, in one language.
import { createI18n, type I18n } from 'vue-i18n'
import { locale, type Locale } from '@/lib/text'

type Catalogue = Record<string, unknown>
export type Loader = (l: Locale) => Promise<Catalogue>

const KEY = 'tongban.language'
let engine: I18n<{}, {}, {}, string, false> | null = null
let loader: Loader | null = null

export function firstLocale(): Locale {
  const asked = new URLSearchParams(location.search).get('lang')
  if (asked === 'en' || asked === 'zh-CN') return asked
  try {
    const kept = localStorage.getItem(KEY)
    if (kept === 'en' || kept === 'zh-CN') return kept
  } catch {
    /* storage may be forbidden */
  }
  return navigator.language.toLowerCase().startsWith('zh') || !navigator.language.toLowerCase().startsWith('en') ? 'zh-CN' : 'en'
}

export async function setUpI18n(load: Loader) {
  loader = load
  const l = firstLocale()
  engine = createI18n({ legacy: false, locale: l, fallbackLocale: false, missingWarn: false, fallbackWarn: false, messages: { [l]: (await load(l)) as never } })
  locale.value = l
  document.documentElement.lang = l
  return engine
}
export async function setLocale(l: Locale) {
  if (!engine || !loader || l === locale.value) return
  engine.global.setLocaleMessage(l, (await loader(l)) as never)
  engine.global.locale.value = l
  locale.value = l
  document.documentElement.lang = l
  try {
    localStorage.setItem(KEY, l)
  } catch {
    /* then it holds for this visit */
  }
}
export const say = (key: string, values?: Record<string, unknown>): string => (engine ? engine.global.t(key, values ?? {}) : key)
/** The text, or '' when the catalogue has none: for keys that come from the data. */
export const sayIfKnown = (key: string): string => (engine?.global.te(key) ? engine.global.t(key) : '')
