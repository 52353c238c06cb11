// What the pages read from a process definition without the drawing library: elements, flows, names, order.
const MODEL = 'http://www.omg.org/spec/BPMN/20100524/MODEL'
export const TB = 'urn:tongban:bpmn:1'

/** The drawing library measures text with a font of its own, which has no Chinese. */
const FONT = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', 'WenQuanYi Micro Hei', sans-serif"
export const DRAWING_TEXT = { defaultStyle: { fontFamily: FONT, fontSize: 13 }, externalStyle: { fontFamily: FONT, fontSize: 12 } }

export interface ProcessElement { id: string; kind: string; name: string; nameEn: string; host: string; inside: string }
export interface ProcessFlow { id: string; from: string; to: string; name: string; condition: string }
export interface ProcessGraph { elements: ProcessElement[]; flows: ProcessFlow[]; drawn: boolean }

const NODES = /(Task|^task|Event|Gateway|callActivity|subProcess|transaction|adHocSubProcess)$/
export function graphOf(xml: string): ProcessGraph {
  const doc = new DOMParser().parseFromString(xml, 'application/xml')
  const elements: ProcessElement[] = []
  const flows: ProcessFlow[] = []
  if (doc.getElementsByTagName('parsererror').length) return { elements, flows, drawn: false }
  for (const e of doc.getElementsByTagNameNS(MODEL, '*')) {
    const id = e.getAttribute('id') ?? ''
    const kind = e.localName
    if (kind === 'sequenceFlow') {
      const condition = [...e.children].find((c) => c.localName === 'conditionExpression')?.textContent?.trim() ?? ''
      flows.push({ id, from: e.getAttribute('sourceRef') ?? '', to: e.getAttribute('targetRef') ?? '', name: e.getAttribute('name') ?? '', condition })
    } else if (id && NODES.test(kind)) {
      const inside = e.parentElement?.localName === 'process' ? '' : (e.parentElement?.getAttribute('id') ?? '')
      elements.push({ id, kind, name: e.getAttribute('name') ?? '', nameEn: e.getAttributeNS(TB, 'en') ?? '', host: e.getAttribute('attachedToRef') ?? '', inside })
    }
  }
  return { elements, flows, drawn: doc.getElementsByTagNameNS('*', 'BPMNShape').length > 0 }
}

/** Elements in the order in which they can be come to, nearest first; those of the same distance as they stand in the file. */
export function reachOrder(g: ProcessGraph, from?: string[]): string[] {
  const seen = new Set<string>()
  let edge = from ?? g.elements.filter((e) => e.kind === 'startEvent' && !e.inside).map((e) => e.id)
  const order: string[] = []
  const next = (id: string) => [
    ...g.flows.filter((f) => f.from === id).map((f) => f.to),
    ...g.elements.filter((e) => e.host === id).map((e) => e.id),
    ...g.elements.filter((e) => e.inside === id && !g.flows.some((f) => f.to === e.id) && !e.host).map((e) => e.id),
    ...g.elements.filter((e) => e.id === id && e.inside && !g.flows.some((f) => f.from === id)).flatMap((e) => g.flows.filter((f) => f.from === e.inside).map((f) => f.to)),
  ]
  while (edge.length) {
    const more: string[] = []
    for (const id of edge) {
      if (seen.has(id)) continue
      seen.add(id)
      order.push(id)
      more.push(...next(id))
    }
    edge = more
  }
  return order
}
