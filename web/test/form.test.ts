import { describe, expect, it } from 'vitest'
import type { Data, Schema } from '../src/api/types'
import { allFields, choices, locate, pagesOf, pruned, visiblePages } from '../src/lib/form'
import { feel, visible } from '../src/lib/feel'
import { checkIdentifier, mobile, residentId, uscc } from '../src/lib/identifier'
import { passwordWeak } from '../src/lib/password'
import { join, mergePatch, read, split, write } from '../src/lib/pointer'
import { faults, faultText } from '../src/lib/validate'

const schema: Schema = {
  type: 'object',
  required: ['name', 'scope', 'address', 'owners', 'declaration'],
  $defs: { town: { type: 'string', oneOf: [{ const: 'a', title: { zh: '甲镇', en: 'A' } }, { const: 'b', title: { zh: '乙镇', en: 'B' } }] } },
  properties: {
    name: { type: 'string', title: { zh: '名称', en: 'Name' }, minLength: 4, 'x-group': 'one' },
    scope: { type: 'array', title: { zh: '范围', en: 'Scope' }, minItems: 1, items: { enum: ['catering', 'retail'] }, 'x-group': 'two' },
    seats: { type: 'integer', title: { zh: '餐位', en: 'Seats' }, minimum: 1, 'x-visible': 'list contains(scope, "catering")', 'x-group': 'three' },
    address: { type: 'object', title: { zh: '住所', en: 'Address' }, required: ['town', 'street'], properties: { town: { $ref: '#/$defs/town', title: { zh: '镇街', en: 'Town' }, 'x-group': 'two' }, street: { type: 'string', title: { zh: '路', en: 'Street' }, 'x-group': 'four' } } },
    owners: { type: 'array', title: { zh: '股东', en: 'Owners' }, minItems: 1, items: { type: 'object', required: ['id'], properties: { id: { type: 'string', title: { zh: '身份证', en: 'ID' }, 'x-identifier': 'resident_id' } } } },
    lease: { type: 'string', title: { zh: '租约', en: 'Lease' }, 'x-attachment': { material: 'lease' } },
    declaration: { type: 'boolean', const: true, title: { zh: '承诺', en: 'Declare' } },
  },
}
const good: Data = { name: '好味来餐饮', scope: ['retail'], address: { town: 'a', street: '一路' }, owners: [{ id: '11010519491231002X' }], declaration: true }

describe('identifiers', () => {
  it('knows good and bad resident numbers (GB 11643)', () => {
    expect(residentId('11010519491231002X')).toBe(true)
    expect(residentId('440524188001010014')).toBe(true)
    expect(residentId('110105194912310021')).toBe(false) // check character
    expect(residentId('11010519490231002X')).toBe(false) // 31 February
    expect(residentId('1101051949123100')).toBe(false)
  })
  it('knows good and bad social credit codes (GB 32100)', () => {
    expect(uscc('91350100M000100Y43')).toBe(true)
    expect(uscc('91350100M000100Y44')).toBe(false)
    expect(uscc('91350100I000100Y43')).toBe(false) // I is not in the alphabet
  })
  it('leaves unknown kinds to the server', () => {
    expect(checkIdentifier('vehicle', 'x')).toBe(null)
    expect(mobile('138 0000 0000')).toBe(true)
    expect(mobile('12800000000')).toBe(false)
  })
})

it('knows a weak password', () => {
  expect(passwordWeak('Abc123')).toBe(true)
  expect(passwordWeak('abcdefghij')).toBe(true)
  expect(passwordWeak('Abcdefgh12')).toBe(false)
  expect(passwordWeak('correct horse battery')).toBe(false)
})

describe('pointers', () => {
  it('reads and writes without touching the original', () => {
    const a: Data = { x: { 'a/b': 1 } }
    const b = write(a, '/x/a~1b', 2)
    expect(read(a, '/x/a~1b')).toBe(1)
    expect(read(b, '/x/a~1b')).toBe(2)
    expect(split('/a~1b/c~0d')).toEqual(['a/b', 'c~d'])
    expect(join(['a/b', 'c~d', 0])).toBe('/a~1b/c~0d/0')
  })
  it('makes rows and takes them away', () => {
    const a = write({}, '/rows/0', { n: 1 })
    expect(a).toEqual({ rows: [{ n: 1 }] })
    expect(write(write(a, '/rows/1/n', 2), '/rows/0', undefined)).toEqual({ rows: [{ n: 2 }] })
  })
  it('sends only what changed in a correction', () => {
    expect(mergePatch({ a: 1, b: { c: 1, d: 2 }, e: 5 }, { a: 1, b: { c: 3, d: 2 }, f: 6 })).toEqual({ b: { c: 3 }, e: null, f: 6 })
  })
})

