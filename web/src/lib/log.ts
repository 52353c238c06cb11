// The city's log, and whether an entry is in it, computed here: RFC 9162, 2.1.3.2 (SHA-256), over what GET /log/proof gives.
import type { Text } from '@/api/types'

export interface LogState {
  origin: string
  key: string
  began_at: string
  checkpoint: { size: number; root: string; published_at: string; note: string } | null
  witnesses: { name: string; key: string; cosigned_at: string | null }[]
  witnesses_needed: number
  policy: string
  keys: { key: string; size: number; at: string; by_old: boolean; reason: string; statement: string }[]
  trouble: (Text & { code?: string; halted?: boolean; at?: string }) | null
  test_keys: boolean
}
export interface LogProof { index: number; id?: string; entry: string; leaf: string; hashes: string[]; checkpoint: string; proof: string }
export interface LogEntry { v: number; id: string; at: number; kind: 'case' | 'audit'; row: string; facts?: Record<string, unknown>[] }

export const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
export const base64Of = (b: Uint8Array): string => btoa(String.fromCharCode(...b))
export const entryOf = (p: LogProof): LogEntry | null => {
  try {
    return JSON.parse(new TextDecoder().decode(bytesOf(p.entry))) as LogEntry
  } catch {
    return null
  }
}

/** Size and root of a checkpoint: its second and third line (C2SP tlog-checkpoint). */
export function headOf(note: string): { size: number; root: string } | null {
  const [, size, root] = note.split('\n')
  return size && root && /^\d+$/.test(size) ? { size: Number(size), root } : null
}

async function sha256(...parts: (Uint8Array | number[])[]): Promise<Uint8Array> {
  const all = Uint8Array.from(parts.flatMap((p) => [...p]))
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all))
}

/** The root that entry, place and hashes lead to. Null: they do not fit a tree of that size. Needs a secure context (crypto.subtle). */
export async function rootOf(entry: Uint8Array, index: number, size: number, hashes: Uint8Array[]): Promise<string | null> {
  if (index >= size) return null
  let fn = index
  let sn = size - 1
  let r = await sha256([0], entry)
  for (const p of hashes) {
    if (sn === 0) return null
    if (fn % 2 === 1 || fn === sn) {
      r = await sha256([1], p, r)
      while (fn !== 0 && fn % 2 === 0) (fn = Math.floor(fn / 2)), (sn = Math.floor(sn / 2))
    } else r = await sha256([1], r, p)
    fn = Math.floor(fn / 2)
    sn = Math.floor(sn / 2)
  }
  return sn === 0 ? base64Of(r) : null
}

export type Verdict = 'in' | 'not' | 'cannot'
export async function judge(p: LogProof): Promise<Verdict> {
  if (!globalThis.crypto?.subtle) return 'cannot'
  const head = headOf(p.checkpoint)
  const root = head && (await rootOf(bytesOf(p.entry), p.index, head.size, p.hashes.map(bytesOf)))
  return root && root === head!.root ? 'in' : 'not'
}
