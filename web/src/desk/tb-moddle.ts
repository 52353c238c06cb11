// Our attributes on BPMN elements, told to the editor's model so that it reads, edits and writes them (docs/designers/process.md).
const attribute = (name: string) => ({ name, isAttr: true, type: 'String' })
export const TB_ATTRIBUTES = ['step', 'result', 'kind', 'department', 'role', 'outcomes', 'clock', 'form', 'separate', 'en', 'verb', 'fallback', 'decision', 'date'] as const
export const tbModdle = {
  name: 'tongban',
  uri: 'urn:tongban:bpmn:1',
  prefix: 'tb',
  xml: { tagAlias: 'lowerCase' },
  types: [
    { name: 'Process', extends: ['bpmn:Process'], properties: [attribute('service')] },
    { name: 'Node', extends: ['bpmn:FlowNode'], properties: TB_ATTRIBUTES.map(attribute) },
    { name: 'Loop', extends: ['bpmn:MultiInstanceLoopCharacteristics'], properties: ['collection', 'item', 'collect', 'value'].map(attribute) },
    { name: 'Input', superClass: ['Element'], properties: [attribute('name'), attribute('value')] },
    { name: 'Output', superClass: ['Element'], properties: [attribute('name'), attribute('value')] },
  ],
  enumerations: [],
  associations: [],
}

const MODEL = 'http://www.omg.org/spec/BPMN/20100524/MODEL'
const TB = 'urn:tongban:bpmn:1'
/** Inputs may stand directly in an element; the editor's model knows them in extensionElements only, where they mean the same. */
export function normalised(xml: string): string {
  const doc = new DOMParser().parseFromString(xml, 'application/xml')
  if (doc.getElementsByTagName('parsererror').length) return xml
  let moved = 0
  for (const e of [...doc.getElementsByTagNameNS(TB, 'input'), ...doc.getElementsByTagNameNS(TB, 'output')]) {
    const owner = e.parentElement
    if (!owner || owner.localName === 'extensionElements') continue
    let box = [...owner.children].find((c) => c.localName === 'extensionElements')
    if (!box) owner.insertBefore((box = doc.createElementNS(MODEL, owner.prefix ? `${owner.prefix}:extensionElements` : 'extensionElements')), owner.firstChild)
    box.appendChild(e)
    moved++
  }
  return moved ? new XMLSerializer().serializeToString(doc) : xml
}
