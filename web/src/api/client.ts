// The one way to the server: cookies, CSRF token, idempotency keys, problem+json, and telling "offline" from "failed".
import { locale } from '@/lib/text'
import type { MaybeText, ProblemItem } from './types'

export const BASE = '/api/v1'

export type Trouble = 'offline' | 'forbidden' | 'unauthenticated' | 'missing' | 'conflict' | 'stale' | 'invalid' | 'busy' | 'failed'

export class Problem extends Error {
  constructor(
    readonly trouble: Trouble,
    readonly status: number,
    readonly code: string,
    readonly title: MaybeText,
    readonly detail: MaybeText,
    readonly problems: ProblemItem[] = [],
    readonly request: string | null = null,
    readonly retryAfter: number | null = null,
  ) {
    super(`${status} ${code}`)
  }
}

export interface Answer<T> {
  data: T
  etag: string | null
  status: number
  replayed: boolean
}
export interface Ask {
  query?: Record<string, string | number | boolean | null | undefined>
  body?: unknown
  raw?: Blob | ArrayBuffer
  rawType?: string
  key?: string
  ifMatch?: string | null
  signal?: AbortSignal
  quiet?: boolean // a 401 here is an answer, not the end of the session
  anonymous?: boolean // sent without the session, whoever is signed in in this browser
}

let csrf = ''
export function setCsrf(token: string) {
  csrf = token
}
let onSignedOut: () => void = () => {}
export function whenSignedOut(f: () => void) {
  onSignedOut = f
}

/** 128 random bits as an Idempotency-Key; kept by the caller until the answer is known, so that a retry is the same request. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

export function address(path: string, query?: Ask['query']): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(query ?? {})) if (v !== null && v !== undefined && v !== '') q.set(k, String(v))
  const s = q.toString()
  return BASE + path + (s ? '?' + s : '')
}

function troubleOf(status: number): Trouble {
  if (status === 401) return 'unauthenticated'
  if (status === 403) return 'forbidden'
  if (status === 404 || status === 410) return 'missing'
  if (status === 409) return 'conflict'
  if (status === 412) return 'stale'
  if (status === 400 || status === 413 || status === 415 || status === 422) return 'invalid'
  if (status === 429 || status === 503) return 'busy'
  return 'failed'
}

async function problemOf(r: Response): Promise<Problem> {
  let body: Record<string, unknown> = {}
  try {
    if ((r.headers.get('content-type') ?? '').includes('json')) body = (await r.json()) as Record<string, unknown>
  } catch {
    /* a gateway's page: the status alone must do */
  }
  const code = String(body.type ?? '').replace(/^.*\/errors\//, '')
  return new Problem(
    troubleOf(r.status),
    r.status,
    code,
    body.title as MaybeText,
    body.detail as MaybeText,
    Array.isArray(body.problems) ? (body.problems as ProblemItem[]) : [],
    (body.request as string) ?? r.headers.get('x-request-id'),
    Number(r.headers.get('retry-after')) || null,
  )
}

export async function ask<T>(method: string, path: string, o: Ask = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': locale.value }
  if (method !== 'GET' && csrf && !o.anonymous) headers['X-CSRF-Token'] = csrf
  if (o.key) headers['Idempotency-Key'] = o.key
  if (o.ifMatch) headers['If-Match'] = o.ifMatch
  let body: BodyInit | undefined
  if (o.raw !== undefined) {
    body = o.raw
    headers['Content-Type'] = o.rawType ?? 'application/octet-stream'
  } else if (o.body !== undefined) {
    body = JSON.stringify(o.body)
    headers['Content-Type'] = 'application/json'
  }
  let r: Response
  try {
    r = await fetch(address(path, o.query), { method, headers, body, credentials: o.anonymous ? 'omit' : 'same-origin', signal: o.signal })
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new Problem('offline', 0, 'network', null, null)
  }
  if (!r.ok) {
    const p = await problemOf(r)
    // a password or code that signs an act and is wrong (auth.…) ends no session
    if (p.trouble === 'unauthenticated' && !p.code.startsWith('auth.') && !o.quiet) onSignedOut()
    throw p
  }
  const type = r.headers.get('content-type') ?? ''
  const data = (r.status === 204 || r.status === 205 ? null : type.includes('json') ? await r.json() : await r.blob()) as T
  return { data, etag: r.headers.get('etag'), status: r.status, replayed: r.headers.get('idempotency-replayed') === 'true' }
}

export const get = async <T>(path: string, query?: Ask['query'], o: Ask = {}): Promise<T> => (await ask<T>('GET', path, { ...o, query })).data
export const post = async <T>(path: string, body?: unknown, o: Ask = {}): Promise<T> => (await ask<T>('POST', path, { ...o, body: body ?? {} })).data
export const del = async <T>(path: string, body?: unknown, o: Ask = {}): Promise<T> => (await ask<T>('DELETE', path, { ...o, body })).data

/** An upload that can say how far it is; fetch cannot. */
export function upload<T>(path: string, query: Ask['query'], file: Blob, progress: (share: number) => void, signal?: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const x = new XMLHttpRequest()
    x.open('POST', address(path, query))
    x.setRequestHeader('Accept', 'application/json')
    x.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
    if (csrf) x.setRequestHeader('X-CSRF-Token', csrf)
    x.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total)
    x.onerror = () => fail(new Problem('offline', 0, 'network', null, null))
    x.onabort = () => fail(new DOMException('aborted', 'AbortError'))
    x.onload = async () => {
      if (x.status >= 200 && x.status < 300) return done(JSON.parse(x.responseText) as T)
      const type = x.getResponseHeader('content-type') ?? ''
      fail(await problemOf(new Response(x.responseText, { status: x.status || 500, headers: { 'content-type': type } })))
    }
    signal?.addEventListener('abort', () => x.abort())
    x.send(file)
  })
}
