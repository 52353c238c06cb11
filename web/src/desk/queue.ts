// The list an officer works through: kept while going from case to case, so that N means "the next of this list".
import { ref } from 'vue'
import type { Task } from '@/api/types'

export interface Place {
  case: string
  task: string
}
const KEY = 'tongban.queue'
export const queue = ref<Place[]>([])
try {
  queue.value = JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Place[]
} catch {
  queue.value = []
}
function keep() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(queue.value)) // ids only, nothing personal
  } catch {
    /* then N works until the page is reloaded */
  }
}
export const keyOf = (t: Pick<Task, 'case' | 'id'>) => `${t.case}/${t.id}` // a task's id is unique only within its case
export function setQueue(tasks: Task[]) {
  queue.value = tasks.map((t) => ({ case: t.case, task: t.id }))
  keep()
}
export function nextOf(current: Place, done = false): Place | null {
  const i = queue.value.findIndex((p) => p.case === current.case && p.task === current.task)
  const rest = i < 0 ? queue.value : [...queue.value.slice(i + 1), ...queue.value.slice(0, i)]
  if (done && i >= 0) {
    queue.value = queue.value.filter((_, k) => k !== i)
    keep()
  }
  return rest.find((p) => p.case !== current.case || p.task !== current.task) ?? null
}
