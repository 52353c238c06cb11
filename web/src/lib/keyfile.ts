// A certificate and its key from a file of the holder: PKCS #12 (RFC 7292) or PEM. Read here and used by the browser's own cryptography; neither
// file nor password goes anywhere. Keys that browsers cannot use (SM2) are signed with by the tool that keeps them.
import { type Element, elements, inside, integer, oid, one, pem, unbase64 } from './der'

export type KeyFault = 'format' | 'password' | 'needPassword' | 'noKey' | 'noCertificate' | 'sm2' | 'algorithm' | 'oldEncryption' | 'noCrypto'
export class KeyFileFault extends Error {
  constructor(readonly fault: KeyFault) {
    super(fault)
  }
}
export interface KeyFile {
  certificate: Uint8Array
  more: Uint8Array[]
  sign: (text: string) => Promise<Uint8Array>
}

const PBES2 = '1.2.840.113549.1.5.13'
const PRF: Record<string, string> = { '1.2.840.113549.2.7': 'SHA-1', '1.2.840.113549.2.9': 'SHA-256', '1.2.840.113549.2.10': 'SHA-384', '1.2.840.113549.2.11': 'SHA-512' }
const AES: Record<string, number> = { '2.16.840.1.101.3.4.1.2': 128, '2.16.840.1.101.3.4.1.22': 192, '2.16.840.1.101.3.4.1.42': 256 }
const CURVES: Record<string, [string, string]> = { '1.2.840.10045.3.1.7': ['P-256', 'SHA-256'], '1.3.132.0.34': ['P-384', 'SHA-384'], '1.3.132.0.35': ['P-521', 'SHA-512'] }
const ITERATIONS = 10_000_000 // a file that asks for more would hold the browser

const own = (b: Uint8Array) => new Uint8Array(b) // WebCrypto wants a buffer of its own, not a view

/** AlgorithmIdentifier of PBES2 (RFC 8018, 6.2) -> the bytes. */
async function decrypt(algorithm: Element, secret: Uint8Array, password: string): Promise<Uint8Array> {
  const [id, parameters] = inside(algorithm, 0x30)
  if (oid(id) !== PBES2) throw new KeyFileFault('oldEncryption')
  if (!password) throw new KeyFileFault('needPassword')
  const [kdf, cipher] = inside(parameters, 0x30)
  const [kdfId, kdfParameters] = inside(kdf, 0x30)
  if (oid(kdfId) !== '1.2.840.113549.1.5.12') throw new KeyFileFault('oldEncryption')
  const [salt, rounds, ...rest] = inside(kdfParameters, 0x30)
  const prf = rest.find((e) => e.tag === 0x30)
  const hash = prf ? PRF[oid(inside(prf, 0x30)[0])] : 'SHA-1'
  const [cipherId, iv] = inside(cipher, 0x30)
  const length = AES[oid(cipherId)]
  const iterations = integer(rounds)
  if (!hash || !length || iv?.tag !== 4 || salt?.tag !== 4 || iterations > ITERATIONS) throw new KeyFileFault('oldEncryption')
  const base = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, ['deriveKey'])
  const key = await crypto.subtle.deriveKey({ name: 'PBKDF2', hash, salt: own(salt.content), iterations }, base, { name: 'AES-CBC', length }, false, ['decrypt'])
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv: own(iv.content) }, key, own(secret)))
  } catch {
    throw new KeyFileFault('password')
  }
}
async function decryptKey(info: Uint8Array, password: string): Promise<Uint8Array> {
  const [algorithm, secret] = inside(one(info, 0x30), 0x30)
  if (!algorithm || secret?.tag !== 4) throw new KeyFileFault('format')
  return decrypt(algorithm, secret.content, password)
}

interface Found {
  certificates: Uint8Array[]
  key: Uint8Array | null // PKCS #8
}

async function fromPem(text: string, password: string): Promise<Found> {
  const blocks = pem(text)
  const found: Found = { certificates: blocks.filter((b) => b.label === 'CERTIFICATE').map((b) => b.bytes), key: null }
  for (const b of blocks) {
    if (b.label === 'PRIVATE KEY') found.key = b.bytes
    if (b.label === 'ENCRYPTED PRIVATE KEY') found.key = await decryptKey(b.bytes, password)
    if (b.label === 'EC PRIVATE KEY' || b.label === 'RSA PRIVATE KEY') throw new KeyFileFault('format')
  }
  return found
}

