// Bilingual text of the API: {zh, en} or a plain string; the language shown is the page's, Chinese when there is none.
import { ref } from 'vue'
import type { MaybeText } from '@/api/types'

export type Locale = 'zh-CN' | 'en'
export const locale = ref<Locale>('zh-CN')

/** For :lang of text that comes from the data: Chinese on an English page says so, to a screen reader and to the font. */
export const langOf = (text: unknown): 'zh-CN' | undefined => (locale.value === 'en' && /[\u3400-\u9fff]/.test(tx(text)) ? 'zh-CN' : undefined)

export function tx(text: unknown): string {
  if (text == null) return ''
  if (typeof text === 'string') return text
  if (typeof text === 'number' || typeof text === 'boolean') return String(text)
  const t = text as { zh?: string; en?: string; name?: MaybeText; text?: MaybeText; title?: MaybeText }
  if (t.zh !== undefined || t.en !== undefined) return (locale.value === 'en' ? t.en || t.zh : t.zh || t.en) ?? ''
  if (t.name !== undefined) return tx(t.name)
  if (t.text !== undefined) return tx(t.text)
  if (t.title !== undefined) return tx(t.title)
  return ''
}