describe('visibility', () => {
  it.each([
    ['kind = "company"', { kind: 'company' }, true],
    ['kind = "company"', {}, false],
    ['{kind != "x" and n >= 3}', { kind: 'y', n: 3 }, true],
    ['n between 2 and 4', { n: 5 }, false],
    ['kind in ("a", "b")', { kind: 'b' }, true],
    ['list contains(scope, "catering")', { scope: ['catering'] }, true],
    ['not(list contains(scope, "catering"))', { scope: [] }, true],
    ['address.town = "a" or count(rows) > 1', { address: { town: 'z' }, rows: [1, 2] }, true],
    ['a + 1 = 3', { a: 2 }, true],
  ])('%s', (e, scope, want) => {
    expect(visible(e, scope)).toBe(want)
  })
  it('shows a field whose condition it cannot read', () => {
    expect(feel('some x in y satisfies x > 1', {})).toBe(undefined)
    expect(visible('some x in y satisfies x > 1', {})).toBe(true)
  })
})

describe('the form', () => {
  it('makes pages by x-group, taking groups apart when their members have one', () => {
    expect(pagesOf(schema).map((p) => [p.key, p.fields.map((f) => f.pointer)])).toEqual([
      ['one', ['/name']],
      ['two', ['/scope', '/address/town']],
      ['three', ['/seats']],
      ['four', ['/address/street']],
      ['/owners', ['/owners']],
      ['/lease', ['/lease']],
      ['/declaration', ['/declaration']],
    ])
  })
  it('leaves out pages whose fields are all hidden', () => {
    expect(visiblePages(pagesOf(schema), good).map((p) => p.key)).not.toContain('three')
    expect(visiblePages(pagesOf(schema), { ...good, scope: ['catering'] }).map((p) => p.key)).toContain('three')
  })
  it('knows the kind of each field', () => {
    expect(allFields(schema).map((f) => f.kind)).toEqual(['text', 'many', 'number', 'group', 'rows', 'file', 'agree'])
    expect(choices(schema, { $ref: '#/$defs/town' }).map((c) => c.label)).toEqual(['甲镇', '乙镇'])
  })
  it('finds the page of a server problem', () => {
    const found = locate(pagesOf(schema), '/owners/1/id')
    expect(found?.page.key).toBe('/owners')
    expect(found?.field.pointer).toBe('/owners/*/id')
  })
  it('does not send hidden or empty values', () => {
    expect(pruned(schema, { ...good, seats: 4, lease: '' })).toEqual(good)
  })
})

describe('validation', () => {
  const say = (k: string, v?: Record<string, unknown>) => k + (v?.title ? ':' + String(v.title) : '') + (v?.limit !== undefined ? ':' + String(v.limit) : '')
  const of = (d: Data) => faults(schema, d).map((f) => [f.pointer, f.code])
  it('finds nothing in good data', () => {
    expect(of(good)).toEqual([])
  })
  it('finds every fault once, in the order of the form', () => {
    expect(of({ name: '短', scope: [], address: { town: 'c' }, owners: [{ id: '110105194912310021' }, {}] } as unknown as Data)).toEqual([
      ['/name', 'minLength'],
      ['/scope', 'minItems'],
      ['/address/town', 'enum'],
      ['/address/street', 'required'],
      ['/owners/0/id', 'identifier'],
      ['/owners/1/id', 'required'],
      ['/declaration', 'required'],
    ])
  })
  it('asks for a hidden field only when it is shown', () => {
    const strict: Schema = { ...schema, required: [...schema.required!, 'seats'] }
    expect(faults(strict, good).map((f) => f.pointer)).toEqual([])
    expect(faults(strict, { ...good, scope: ['catering'] }).map((f) => f.pointer)).toEqual(['/seats'])
  })
  it('says what to do', () => {
    const f = faults(schema, { ...good, name: '短' })[0]!
    expect(faultText(f, locate(pagesOf(schema), f.pointer)!.field, say)).toBe('fault.minLength:名称:4')
    const { declaration: _, ...rest } = good
    const g = faults(schema, rest)[0]!
    expect(faultText(g, locate(pagesOf(schema), g.pointer)!.field, say)).toContain('fault.')
  })
})
