// Our OFD documents in a reader that is not ours (ofd.js 0.2.6, Apache-2.0): what it shows, as text and as a picture.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const need = createRequire(import.meta.url)
let source
/** Installed by `npm ci --ignore-scripts` in this folder; false: it is not. */
export function readerThere() {
  try {
    source ??= readFileSync(need.resolve('ofd.js/lib/ofd.umd.min.js'), 'utf8')
    return true
  } catch {
    return false
  }
}
/** Opens the bytes; {pages, text, shapes, fonts, error}. A screenshot is left at `shot`. */
export async function read(browser, bytes, shot) {
  const context = await browser.newContext({ viewport: { width: 1300, height: 950 } })
  const page = await context.newPage()
  const foreign = []
  page.on('request', (r) => !/^(about|blob|data):/.test(r.url()) && foreign.push(r.url()))
  await page.setContent('<!doctype html><body style="margin:0"><div id="pages"></div></body>')
  await page.evaluate(source)
  const seen = await page.evaluate(
    (b64) =>
      new Promise((done) => {
        const file = new File([Uint8Array.from(atob(b64), (c) => c.charCodeAt(0))], 'a.ofd')
        window.ofd.parseOfdDocument({
          ofd: file,
          fail: (e) => done({ error: String(e?.message ?? e) }),
          success(documents) {
            try {
              const pages = window.ofd.renderOfd(1280, documents[0])
              for (const p of pages) document.getElementById('pages').append(p)
              setTimeout(() => done({ pages: pages.length, text: [...document.querySelectorAll('text')].map((t) => t.textContent).join('\n'), shapes: document.querySelectorAll('path').length, fonts: [...document.fonts].filter((f) => f.status === 'loaded').length }), 600)
            } catch (e) {
              done({ error: String(e?.stack ?? e) })
            }
          },
        })
      }),
    bytes.toString('base64'),
  )
  await page.screenshot({ path: shot, fullPage: true })
  await context.close()
  return { ...seen, foreign }
}
