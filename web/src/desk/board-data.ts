// What the pages of the board load, and the parts of the address that they share.
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { CityFigures, Indicators, Outlook, Plan, Progress, Shares, TownMap } from '@/api/board'
import { get } from '@/api/client'
import { percent } from '@/lib/format'
import { useLoad } from '@/lib/load'
import { locale } from '@/lib/text'

/** The board asks for everything at once; a city without a plan has none, and that is no failure of the page. */
export function useBoard(filter: () => Record<string, string | undefined> = () => ({})) {
  return {
    figures: useLoad(() => get<Indicators>('/indicators', filter())),
    plan: useLoad(() => get<Plan>('/plan')),
    progress: useLoad(() => get<Progress>('/plan/progress')),
    map: useLoad(() => get<TownMap>('/public/map')),
  }
}

/** One value of the address; its standard value is left out. */
export function useAsked(key: string, standard: string) {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => String(route.query[key] ?? standard),
    set: (v: string) => void router.replace({ query: { ...route.query, [key]: v === standard ? undefined : v } }),
  })
}

export const FIGURES = ['late', 'on_time', 'satisfaction', 'cases'] as const
export type Figure = (typeof FIGURES)[number]
export const TRENDS = ['on_time', 'time', 'online', 'satisfaction'] as const
export type TrendKey = (typeof TRENDS)[number]

export const isShare = (key: string) => key === 'on_time' || key === 'online' || key === 'satisfaction'
export const figureOf = (s: Shares, key: Figure): number | null => (s.cases === 0 && key !== 'cases' ? null : s[key])
export function figureWords(key: string, v: number): string {
  if (isShare(key)) return percent(v)
  return v.toLocaleString(locale.value, { maximumFractionDigits: key === 'time' ? 2 : 0 })
}
export const outlookOf = (c: CityFigures, key: string): Outlook | undefined => c.outlook.find((o) => o.key === key)
/** The last closed month and the one before it, for "what moved". */
export function lastTwo(o: Outlook | undefined): [number, number] | null {
  const v = (o?.values ?? []).slice(-2)
  return v.length === 2 && v[0] !== null && v[1] !== null ? [v[0]!, v[1]!] : null
}
