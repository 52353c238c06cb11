import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '../src/i18n/en'
import zh from '../src/i18n/zh-CN'

type Tree = { [k: string]: string | Tree }
function flat(tree: Tree, prefix = ''): Map<string, string> {
  const out = new Map<string, string>()
  for (const [k, v] of Object.entries(tree)) {
    if (typeof v === 'string') out.set(prefix + k, v)
    else for (const [k2, v2] of flat(v, `${prefix}${k}.`)) out.set(k2, v2)
  }
  return out
}
const holders = (s: string) => [...new Set([...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort()
const root = join(__dirname, '../src')
function* sources(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) {
      if (name !== 'i18n') yield* sources(path)
    } else if (/\.(vue|ts)$/.test(name)) yield path
  }
}

describe('the catalogue', () => {
  const parts = Object.keys(zh) as (keyof typeof zh)[]
  it.each(parts)('%s has the same keys in both languages', (part) => {
    expect([...flat(en[part] as Tree).keys()].sort()).toEqual([...flat(zh[part] as Tree).keys()].sort())
  })
  it.each(parts)('%s keeps the same placeholders in both languages', (part) => {
    const e = flat(en[part] as Tree)
    for (const [k, v] of flat(zh[part] as Tree)) expect([k, holders(e.get(k)!)]).toEqual([k, holders(v)])
  })
  it.each(parts)('%s: nothing is empty, no Chinese is left in English', (part) => {
    for (const [k, v] of flat(zh[part] as Tree)) expect(v.trim().length, k).toBeGreaterThan(0)
    for (const [k, v] of flat(en[part] as Tree)) expect(/[\u4e00-\u9fff]/.test(v), `${k}: ${v}`).toBe(false)
  })
  it('has words for every action of the audit journal', () => {
    const codes = new Set<string>()
    const find = (folder: string): void => {
      for (const name of readdirSync(folder)) {
        const path = join(folder, name)
        if (statSync(path).isDirectory()) find(path)
        else if (/\.c$/.test(name) && !/_test\.c$/.test(name)) {
          for (const m of readFileSync(path, 'utf8').matchAll(/\baudit(?:_add|_note)?\([^;]*?"([a-z_]+(?:\.[a-z_]+)?)"/g)) codes.add(m[1]!)
        }
      }
    }
    for (const room of ['city', 'areas', 'app']) find(join(__dirname, '../..', room))
    codes.delete('plan.')
    expect(codes.size).toBeGreaterThan(40)
    const keys = flat(zh.desk as Tree)
    expect([...codes].filter((c) => !keys.has(`auditAction.${c.replace('.', '_')}`))).toEqual([])
  })
  // What a page asks for must be in the part of the catalogue that its entry loads.
  const owners: Record<string, ('portal' | 'desk' | 'public')[]> = { portal: ['portal'], desk: ['desk'], public: ['public'] }
  const imports = new Map([...sources(root)].map((file) => [file, [...readFileSync(file, 'utf8').matchAll(/from '[^']*\/([\w-]+)(?:\.vue)?'|import\('[^']*\/([\w-]+)\.vue'\)/g)].map((m) => m[1] ?? m[2]!)]))
  const users = (file: string, seen = new Set<string>()): ('portal' | 'desk' | 'public')[] => {
    if (seen.has(file)) return []
    seen.add(file)
    const name = file.split('/').pop()!.replace(/\.\w+$/, '')
    const by = [...imports].filter(([, list]) => list.includes(name)).map(([path]) => path)
    return [...new Set(by.flatMap((path) => owners[path.slice(root.length + 1).split('/')[0]!] ?? users(path, seen)))]
  }
  it('has every key that the pages use', () => {
    const missing: string[] = []
    for (const file of sources(root)) {
      const entry = file.slice(root.length + 1).split('/')[0]!
      const text = readFileSync(file, 'utf8')
      const used = [...text.matchAll(/(?:\$t|[^\w.]t|say)\(\s*(?:[^'"`()]*\?\s*)?'([\w]+(?:\.[\w]+)+)'/g)].map((m) => m[1]!)
      const also = [...text.matchAll(/title: '([\w]+\.[\w]+)'/g)].map((m) => m[1]!)
      const also2 = [...text.matchAll(/(?:\? |(?<!'): )'((?:[a-z]\w*)\.(?:[a-z]\w*))'/g)].map((m) => m[1]!).filter((k) => !/\.(vue|html|js|json)$/.test(k))
      const dynamic = [...text.matchAll(/\$?t\(`([\w.]+)\.\$\{/g)].map((m) => m[1]!)
      for (const o of owners[entry] ?? ['portal', 'desk', 'public'] as const) {
        const keys = new Set([...flat(zh.common as Tree).keys(), ...flat(zh[o] as Tree).keys()])
        for (const k of [...used, ...also, ...also2]) if (!keys.has(k) && owners[entry]) missing.push(`${o}: ${k} (${file.slice(root.length)})`)
        for (const p of dynamic) if (owners[entry] && ![...keys].some((k) => k.startsWith(p + '.'))) missing.push(`${o}: ${p}.* (${file.slice(root.length)})`)
      }
      // What several entries share: its keys are in the common part, or in the part of each entry that uses it.
      if (owners[entry]) continue
      for (const o of users(file)) {
        const keys = new Set([...flat(zh.common as Tree).keys(), ...flat(zh[o] as Tree).keys()])
        for (const k of used) if (!keys.has(k)) missing.push(`${o}: ${k} (${file.slice(root.length)})`)
      }
    }
    expect([...new Set(missing)]).toEqual([])
  })
})
