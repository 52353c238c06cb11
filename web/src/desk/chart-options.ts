// What the charts of the board show, as data: no ECharts is loaded for this.
export interface ChartTheme { ink: string; soft: string; line: string; paper: string; colours: string[]; lights: Record<string, string>; size: number; font: string; decal: boolean; decals: object[] }
export type ChartOption = Record<string, unknown>

// Colours of Okabe and Ito (2008), told apart with any kind of colour vision; decals tell series apart without colour.
const LIGHT = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#56b4e9']
const DARK = ['#56b4e9', '#e69f00', '#2fbf94', '#e6a3c6', '#f0e442', '#7fc4ff']
const stripe = (rotation: number, gap: number) => ({ symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, gap], rotation, color: 'rgba(0,0,0,0.28)' })
export function themeOf(el: Element, wall: boolean): ChartTheme {
  const css = getComputedStyle(el)
  const v = (name: string) => css.getPropertyValue(`--${name}`).trim()
  const print = window.matchMedia('print').matches
  const dark = !print && window.matchMedia('(prefers-color-scheme: dark)').matches
  return {
    ink: v('ink'), soft: v('soft'), line: v('line'), paper: v('paper'), colours: dark ? DARK : LIGHT, size: wall ? 17 : 13, font: css.fontFamily.replaceAll('"', "'"), decal: true,
    lights: { done: v('green'), on_time: dark ? '#56b4e9' : '#0072b2', due_soon: dark ? '#f0c160' : '#c98500', late: v('red'), regressed: dark ? '#e6a3c6' : '#8a2d6b', undated: dark ? '#7b8794' : '#9aa5b1' },
    decals: [{ symbol: 'none' }, stripe(Math.PI / 4, 5), { symbol: 'circle', dashArrayX: [[5, 5], [0, 5, 5, 0]], dashArrayY: [5, 0], symbolSize: 0.6, color: 'rgba(0,0,0,0.28)' }, stripe(-Math.PI / 4, 5), stripe(0, 5), stripe(Math.PI / 2, 5)],
  }
}

const axisText = (th: ChartTheme) => ({ color: th.soft, fontSize: th.size })

export interface Trend { name: string; months: string[]; values: (number | null)[]; forecast: { month: string; value: number }[]; error: number | null; alarm: string | null; forecastName: string; rangeName: string; alarmName: string; share: boolean; format: (v: number) => string }
/** Twelve months as a line, what is expected as a dashed one within its past error, and the month that broke with its past. */
export function trendOption(t: Trend): (th: ChartTheme, width: number) => ChartOption {
  return (th, width) => {
    const months = [...t.months, ...t.forecast.map((f) => f.month).filter((m) => !t.months.includes(m))]
    const known = months.map((m) => { const i = t.months.indexOf(m); return i < 0 ? null : t.values[i] ?? null })
    const last = [...t.months].reverse().find((m) => t.values[t.months.indexOf(m)] !== null && !t.forecast.some((f) => f.month === m)) ?? ''
    const join = t.values[t.months.indexOf(last)] ?? null
    const ahead = months.map((m) => (t.forecast.length && m === last ? join : t.forecast.find((f) => f.month === m)?.value ?? null))
    const bound = (v: number) => (t.share ? Math.min(1, Math.max(0, v)) : Math.max(0, v))
    const e = t.error ?? 0
    const low = months.map((m) => { const f = t.forecast.find((x) => x.month === m); return f ? bound(f.value - e) : m === last && t.forecast.length ? join : null })
    const span = months.map((m, i) => { const f = t.forecast.find((x) => x.month === m); return f ? bound(f.value + e) - low[i]! : m === last && t.forecast.length ? 0 : null })
    const all = [...known, ...ahead, ...low, ...low.map((v, i) => (v === null ? null : v + (span[i] ?? 0)))].filter((v): v is number => v !== null)
    const least = Math.min(...all)
    const most = Math.max(...all)
    const pad = (most - least || Math.abs(most) * 0.1 || 1) * 0.25
    const at = t.alarm ? months.indexOf(t.alarm) : -1
    return {
      grid: { left: 8, right: 22, top: 40, bottom: 6, containLabel: true },
      legend: { top: 0, left: 0, data: t.forecast.length ? [t.name, t.forecastName, t.rangeName] : [t.name], textStyle: { color: th.ink, fontSize: th.size } },
      xAxis: { type: 'category', data: months, axisLabel: { ...axisText(th), formatter: (m: string) => m.slice(2), interval: Math.max(0, Math.ceil((months.length * th.size * 3.9) / (width - 90)) - 1) }, axisLine: { lineStyle: { color: th.line } }, axisTick: { show: false } },
      yAxis: { type: 'value', min: bound(least - pad), max: t.share ? Math.min(1, most + pad) : most + pad, splitNumber: 4, axisLabel: { ...axisText(th), formatter: t.format, showMinLabel: false, showMaxLabel: false }, splitLine: { lineStyle: { color: th.line } } },
      series: [
        { name: t.name, type: 'line', data: known, symbol: 'circle', symbolSize: 7, lineStyle: { width: 3 }, markPoint: at < 0 || known[at] === null ? undefined : { symbol: 'pin', symbolSize: 46, itemStyle: { color: th.lights.late }, label: { formatter: '!', color: th.paper, fontSize: 18, fontWeight: 'bold' }, data: [{ name: t.alarmName, coord: [at, known[at]] }] } },
        { name: t.forecastName, type: 'line', data: ahead, symbol: 'emptyCircle', symbolSize: 7, lineStyle: { width: 2, type: 'dashed' } },
        { name: 'low', type: 'line', stack: 'range', data: low, symbol: 'none', lineStyle: { opacity: 0 }, silent: true },
        { name: t.rangeName, type: 'line', stack: 'range', data: span, symbol: 'none', lineStyle: { opacity: 0 }, areaStyle: { opacity: 0.22 }, itemStyle: { color: th.colours[1] }, silent: true },
      ],
    }
  }
}

