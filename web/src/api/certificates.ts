// Certificates that sign in, and the lists of those who issue them.
import { ask, get, post } from './client'
import { refreshSession, session } from './session'
import type { Session, Text } from './types'
import { setCsrf } from './client'

export interface Challenge {
  challenge: string
  expires_at: string
  tls?: boolean
}
export interface Proof {
  challenge: string
  signature: string
  form: 'raw' | 'cms'
  certificate?: string
  more?: string[]
  totp?: string
}
export interface BoundCertificate {
  id: string
  subject: string
  issuer: string
  serial: string
  fingerprint: string
  ca: Text
  city: Text
  enterprise?: string
  not_after: string
  bound_at: string
  how: 'signin' | 'account'
  used_at: string | null
}
export interface TrustedCa {
  id: string
  name: Text
  status: 'granted' | 'suspended' | 'withdrawn'
  since: string
  from: string
  until: string
  roots: { subject: string; fingerprint: string; not_after: string }[]
  policies: string[]
  crl: string[]
  ocsp: string[]
  unavailable: 'refuse' | 'cached'
  max_age_hours: number
  counts: boolean
}
export interface TrustList {
  source: string
  own: boolean
  city: Text
  version: number
  issued_at: string
  valid_until: string
  expired: boolean
  anchors: string[]
  cas: TrustedCa[]
}
export interface TrustChange {
  id: string
  kind: 'ca' | 'status' | 'import' | 'drop'
  content: { id?: string; ca?: string; name?: Text; status?: string; source?: string; city?: { code: string; name: Text }; version?: number; anchors?: string[]; cas?: unknown[] }
  reason: string
  requested_by: string
  requested_at: string
  state: 'waiting' | 'approved' | 'rejected' | 'done'
  decided_by?: string
  decided_at: string | null
}

async function enter(path: string, body: unknown) {
  if (session.ended) setCsrf((await get<Session>('/session')).csrf ?? '')
  const s = (await ask<Session>('POST', path, { body, quiet: true })).data
  setCsrf(s.csrf ?? '')
  await refreshSession()
}
export const signInChallenge = () => post<Challenge>('/session/certificate/challenge')
export const signInWith = (p: Proof) => enter('/session/certificate', p)
export const signInByTls = (totp?: string) => enter('/session/certificate/tls', totp ? { totp } : {})
export const bindChallenge = () => post<Challenge>('/me/certificates/challenge')
export const bindWith = (p: Proof) => post<{ items: BoundCertificate[] }>('/me/certificates', p)
