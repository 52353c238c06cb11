// What the meson target runs: npm ci when node_modules is older than the lock, then the build into dist/ beside the stamp
// (a folder of each build's own: two builds of one tree do not meet), then the stamp.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = process.argv[2]
const dist = stamp ? resolve(dirname(stamp), 'dist') : join(root, 'dist')
const lockHash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex')
const mark = join(root, 'node_modules', '.tongban-lock')

function run(args) {
  const done = spawnSync('npm', args, { cwd: root, stdio: 'inherit' })
  if (done.status !== 0) process.exit(done.status ?? 1)
}

if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lockHash) {
  run(['ci', '--no-audit', '--no-fund', '--ignore-scripts'])
  writeFileSync(mark, lockHash)
}
run(['exec', '--', 'vite', 'build', '--logLevel', 'warn', '--outDir', dist, '--emptyOutDir'])
process.env.TONGBAN_DIST = dist
run(['run', '--silent', 'finish'])
if (stamp) writeFileSync(stamp, new Date().toISOString() + '\n')
