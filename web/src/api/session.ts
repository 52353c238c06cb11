// Who is signed in; read once at start, again after every change of it.
import { reactive } from 'vue'
import { ask, get, setCsrf, whenSignedOut } from './client'
import type { Actor, Session } from './types'

interface State {
  ready: boolean
  signedIn: boolean
  actor: Actor | null
  city: Session['city'] | null
  ended: boolean // it was signed in, and the server says it no longer is
  was: string | null // who it was, until somebody is signed in again or signs out
}
export const session = reactive<State>({ ready: false, signedIn: false, actor: null, city: null, ended: false, was: null })

export function adopt(s: Session) {
  setCsrf(s.csrf ?? '')
  session.signedIn = s.signed_in
  session.actor = s.actor
  if (s.city) session.city = s.city
  session.ready = true
  if (s.signed_in) {
    session.ended = false
    session.was = s.actor?.id ?? null
  }
}

let first: Promise<void> | null = null
export function loadSession(): Promise<void> {
  first ??= get<Session>('/session')
    .then(adopt)
    .catch(() => {
      first = null // offline: the pages say so themselves, and the next page asks again
      session.ready = true
    })
  return first
}
export async function refreshSession() {
  adopt(await get<Session>('/session'))
}
export async function signIn(login: string, password: string, second: { totp?: string; assertion?: unknown } = {}) {
  if (session.ended) setCsrf((await get<Session>('/session')).csrf ?? '') // the old token ended with the old session
  const body = { login, password, ...second }
  const s = (await ask<Session>('POST', '/session', { body, quiet: true })).data
  setCsrf(s.csrf ?? '')
  await refreshSession() // who it is, with roles and principals, and the token of the new session
}
export async function signOut() {
  await ask('DELETE', '/session', { quiet: true })
  session.signedIn = false
  session.actor = session.was = null
  first = null
  await loadSession()
}

whenSignedOut(() => {
  if (session.was) session.ended = true
  session.signedIn = false
  session.actor = null
  first = null
})

export const hasRole = (...roles: string[]) => !!session.actor?.staff?.roles.some((r) => roles.includes(r.role))
