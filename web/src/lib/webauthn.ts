// The browser's side of security keys (Web Authentication): what the server asks, in bytes; what the key answers, in text.
import { post } from '@/api/client'

export interface RequestOptions { challenge: string; timeout: number; rpId: string; allowCredentials: { type: 'public-key'; id: string }[]; userVerification: UserVerificationRequirement }
export interface CreationOptions {
  challenge: string
  rp: { id: string; name: string }
  user: { id: string; name: string; displayName: string }
  pubKeyCredParams: { type: 'public-key'; alg: number }[]
  timeout: number
  excludeCredentials: { type: 'public-key'; id: string }[]
  authenticatorSelection: AuthenticatorSelectionCriteria
  attestation: AttestationConveyancePreference
}
export interface Assertion { id: string; clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string }
export interface Attestation { clientDataJSON: string; attestationObject: string }

/** Why the browser gave no answer; a key of i18n below keys.trouble. */
export class KeyTrouble extends Error {
  constructor(readonly why: 'cancelled' | 'known' | 'address' | 'failed') {
    super(why)
  }
}

export const keysPossible = () => typeof PublicKeyCredential !== 'undefined' && !!navigator.credentials?.create

const bytes = (s: string) => Uint8Array.from(atob(s.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
const text = (b: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
const listed = (l: { type: 'public-key'; id: string }[]) => l.map((c) => ({ type: c.type, id: bytes(c.id) }))

async function asked<T>(f: () => Promise<Credential | null>): Promise<T> {
  try {
    const c = await f()
    if (!c) throw new KeyTrouble('failed')
    return (c as PublicKeyCredential).response as T
  } catch (e) {
    const name = e instanceof DOMException ? e.name : ''
    if (e instanceof KeyTrouble) throw e
    throw new KeyTrouble(name === 'NotAllowedError' || name === 'AbortError' ? 'cancelled' : name === 'InvalidStateError' ? 'known' : name === 'SecurityError' ? 'address' : 'failed')
  }
}

export async function makeKey(o: CreationOptions): Promise<Attestation> {
  const publicKey = { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: listed(o.excludeCredentials) }
  const r = await asked<AuthenticatorAttestationResponse>(() => navigator.credentials.create({ publicKey }))
  return { clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject) }
}

export async function answerKey(o: RequestOptions): Promise<Assertion> {
  let id = ''
  const publicKey = { ...o, challenge: bytes(o.challenge), allowCredentials: listed(o.allowCredentials) }
  const r = await asked<AuthenticatorAssertionResponse>(async () => {
    const c = await navigator.credentials.get({ publicKey })
    id = c?.id ?? ''
    return c
  })
  return { id, clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), ...(r.userHandle?.byteLength ? { userHandle: text(r.userHandle) } : {}) }
}

/** At sign-in, with name and password. */
export const signInKey = async (login: string, password: string) => answerKey(await post<RequestOptions>('/session/keys', { login, password }, { quiet: true }))
/** For an act that is signed, by who is signed in. */
export const proveKey = async () => answerKey(await post<RequestOptions>('/me/keys/challenge'))
