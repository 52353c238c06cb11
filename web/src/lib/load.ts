// Loading of one thing and of paged lists, with the states that every page shows: loading, ready, empty, failed, offline, forbidden.
import { computed, reactive, ref, shallowRef, watch, type Ref } from 'vue'
import { Problem, get } from '@/api/client'
import type { Page } from '@/api/types'

export type LoadState = 'loading' | 'ready' | 'failed' | 'offline' | 'forbidden' | 'missing' | 'unauthenticated'

export function asProblem(e: unknown): Problem {
  return e instanceof Problem ? e : new Problem('failed', 0, 'client', null, String((e as Error)?.message ?? e))
}
export function stateOf(p: Problem): LoadState {
  if (p.trouble === 'offline' || p.trouble === 'forbidden' || p.trouble === 'missing' || p.trouble === 'unauthenticated') return p.trouble
  return 'failed'
}

export function useLoad<T>(fetcher: () => Promise<T>, now = true) {
  const state = ref<LoadState>('loading')
  const data = shallowRef<T | null>(null) as Ref<T | null>
  const problem = shallowRef<Problem | null>(null)
  let turn = 0
  async function reload(quiet = false) {
    const mine = ++turn
    if (!quiet) state.value = 'loading'
    try {
      const got = await fetcher()
      if (mine !== turn) return
      data.value = got
      problem.value = null
      state.value = 'ready'
    } catch (e) {
      if (mine !== turn || (e instanceof DOMException && e.name === 'AbortError')) return
      if (quiet && data.value) return // keep what is shown; a later try will refresh it
      problem.value = asProblem(e)
      state.value = stateOf(problem.value)
    }
  }
  if (now) void reload()
  return reactive({ state, data, problem, reload })
}

export function usePaged<T>(path: () => string, query: () => Record<string, string | number | null | undefined>, now = true) {
  const items = shallowRef<T[]>([])
  const next = ref<string | null>(null)
  const more = ref(false)
  const load = useLoad(async () => {
    const page = await get<Page<T>>(path(), query())
    items.value = page.items
    next.value = page.next
    return page
  }, now)
  async function loadMore() {
    if (!next.value || more.value) return
    more.value = true
    try {
      const page = await get<Page<T>>(path(), { ...query(), cursor: next.value })
      items.value = [...items.value, ...page.items]
      next.value = page.next
    } catch (e) {
      load.problem = asProblem(e)
    } finally {
      more.value = false
    }
  }
  let asked = now
  watch([path, () => JSON.stringify(query())], () => asked && void load.reload())
  const reload = (quiet = false) => ((asked = true), load.reload(quiet))
  const empty = computed(() => load.state === 'ready' && items.value.length === 0)
  return reactive({ load, items, next, more, empty, loadMore, reload })
}
