// One picture: node shot.mjs PATH NAME [who] [width] [lang] [dark] [full]
import { base, launch, open, settled, shots, stateOf } from './lib.mjs'

const [path, name, who = '', width = '1280', lang = 'zh-CN', dark = ''] = process.argv.slice(2)
const browser = await launch()
const { page, seen } = await open(browser, { width: Number(width), lang, dark: dark === 'dark', state: (await stateOf(browser, who)) ?? undefined })
await page.goto(base + path + (path.includes('?') ? '&' : '?') + 'lang=' + lang)
await settled(page)
await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
console.log(name, JSON.stringify(seen))
await browser.close()
