// DER (ITU-T X.690), read: just what key files need. Definite lengths only; anything else is "no such file".
export interface Element {
  tag: number
  content: Uint8Array
  whole: Uint8Array
}

export function elements(bytes: Uint8Array): Element[] {
  const out: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!
    let n = bytes[at + 1] ?? -1
    let head = 2
    if (n >= 0x80) {
      const width = n & 0x7f
      if (width < 1 || width > 4) throw new Error('length')
      n = 0
      for (let i = 0; i < width; i++) n = n * 256 + (bytes[at + 2 + i] ?? 0)
      head += width
    }
    if (n < 0 || at + head + n > bytes.length) throw new Error('cut off')
    out.push({ tag, content: bytes.subarray(at + head, at + head + n), whole: bytes.subarray(at, at + head + n) })
    at += head + n
  }
  return out
}
export function inside(e: Element | undefined, tag: number): Element[] {
  if (!e || e.tag !== tag) throw new Error('structure')
  return elements(e.content)
}
export function one(bytes: Uint8Array, tag: number): Element {
  const [e, ...more] = elements(bytes)
  if (!e || more.length || e.tag !== tag) throw new Error('structure')
  return e
}
export function oid(e: Element | undefined): string {
  if (!e || e.tag !== 6) throw new Error('structure')
  const parts: number[] = []
  let n = 0
  for (const b of e.content) {
    n = n * 128 + (b & 0x7f)
    if (!(b & 0x80)) {
      parts.push(n)
      n = 0
    }
  }
  const first = Math.min(Math.floor((parts[0] ?? 0) / 40), 2)
  return [first, (parts[0] ?? 0) - 40 * first, ...parts.slice(1)].join('.')
}
export function integer(e: Element | undefined): number {
  if (!e || e.tag !== 2 || e.content.length > 5) throw new Error('structure')
  return e.content.reduce((n, b) => n * 256 + b, 0)
}
export const base64 = (b: Uint8Array) => btoa(Array.from(b, (x) => String.fromCharCode(x)).join(''))
export function unbase64(s: string): Uint8Array {
  const t = atob(s.replace(/\s+/g, ''))
  return Uint8Array.from(t, (c) => c.charCodeAt(0))
}
/** The blocks of a PEM text (RFC 7468). */
export function pem(text: string): { label: string; bytes: Uint8Array }[] {
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \1-----/g)].map((m) => ({ label: m[1]!, bytes: unbase64(m[2]!) }))
}
