// Files that are a draft from the first change on: saved by itself, one number higher each time; kept in this browser while they cannot be
// saved; and when somebody else saved in between, both are shown before one of them goes.
import { onBeforeUnmount, onMounted, ref, shallowRef, watch } from 'vue'
import { get, post, type Problem } from '@/api/client'
import { forget, keep, kept } from '@/lib/kept'
import { asProblem } from '@/lib/load'
import { toast } from '@/lib/toast'

type Files = Record<string, string>
interface Drafted {
  files: Files
  draft: { rev: number; saved_at: string } | null
}

/** `url` gives D and takes url/draft; `checkUrl` says of the files what saving says too; `keptAs` names them in this browser. */
export function useDraft<D extends Drafted, C extends object>(o: { url: string; checkUrl: string; keptAs: string; loaded: () => D | null; restored: () => string; saved?: (got: C) => void }) {
  const files = ref<Files>({})
  const rev = ref(0)
  const check = shallowRef<C | null>(null)
  const saving = ref<'saved' | 'dirty' | 'saving' | 'failed'>('saved')
  const savedAt = ref<string | null>(null)
  const problem = ref<Problem | null>(null)
  const conflict = shallowRef<D | null>(null)
  let timer = 0

  function take(d: D) {
    files.value = { ...d.files }
    rev.value = d.draft?.rev ?? 0
    savedAt.value = d.draft?.saved_at ?? null
  }
  watch(o.loaded, (d) => {
    if (!d) return
    take(d)
    restore()
    void recheck()
  })
  // What could not be saved when the page was left.
  function restore() {
    const was = kept<Files>(o.keptAs)
    if (!was || JSON.stringify(was) === JSON.stringify(files.value)) return forget(o.keptAs)
    files.value = was
    changed()
    toast(o.restored())
  }
  function later(ms: number) {
    clearTimeout(timer)
    timer = window.setTimeout(() => void save(), ms)
  }
  function changed() {
    saving.value = 'dirty'
    keep(o.keptAs, files.value)
    later(1200)
  }
  /** null: the file goes. */
  function edit(path: string, text: string | null) {
    if (files.value[path] === text) return
    const next = { ...files.value }
    if (text === null) delete next[path]
    else next[path] = text
    files.value = next
    changed()
  }
  async function save() {
    clearTimeout(timer)
    if (saving.value === 'saving' || conflict.value) return
    saving.value = 'saving'
    const sent = files.value
    try {
      const got = await post<C & { rev: number; saved_at: string }>(`${o.url}/draft`, { files: sent, rev: rev.value })
      rev.value = got.rev
      savedAt.value = got.saved_at
      check.value = got
      problem.value = null
      saving.value = files.value === sent ? 'saved' : 'dirty'
      if (saving.value === 'saved') forget(o.keptAs)
      else later(400)
      o.saved?.(got)
    } catch (e) {
      problem.value = asProblem(e)
      saving.value = 'failed'
      if (problem.value.code === 'store.version') conflict.value = await get<D>(o.url).catch(() => null)
    }
  }
  /** Mine is put over what somebody else saved, or theirs is taken. */
  async function settle(mine: boolean) {
    const theirs = conflict.value!
    conflict.value = null
    if (mine) {
      rev.value = theirs.draft?.rev ?? 0
      return save()
    }
    take(theirs)
    forget(o.keptAs)
    saving.value = 'saved'
    problem.value = null
    await recheck()
  }
  async function recheck() {
    try {
      check.value = await post<C>(o.checkUrl, { files: files.value })
    } catch (e) {
      problem.value = asProblem(e)
    }
  }
  const online = () => saving.value === 'failed' && !conflict.value && void save()
  const leaving = (e: BeforeUnloadEvent) => saving.value !== 'saved' && e.preventDefault()
  onMounted(() => (window.addEventListener('online', online), window.addEventListener('beforeunload', leaving)))
  onBeforeUnmount(() => {
    window.removeEventListener('online', online)
    window.removeEventListener('beforeunload', leaving)
    if (saving.value === 'dirty') void save()
  })
  return { files, rev, check, saving, savedAt, problem, conflict, edit, save, settle, forgetKept: () => forget(o.keptAs) }
}
