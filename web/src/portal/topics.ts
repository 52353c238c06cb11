// What brings people here, in their words; each leads to the services of one area of the catalogue.
export const companyTopics: { key: string; area: number }[] = [
  { key: 'start', area: 1 },
  { key: 'staff', area: 2 },
  { key: 'build', area: 3 },
  { key: 'power', area: 6 },
  { key: 'water', area: 7 },
  { key: 'property', area: 8 },
  { key: 'credit', area: 9 },
  { key: 'ip', area: 11 },
  { key: 'trade', area: 12 },
  { key: 'tax', area: 13 },
  { key: 'bid', area: 5 },
  { key: 'close', area: 15 },
]
export const personTopics: { key: string; query: Record<string, string> }[] = [
  { key: 'work', query: { audience: 'person', area: '2' } },
  { key: 'home', query: { audience: 'person', area: '8' } },
  { key: 'life', query: { audience: 'person', area: '18' } },
  { key: 'dispute', query: { area: '14' } },
]
export const AREAS = Array.from({ length: 18 }, (_, i) => i + 1)
/** "01_starting_a_business", "1" or 1 → 1 */
export const areaNumber = (area: unknown): number => Number(/\d+/.exec(String(area))?.[0] ?? 0)
