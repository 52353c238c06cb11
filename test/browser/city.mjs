// Cities for the tests: a demonstration city and an empty one, each the real program on a fresh folder and a free port.
// TONGBAN_URL (with TONGBAN_SIGNINS) names a running demonstration city instead; then nothing is started.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The demonstration city that the tests visit. Set by startAll. */
export const city = { url: '', people: null, empty: null }

const freePort = () =>
  new Promise((done, fail) => {
    const s = createServer()
    s.on('error', fail)
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address()
      s.close(() => done(port))
    })
  })

const running = []
async function start(work, name, flags) {
  const program = resolve(process.env.TONGBAN_BIN ?? join(root, 'build/tongban'))
  if (!existsSync(program)) throw new Error(`no program at ${program}: run "make build", or name one in TONGBAN_BIN`)
  const port = await freePort()
  const data = join(work, name)
  const child = spawn(program, ['--data', data, 'serve', '--listen', `127.0.0.1:${port}`, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  const me = { url: `http://127.0.0.1:${port}`, data, child, said: '', ended: false }
  const gone = new Promise((done) => child.on('exit', () => ((me.ended = true), done())))
  me.stop = async () => {
    child.kill('SIGTERM')
    await gone
  }
  for (const s of [child.stdout, child.stderr]) s.on('data', (d) => (me.said += d))
  running.push(me)
  for (;;) {
    if (me.ended) throw new Error(`the ${name} city did not start:\n${me.said}`)
    const up = await fetch(`${me.url}/healthz`).then((r) => r.ok, () => false)
    if (up) return me
    await new Promise((r) => setTimeout(r, 50))
  }
}

export async function startAll() {
  if (process.env.TONGBAN_URL) {
    city.url = process.env.TONGBAN_URL.replace(/\/$/, '')
    city.people = JSON.parse(readFileSync(process.env.TONGBAN_SIGNINS, 'utf8'))
    return async () => {}
  }
  const work = mkdtempSync(join(tmpdir(), 'tongban-browser.'))
  const stop = async () => {
    for (const s of running.splice(0)) await s.stop()
    rmSync(work, { recursive: true, force: true })
  }
  try {
    const [demo, empty] = await Promise.all([start(work, 'demo', ['--demo']), start(work, 'empty', [])])
    city.url = demo.url
    city.data = demo.data
    city.people = JSON.parse(readFileSync(join(demo.data, 'demo-signins.json'), 'utf8'))
    city.empty = empty
  } catch (e) {
    await stop()
    throw e
  }
  return stop
}

/** Somebody at the interface without a browser: to bring a city into the state that a test needs. */
export class Party {
  constructor(login) {
    this.login = login
    this.cookie = null
    this.csrf = ''
  }
  async call(method, path, body, more = {}) {
    const headers = { Accept: 'application/json', ...more.headers }
    if (this.cookie) headers.Cookie = this.cookie.pair
    if (method !== 'GET' && this.csrf) headers['X-CSRF-Token'] = this.csrf
    if (more.key) headers['Idempotency-Key'] = more.key
    if (body !== undefined) headers['Content-Type'] = more.raw ? 'application/octet-stream' : 'application/json'
    const r = await fetch(`${city.url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : more.raw ? body : JSON.stringify(body) })
    const set = r.headers.get('set-cookie') // one cookie: the session's
    if (set) this.cookie = { pair: set.split(';')[0], whole: set }
    const text = await r.text()
    const value = text && (r.headers.get('content-type') ?? '').includes('json') ? JSON.parse(text) : null
    if (!r.ok) throw new Error(`${this.login}: ${method} ${path}: ${r.status} ${text.slice(0, 240)}`)
    return value
  }
  get = (path) => this.call('GET', path)
  post = (path, body = {}) => this.call('POST', path, body, { key: randomUUID().replaceAll('-', '') })
  async signIn() {
    this.csrf = (await this.get('/session')).csrf ?? ''
    const s = await this.call('POST', '/session', { login: this.login, password: city.people.password })
    this.csrf = s.csrf
    this.actor = s.actor
    return this
  }
  upload = (name, material, bytes) => this.call('POST', `/attachments?${new URLSearchParams({ name, material })}`, bytes, { raw: true })
  /** What a browser context needs to be this person. */
  state() {
    const [name, ...value] = this.cookie.pair.split('=')
    return {
      cookies: [{ name, value: value.join('='), domain: new URL(city.url).hostname, path: '/', expires: -1, httpOnly: true, secure: /;\s*secure/i.test(this.cookie.whole), sameSite: /samesite=strict/i.test(this.cookie.whole) ? 'Strict' : 'Lax' }],
      origins: [],
    }
  }
}
const parties = new Map()
/** One session per login for the whole run; `fresh` makes another device's. */
export function party(login, fresh = false) {
  if (fresh) return new Party(login).signIn()
  if (!parties.has(login)) parties.set(login, new Party(login).signIn())
  return parties.get(login)
}

export const until = async (what, good, seconds = 30) => {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const got = await good()
    if (got) return got
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((r) => setTimeout(r, 100))
  }
}
