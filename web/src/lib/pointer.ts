// JSON pointers (RFC 6901) into form data.
import type { Data, Json } from '@/api/types'

export const split = (pointer: string): string[] =>
  pointer === '' ? [] : pointer.slice(1).split('/').map((s) => s.replace(/~1/g, '/').replace(/~0/g, '~'))
export const join = (parts: (string | number)[]): string => parts.map((p) => '/' + String(p).replace(/~/g, '~0').replace(/\//g, '~1')).join('')

export function read(data: Json | undefined, pointer: string): Json | undefined {
  let at: Json | undefined = data
  for (const key of split(pointer)) {
    if (at === null || typeof at !== 'object') return undefined
    at = Array.isArray(at) ? at[Number(key)] : at[key]
  }
  return at
}

/** A copy with the value at the pointer set; undefined removes it. Objects on the way are made. */
export function write(data: Data, pointer: string, value: Json | undefined): Data {
  const set = (node: Json | undefined, keys: string[]): Json | undefined => {
    const [key, ...rest] = keys
    if (key === undefined) return value
    if (Array.isArray(node)) {
      const copy = [...node]
      const inner = set(copy[Number(key)], rest)
      if (inner === undefined) copy.splice(Number(key), 1)
      else copy[Number(key)] = inner
      return copy
    }
    if (node === undefined && /^\d+$/.test(key)) {
      const inner = set(undefined, rest)
      return inner === undefined ? [] : [inner]
    }
    const copy: { [k: string]: Json } = { ...((node && typeof node === 'object' ? node : {}) as { [k: string]: Json }) }
    const inner = set(copy[key], rest)
    if (inner === undefined) delete copy[key]
    else copy[key] = inner
    return copy
  }
  return (set(data, split(pointer)) ?? {}) as Data
}

/** What turns `before` into `after` as a merge patch (RFC 7396): only what changed, null for what was removed. */
export function mergePatch(before: Data, after: Data): Data {
  const out: Data = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const a = before[key]
    const b = after[key]
    if (b === undefined) out[key] = null
    else if (a && b && typeof a === 'object' && typeof b === 'object' && !Array.isArray(a) && !Array.isArray(b)) {
      const inner = mergePatch(a as Data, b as Data)
      if (Object.keys(inner).length) out[key] = inner
    } else if (JSON.stringify(a) !== JSON.stringify(b)) out[key] = b
  }
  return out
}