async function bags(contents: Uint8Array, password: string, found: Found) {
  for (const bag of inside(one(contents, 0x30), 0x30)) {
    const [kind, wrapped] = inside(bag, 0x30)
    const value = inside(wrapped, 0xa0)[0]!
    const id = oid(kind)
    if (id === '1.2.840.113549.1.12.10.1.1') found.key = value.whole
    if (id === '1.2.840.113549.1.12.10.1.2') found.key = await decryptKey(value.whole, password)
    if (id === '1.2.840.113549.1.12.10.1.3') found.certificates.push(inside(inside(value, 0x30)[1], 0xa0)[0]!.content)
  }
}
async function fromPkcs12(bytes: Uint8Array, password: string): Promise<Found> {
  const found: Found = { certificates: [], key: null }
  const safe = inside(inside(one(bytes, 0x30), 0x30)[1], 0x30)
  const data = inside(safe[1], 0xa0)[0]!
  for (const part of inside(one(data.content, 0x30), 0x30)) {
    const [kind, wrapped] = inside(part, 0x30)
    const value = inside(wrapped, 0xa0)[0]!
    if (oid(kind) === '1.2.840.113549.1.7.1') await bags(value.content, password, found)
    if (oid(kind) !== '1.2.840.113549.1.7.6') continue
    const [, algorithm, secret] = inside(inside(value, 0x30)[1], 0x30)
    if (!algorithm || secret?.tag !== 0x80) throw new KeyFileFault('format')
    await bags(await decrypt(algorithm, secret.content, password), password, found)
  }
  return found
}

/** What WebCrypto calls the algorithm of a PKCS #8 key. */
function algorithmOf(pkcs8: Uint8Array): { importing: RsaHashedImportParams | EcKeyImportParams; signing: AlgorithmIdentifier | EcdsaParams } {
  const [id, parameters] = inside(inside(one(pkcs8, 0x30), 0x30)[1], 0x30)
  const name = oid(id)
  if (name === '1.2.840.113549.1.1.1') return { importing: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, signing: { name: 'RSASSA-PKCS1-v1_5' } }
  if (name !== '1.2.840.10045.2.1') throw new KeyFileFault('algorithm')
  const curve = oid(parameters)
  if (curve === '1.2.156.10197.1.301') throw new KeyFileFault('sm2')
  const known = CURVES[curve]
  if (!known) throw new KeyFileFault('algorithm')
  return { importing: { name: 'ECDSA', namedCurve: known[0] }, signing: { name: 'ECDSA', hash: known[1] } }
}
/** SubjectPublicKeyInfo of a certificate: behind version, serial, algorithm, issuer, validity, subject. */
export function publicKeyOf(certificate: Uint8Array): Uint8Array {
  const fields = inside(inside(one(certificate, 0x30), 0x30)[0], 0x30)
  const at = fields[0]?.tag === 0xa0 ? 6 : 5
  const e = fields[at]
  if (e?.tag !== 0x30) throw new KeyFileFault('format')
  return e.whole
}

async function use(found: Found): Promise<KeyFile> {
  if (!found.key) throw new KeyFileFault('noKey')
  if (!found.certificates.length) throw new KeyFileFault('noCertificate')
  const { importing, signing } = algorithmOf(found.key)
  const key = await crypto.subtle.importKey('pkcs8', own(found.key), importing, false, ['sign'])
  const bytes = new TextEncoder().encode('which certificate is it?')
  const trial = await crypto.subtle.sign(signing, key, bytes)
  for (const c of found.certificates) {
    const fits = await crypto.subtle
      .importKey('spki', own(publicKeyOf(c)), importing, false, ['verify'])
      .then((k) => crypto.subtle.verify(signing, k, trial, bytes))
      .catch(() => false) // a CA's key of another kind
    if (fits)
      return {
        certificate: c,
        more: found.certificates.filter((x) => x !== c),
        sign: async (text) => new Uint8Array(await crypto.subtle.sign(signing, key, new TextEncoder().encode(text))),
      }
  }
  throw new KeyFileFault('noCertificate')
}

export async function readKeyFile(bytes: Uint8Array, password: string): Promise<KeyFile> {
  if (!globalThis.crypto?.subtle) throw new KeyFileFault('noCrypto')
  const text = bytes[0] === 0x30 ? '' : new TextDecoder().decode(bytes)
  try {
    const found = text ? await fromPem(text, password) : await fromPkcs12(bytes, password)
    return await use(found)
  } catch (e) {
    throw e instanceof KeyFileFault ? e : new KeyFileFault('format')
  }
}

/** What a tool of a hardware key wrote: the bytes, from DER, PEM or base64; and whether it is SignedData, which carries its certificate. */
export function readSignature(bytes: Uint8Array): { bytes: Uint8Array; signedData: boolean } {
  let b = bytes
  const text = b[0] === 0x30 && b.length > 1 ? '' : new TextDecoder('utf-8', { fatal: false }).decode(b).trim()
  const block = text ? pem(text)[0] : undefined
  if (block) b = block.bytes
  else if (text && /^[A-Za-z0-9+/=\s]+$/.test(text) && text.length > 64) b = unbase64(text)
  let signedData = false
  try {
    const [kind] = elements(one(b, 0x30).content)
    signedData = kind?.tag === 6 && ['1.2.840.113549.1.7.2', '1.2.156.10197.6.1.4.2.2'].includes(oid(kind))
  } catch {
    /* r and s, or what no DER is: the server says whether it is good */
  }
  return { bytes: b, signedData }
}
/** A certificate from DER or PEM. */
export function readCertificate(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x30) return bytes
  const block = pem(new TextDecoder().decode(bytes)).find((b) => b.label === 'CERTIFICATE')
  if (!block) throw new KeyFileFault('noCertificate')
  return block.bytes
}
