// Single-letter shortcuts: not while typing, not with modifiers, not over an open dialog (WCAG 2.1.4).
import { onBeforeUnmount, onMounted } from 'vue'

export function useKeys(map: Record<string, (e: KeyboardEvent) => void>) {
  const on = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
    const at = e.target as HTMLElement | null
    if (at?.closest('input,textarea,select,[contenteditable],dialog')) return
    if (e.key === 'Enter' && at?.closest('a,button,summary')) return
    const f = map[e.key.length === 1 ? e.key.toLowerCase() : e.key]
    if (f) {
      e.preventDefault()
      f(e)
    }
  }
  onMounted(() => window.addEventListener('keydown', on))
  onBeforeUnmount(() => window.removeEventListener('keydown', on))
}
