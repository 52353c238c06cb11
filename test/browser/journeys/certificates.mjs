// Signing in by certificate: a CA is put on the trust list by two people on the page, a holder signs in with a file in the browser and with a signature
// that a tool made, sees the bound certificate and removes it; a revoked and an expired one are refused with the reason.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { axe, open, overflow, shots, smallTargets, wrong } from '../lib.mjs'

const CONFIG = (dir) => `[ca]
default_ca = here
[here]
database = ${dir}/index.txt
serial = ${dir}/serial
new_certs_dir = ${dir}
certificate = ${dir}/root.pem
private_key = ${dir}/root.key
default_md = sha256
default_days = 30
default_crl_days = 1
crlnumber = ${dir}/crlnumber
policy = any
unique_subject = no
[any]
commonName = supplied
serialNumber = optional
[req]
distinguished_name = none
prompt = no
[none]
CN = none
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[sign]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
`
/** openssl's CA in a folder, its revocation list at an address of this machine. */
export class Authority {
  constructor(name) {
    this.dir = mkdtempSync(join(tmpdir(), 'tongban-ca.'))
    this.conf = join(this.dir, 'ca.conf')
    writeFileSync(this.conf, CONFIG(this.dir))
    for (const [file, text] of [['index.txt', ''], ['serial', '1000\n'], ['crlnumber', '01\n']]) writeFileSync(join(this.dir, file), text)
    this.run('req', '-x509', '-config', this.conf, '-extensions', 'root', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '300', '-subj', `/O=Tests/CN=${name}`, '-keyout', this.at('root.key'), '-out', this.at('root.pem'))
  }
  at = (name) => join(this.dir, name)
  run = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60000 })
  issue(name, number, dates = []) {
    this.run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', this.at(`${name}.key`))
    this.run('req', '-new', '-config', this.conf, '-key', this.at(`${name}.key`), '-subj', `/CN=${name}/serialNumber=${number}`, '-out', this.at(`${name}.csr`))
    this.run('ca', '-batch', '-config', this.conf, '-extensions', 'sign', ...dates, '-in', this.at(`${name}.csr`), '-out', this.at(`${name}.pem`), '-notext')
    this.run('pkcs12', '-export', '-in', this.at(`${name}.pem`), '-inkey', this.at(`${name}.key`), '-passout', 'pass:open-it', '-out', this.at(`${name}.p12`))
    return this.at(`${name}.p12`)
  }
  revoke = (name) => this.run('ca', '-config', this.conf, '-revoke', this.at(`${name}.pem`), '-crl_reason', 'keyCompromise')
  async serve() {
    this.server = createServer((_, r) => {
      this.run('ca', '-config', this.conf, '-gencrl', '-out', this.at('crl.pem'))
      r.writeHead(200, { 'Content-Type': 'application/pkix-crl' })
      r.end(this.run('crl', '-in', this.at('crl.pem'), '-outform', 'DER'))
    })
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${this.server.address().port}/root.crl`
  }
  entry = (id, name) => ({
    id, name, status: 'granted', since: '2021-01-01', from: '2021-01-01', until: '2090-12-31', roots: [readFileSync(this.at('root.pem'), 'ascii')], intermediates: [], policies: [],
    crl: [this.url], ocsp: [], unavailable: 'refuse', max_age_hours: 0, identifiers: [{ in: 'subject', oid: '2.5.4.5', kind: 'resident_id', prefix: '' }],
  })
  close() {
    this.server?.close()
    rmSync(this.dir, { recursive: true, force: true })
  }
}
const YEAR = ['-startdate', '20190101000000Z', '-enddate', '20200101000000Z']

export const certificates = {
  async 'a CA is recognised by two people, and its certificates sign in, are bound and refused with the reason'(browser) {
    const faults = []
    const ca = new Authority('Browser Root')
    try {
      await ca.serve()
      const number = '441900198801010013' // zhangsan's
      const good = ca.issue('good', number)
      const gone = ca.issue('gone', number)
      const old = ca.issue('old', number, YEAR)
      ca.revoke('gone')
      writeFileSync(ca.at('entry.json'), JSON.stringify(ca.entry('browser', { zh: '浏览器测试机构', en: 'Browser Test Authority' })))

      const admin = await open(browser, { as: 'administrator' })
      await admin.go('/ops/trust-lists')
      await admin.page.setInputFiles('#tl-entry', ca.at('entry.json'))
      await admin.page.getByRole('button', { name: '提交机构' }).click()
      await admin.page.getByText('请填写理由').waitFor()
      await admin.page.fill('#tl-why', '与该机构签订协议')
      await admin.page.getByRole('button', { name: '提交机构' }).click()
      await admin.page.locator('tr', { hasText: '待批准' }).waitFor()
      faults.push(...wrong(admin.seen))
      await admin.context.close()
      const security = await open(browser, { as: 'security' })
      await security.go('/ops/trust-lists')
      await security.page.locator('tr', { hasText: '待批准' }).getByRole('button', { name: '批准' }).click()
      await security.page.locator('.trust-ca', { hasText: '浏览器测试机构' }).waitFor()
      await security.page.screenshot({ path: `${shots}/trust-lists-1280.png`, fullPage: true })
      faults.push(...(await axe(security.page)).map((f) => `trust lists: ${f}`), ...wrong(security.seen))

      for (const [lang, width] of [['zh-CN', 1280], ['en', 360]]) {
        const zh = lang === 'zh-CN'
        const p = await open(browser, { lang, width })
        const sign = async (file, password) => {
          await p.go('/sign-in')
          await p.page.getByRole('link', { name: zh ? '证书登录' : 'Sign in with a certificate' }).click()
          await p.page.setInputFiles('#cert-in-file', file)
          await p.page.fill('#cert-in-password', password)
          await p.page.locator('form.cert-form button[type=submit]').click()
        }
        await sign(good, 'wrong')
        await p.page.locator('.summary', { hasText: zh ? '密码不正确' : 'The password is not right' }).waitFor()
        for (const [file, words] of [[gone, zh ? '已被吊销（密钥泄露）' : 'has been revoked (key compromise)'], [old, zh ? '已过期' : 'has expired']]) {
          await sign(file, 'open-it')
          await p.page.locator('.summary', { hasText: words }).waitFor()
          await p.page.screenshot({ path: `${shots}/cert-refused-${file === gone ? 'revoked' : 'expired'}-${lang}-${width}.png`, fullPage: true })
        }
        faults.push(...(await axe(p.page)).map((f) => `refused ${lang}: ${f}`), ...(await overflow(p.page)), ...(width < 600 ? await smallTargets(p.page) : []))
        // with the tool: the text is taken away, signed elsewhere, and its signature brought back
        await p.go('/sign-in/certificate')
        await p.page.locator('input[value=tool]').check()
        await p.page.getByRole('button', { name: zh ? '取得文字' : 'Get the text' }).click()
        await p.page.waitForFunction(() => document.querySelector('#cert-in-challenge')?.value)
        writeFileSync(ca.at('challenge.txt'), await p.page.inputValue('#cert-in-challenge'))
        ca.run('cms', '-sign', '-binary', '-in', ca.at('challenge.txt'), '-signer', ca.at('good.pem'), '-inkey', ca.at('good.key'), '-outform', 'DER', '-out', ca.at('signature.p7s'))
        await p.page.setInputFiles('#cert-in-signature', ca.at('signature.p7s'))
        await p.page.screenshot({ path: `${shots}/cert-tool-${lang}-${width}.png`, fullPage: true })
        faults.push(...(await axe(p.page)).map((f) => `tool ${lang}: ${f}`), ...(await overflow(p.page)), ...(width < 600 ? await smallTargets(p.page) : []))
        await p.page.locator('form.cert-form button[type=submit]').click()
        await p.page.waitForURL((u) => u.pathname === '/')
        await p.go('/account')
        await p.page.locator('.bound-cert', { hasText: 'good' }).waitFor()
        await p.page.screenshot({ path: `${shots}/cert-bound-${lang}-${width}.png`, fullPage: true })
        faults.push(...(await axe(p.page)).map((f) => `account ${lang}: ${f}`), ...(await overflow(p.page)))
        p.page.once('dialog', (d) => d.accept())
        await p.page.locator('.bound-cert button').click()
        await p.page.locator('.bound-cert').waitFor({ state: 'detached' })
        // bound again by hand, from the file
        await p.page.getByRole('button', { name: zh ? '绑定证书' : 'Bind a certificate' }).click()
        await p.page.setInputFiles('#cert-add-file', good)
        await p.page.fill('#cert-add-password', 'open-it')
        await p.page.locator('form.cert-form button[type=submit]').click()
        await p.page.locator('.bound-cert', { hasText: 'good' }).waitFor()
        p.page.once('dialog', (d) => d.accept())
        await p.page.locator('.bound-cert button').click()
        await p.page.locator('.bound-cert').waitFor({ state: 'detached' })
        faults.push(...wrong(p.seen, ['422 POST /api/v1/session/certificate']))
        await p.context.close()
      }

      // suspended by one person, at once, with its date
      const mine = security.page.locator('.trust-ca', { hasText: '浏览器测试机构' })
      await mine.getByRole('button', { name: '暂停' }).click()
      await mine.locator('input').fill('接到事件报告')
      await mine.locator('form button[type=submit]').click()
      await mine.locator('.tag', { hasText: '暂停认可' }).waitFor()
      await security.page.screenshot({ path: `${shots}/trust-suspended-1280.png`, fullPage: true })
      faults.push(...wrong(security.seen))
      await security.context.close()
      const late = await open(browser, { lang: 'en', width: 360 })
      await late.go('/sign-in/certificate')
      await late.page.setInputFiles('#cert-in-file', good)
      await late.page.fill('#cert-in-password', 'open-it')
      await late.page.locator('form.cert-form button[type=submit]').click()
      await late.page.locator('.summary', { hasText: 'suspended since' }).waitFor()
      faults.push(...wrong(late.seen, ['422 POST /api/v1/session/certificate']))
      await late.context.close()
    } finally {
      ca.close()
    }
    return faults
  },
}
