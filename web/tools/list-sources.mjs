// Paths (relative to web/) of every file the build depends on, for meson.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = ['package.json', 'package-lock.json', 'vite.config.ts', 'portal.html', 'desk.html', 'public.html', 'tools/finish.mjs']
function walk(folder) {
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = `${folder}/${name}`
    if (statSync(join(root, path)).isDirectory()) walk(path)
    else out.push(path)
  }
}
walk('src')
walk('public')
console.log(out.join('\n'))
