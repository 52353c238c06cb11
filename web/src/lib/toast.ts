// Short confirmations, read out by a screen reader.
import { reactive } from 'vue'
export const toasts = reactive<{ id: number; text: string }[]>([])
let n = 0
export function toast(text: string) {
  const id = ++n
  toasts.push({ id, text })
  setTimeout(() => {
    const i = toasts.findIndex((t) => t.id === id)
    if (i >= 0) toasts.splice(i, 1)
  }, 5000)
}
