// ECharts for the board: drawn once to an SVG text without a browser's help, so that it needs no inline style (the content policy
// forbids them), prints sharp, scales, and moves for nobody. Loaded where a chart is shown, never with the first page.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, MarkPointComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { ChartOption, ChartTheme } from './chart-options'

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, MarkPointComponent, AriaComponent, SVGRenderer])

/** Presentation attributes say the same as the style attribute, which the content policy does not let through. */
function unstyled(svg: string): string {
  return svg
    .replace(/ style="([^"]*)"/g, (_, css: string) => css.split(';').filter((d) => d.includes(':')).map((d) => { const [k, ...v] = d.split(':'); return ` ${k!.trim()}="${v.join(':').trim()}"` }).join(''))
    .replace(/ class="[^"]*"/g, '')
    .replace(/<style[\s\S]*?<\/style>/g, '')
}

export function draw(option: ChartOption, theme: ChartTheme, width: number, height: number): SVGElement {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: theme.size, color: theme.ink },
    color: theme.colours,
    aria: { enabled: true, decal: { show: theme.decal, decals: theme.decals } },
    ...option,
  } as echarts.EChartsCoreOption)
  const svg = new DOMParser().parseFromString(unstyled(chart.renderToSVGString()), 'image/svg+xml').documentElement as unknown as SVGElement
  chart.dispose()
  // names of the plan stay Chinese on an English page: that is said to screen readers and fonts
  for (const text of svg.querySelectorAll('text')) if (/[\u3400-\u9fff]/.test(text.textContent ?? '')) text.setAttribute('lang', 'zh-CN')
  return document.importNode(svg, true)
}
