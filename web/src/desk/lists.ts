// Lists come as {items} or as bare arrays; the desk does not care.
import { get } from '@/api/client'
import type { Page } from '@/api/types'

/** Lists that come whole take no limit. */
const WHOLE = ['/departments', '/towns', '/studio/decisions', '/studio/designs', '/desk/search']

export async function all<T>(path: string, query: Record<string, string | number> = {}): Promise<T[]> {
  const got = await get<Page<T> | T[]>(path, WHOLE.includes(path) ? query : { limit: 100, ...query })
  return Array.isArray(got) ? got : got.items
}
