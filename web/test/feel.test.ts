import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { feel } from '../src/lib/feel'

// The cases of test/differential: what the server's FEEL gives (its own test writes and checks the file).
const folder = new URL('../../test/differential/', import.meta.url)
const { cases, scopes } = JSON.parse(readFileSync(new URL('visibility.json', folder), 'utf8')) as { cases: string[]; scopes: Record<string, unknown>[] }
const expected = JSON.parse(readFileSync(new URL('visibility_expected.json', folder), 'utf8')) as Record<string, unknown[]>

describe('the FEEL of conditions', () => {
  it.each(cases)('%s: as the server', (text) => {
    scopes.forEach((scope, i) => expect(feel(text, scope)).toEqual(expected[text]![i]))
  })
  it.each(['for x in l return x', 'is defined(x)', '"\\n"', 'date("2021-01-01")', '[1..3]', 'n in (< 3)', '1e3'])('%s: left to the server', (text) => {
    expect(feel(text, scopes[0]!)).toBeUndefined()
  })
})