export interface Pair { names: string[]; own: (number | null)[]; other: (number | null)[]; ownName: string; otherName: string }
/** Scores of this city beside the benchmark's, one pair of bars an indicator. */
export function pairOption(p: Pair): (th: ChartTheme, width: number) => ChartOption {
  return (th, width) => ({
    grid: { left: 8, right: 36, top: 36, bottom: 6, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: th.ink, fontSize: th.size } },
    yAxis: { type: 'category', inverse: true, data: p.names, axisLabel: { ...axisText(th), width: width < 520 ? 96 : 190, overflow: 'truncate' }, axisTick: { show: false }, axisLine: { lineStyle: { color: th.line } } },
    xAxis: { type: 'value', min: 0, max: 100, axisLabel: { ...axisText(th), hideOverlap: true }, splitLine: { lineStyle: { color: th.line } } },
    series: [
      { name: p.ownName, type: 'bar', data: p.own, barWidth: '36%', label: { show: true, position: 'right', color: th.ink, fontSize: th.size - 1, formatter: (d: { value: number }) => (d.value === null || d.value === undefined ? '' : Number(d.value).toFixed(1)) } },
      { name: p.otherName, type: 'bar', data: p.other, barWidth: '24%', barGap: '10%' },
    ],
  })
}

export interface Stack { names: string[]; parts: { key: string; name: string; values: number[] }[] }
/** Tasks by light, a bar for each department or leader. */
export function stackOption(s: Stack): (th: ChartTheme, width: number) => ChartOption {
  return (th, width) => ({
    grid: { left: 8, right: 20, top: width < 400 ? 62 : 36, bottom: 6, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: th.ink, fontSize: th.size }, itemGap: 12 },
    yAxis: { type: 'category', inverse: true, data: s.names, axisLabel: { ...axisText(th), width: width < 520 ? 110 : 170, overflow: 'truncate' }, axisTick: { show: false }, axisLine: { lineStyle: { color: th.line } } },
    xAxis: { type: 'value', minInterval: 1, axisLabel: axisText(th), splitLine: { lineStyle: { color: th.line } } },
    series: s.parts.map((p) => ({ name: p.name, type: 'bar', stack: 'lights', barMaxWidth: 22, data: p.values, itemStyle: { color: th.lights[p.key], borderColor: th.paper, borderWidth: 1 } })),
  })
}
