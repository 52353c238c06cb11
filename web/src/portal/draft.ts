// A draft that keeps itself: every change is sent a moment later with If-Match, one request at a time. Another device's newer
// version is never overwritten: the person chooses. While offline it waits and says so.
import { computed, onBeforeUnmount, reactive, ref } from 'vue'
import { ask, del, type Problem } from '@/api/client'
import type { Data, Draft, ProblemItem } from '@/api/types'
import { asProblem } from '@/lib/load'

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'offline' | 'conflict' | 'failed'

export function useDraft() {
  const id = ref('')
  const data = ref<Data>({})
  const page = ref<string>('')
  const without = ref<string[]>([]) // optional steps that the person leaves out
  const at = ref<string | null>(null)
  const state = ref<SaveState>('saved')
  const problem = ref<Problem | null>(null)
  const serverProblems = ref<ProblemItem[]>([])
  let etag: string | null = null
  let timer = 0
  let going: Promise<void> | null = null
  let dirty = false

  async function open(draftId: string) {
    const a = await ask<Draft>('GET', `/drafts/${draftId}`)
    take(a.data, a.etag)
  }
  function take(d: Draft, tag: string | null) {
    id.value = d.id
    data.value = d.data ?? {}
    // The server keeps `page` as it is given: a name, or a name with the steps left out.
    const place = d.page !== null && typeof d.page === 'object' ? d.page : { at: String(d.page ?? ''), without: [] }
    page.value = place.at ?? ''
    without.value = place.without ?? []
    at.value = d.updated_at
    etag = tag
    state.value = 'saved'
    dirty = false
  }
  async function create(service: string, first: Data) {
    const a = await ask<Draft>('POST', '/drafts', { body: { service } })
    take({ ...a.data, data: Object.keys(a.data.data ?? {}).length ? a.data.data : first }, a.etag)
    if (!etag) etag = (await ask<Draft>('GET', `/drafts/${a.data.id}`)).etag
    changed()
    await flush()
  }
  function changed(next?: Data, nextPage?: string) {
    if (next) data.value = next
    if (nextPage !== undefined) page.value = nextPage
    dirty = true
    if (state.value !== 'conflict') state.value = 'unsaved'
    clearTimeout(timer)
    timer = window.setTimeout(() => void flush(), 700)
  }
  function choose(list: string[]) {
    without.value = list
    changed()
  }
  async function send() {
    dirty = false
    state.value = 'saving'
    try {
      const a = await ask<{ updated_at: string; problems: ProblemItem[] }>('PUT', `/drafts/${id.value}`, { body: { data: data.value, page: without.value.length ? { at: page.value, without: without.value } : page.value }, ifMatch: etag })
      at.value = a.data?.updated_at ?? new Date().toISOString()
      serverProblems.value = a.data?.problems ?? []
      etag = a.etag ?? (await ask<Draft>('GET', `/drafts/${id.value}`)).etag
      problem.value = null
      state.value = dirty ? 'unsaved' : 'saved'
    } catch (e) {
      dirty = true
      problem.value = asProblem(e)
      state.value = problem.value.trouble === 'stale' ? 'conflict' : problem.value.trouble === 'offline' ? 'offline' : 'failed'
    }
  }
  /** Sends what is not yet saved; resolves when nothing is left or it cannot go on. */
  async function flush(): Promise<boolean> {
    clearTimeout(timer)
    if (going) await going
    while (dirty && id.value && state.value !== 'conflict') {
      going = send()
      await going
      going = null
      if (state.value === 'offline' || state.value === 'failed') break
    }
    return state.value === 'saved'
  }
  /** After a conflict: take the other device's version, or put ours in its place. */
  async function resolveConflict(mine: boolean) {
    const a = await ask<Draft>('GET', `/drafts/${id.value}`)
    if (!mine) return take(a.data, a.etag)
    etag = a.etag
    state.value = 'unsaved'
    dirty = true
    await flush()
  }
  const remove = () => del(`/drafts/${id.value}`)
  const online = () => void flush()
  const leave = (e: BeforeUnloadEvent) => {
    if (dirty) e.preventDefault()
  }
  window.addEventListener('online', online)
  window.addEventListener('tongban:again', online)
  window.addEventListener('beforeunload', leave)
  onBeforeUnmount(() => {
    window.removeEventListener('online', online)
    window.removeEventListener('tongban:again', online)
    window.removeEventListener('beforeunload', leave)
    void flush()
  })
  return reactive({ id, data, page, without, choose, at, state, problem, serverProblems, saved: computed(() => state.value === 'saved'), open, create, changed, flush, resolveConflict, remove })
}
