// The lock file must not name a download host: npm ci then asks whatever registry the machine is set up with.
// Integrity hashes stay, so what is installed is still exactly what was locked.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
let stripped = 0
for (const entry of Object.values(lock.packages ?? {})) {
  if (typeof entry.resolved === 'string' && /^https?:/.test(entry.resolved)) {
    delete entry.resolved
    stripped++
  }
}
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n')
console.log(`${stripped} download addresses removed`)
