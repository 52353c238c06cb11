// After vite: compress every file of TONGBAN_DIST (default dist/) beside itself and write the list that the server embeds.
// dist/manifest.txt: one file a line, tab separated: path, content type, SHA-256 (hex), size, br size or 0, gz size or 0.
// dist/manifest.json: the same, for tools.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = process.env.TONGBAN_DIST ?? fileURLToPath(new URL('../dist', import.meta.url))
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

function* walk(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* walk(path)
    else yield path
  }
}

const files = []
for (const path of walk(root)) {
  const ext = extname(path)
  if (ext === '.br' || ext === '.gz' || path.endsWith('manifest.json') || path.endsWith('manifest.txt')) {
    rmSync(path)
    continue
  }
  const type = types[ext]
  if (!type) throw new Error(`no content type for ${path}`)
  const bytes = readFileSync(path)
  const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })
  const gz = gzipSync(bytes, { level: 9 })
  const worth = br.length < bytes.length
  if (worth) {
    writeFileSync(path + '.br', br)
    writeFileSync(path + '.gz', gz)
  }
  files.push({
    path: '/' + relative(root, path).split(sep).join('/'),
    type,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
    br: worth ? br.length : 0,
    gz: worth ? gz.length : 0,
    immutable: /^\/assets\//.test('/' + relative(root, path).split(sep).join('/')),
  })
}
writeFileSync(join(root, 'manifest.json'), JSON.stringify({ files }, null, 1) + '\n')
writeFileSync(join(root, 'manifest.txt'), files.map((f) => [f.path, f.type, f.sha256, f.size, f.br, f.gz].join('\t')).join('\n') + '\n')
const sum = (key) => files.reduce((n, f) => n + (f[key] || f.size), 0)
console.log(`${files.length} files, ${sum('size')} bytes, ${sum('br')} as br`)
