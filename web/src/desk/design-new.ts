// A service to begin with: one form with the applicant's name, one officer who decides, and a scenario that proves it.
import { written, type Files } from './design'

const BPMN = (code: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:tb="urn:tongban:bpmn:1" id="definitions_${code}" targetNamespace="urn:tongban:services">
  <process id="${code}" tb:service="${code}" isExecutable="true">
    <startEvent id="filed" name="提交申请"/>
    <userTask id="handle" name="办理" tb:en="Handle it" tb:kind="handle" tb:role="handler" tb:step="handling" tb:outcomes="approve,reject" tb:clock="1wd"/>
    <exclusiveGateway id="decided" name="同意？" default="f_no"/>
    <endEvent id="granted" name="办结" tb:result="approved"/>
    <endEvent id="refused" name="不予办理" tb:result="refused"/>
    <sequenceFlow id="f_filed" sourceRef="filed" targetRef="handle"/>
    <sequenceFlow id="f_handled" sourceRef="handle" targetRef="decided"/>
    <sequenceFlow id="f_yes" sourceRef="decided" targetRef="granted">
      <conditionExpression>handle.outcome = "approve"</conditionExpression>
    </sequenceFlow>
    <sequenceFlow id="f_no" sourceRef="decided" targetRef="refused"/>
  </process>
  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement="${code}">
${[['filed', 160, 117, 36, 36], ['handle', 256, 95, 110, 80], ['decided', 426, 110, 50, 50], ['granted', 546, 117, 36, 36], ['refused', 546, 217, 36, 36]].map(([id, x, y, w, h]) => `      <bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${x}" y="${y}" width="${w}" height="${h}"/></bpmndi:BPMNShape>`).join('\n')}
${[['f_filed', 196, 135, 256, 135], ['f_handled', 366, 135, 426, 135], ['f_yes', 476, 135, 546, 135], ['f_no', 451, 160, 451, 235, 546, 235]].map(([id, ...at]) => `      <bpmndi:BPMNEdge id="${id}_di" bpmnElement="${id}">${at.flatMap((_, i) => (i % 2 ? [] : [`<di:waypoint x="${at[i]}" y="${at[i + 1]}"/>`])).join('')}</bpmndi:BPMNEdge>`).join('\n')}
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</definitions>
`
export function emptyService(code: string, name: string, department: string): Files {
  const promise = { n: 1, unit: 'working_day', source: { zh: '本市承诺', en: 'The city’s promise' } }
  return {
    'service.json': written({
      code, basic_code: '', implementation_code: '', name: { zh: name, en: name }, summary: { zh: name, en: name }, area: 17, department, type: '20', level: '3', audience: ['person'], acceptance: 'automatic', kind: 'immediate', online: 'full', channels: ['online', 'mobile', 'window'],
      promised: promise, statutory: null, legal_basis: [{ zh: '（法律名称和条款）', en: '(law and article)' }], conditions: [], materials: [], steps: [{ key: 'handling', name: { zh: '办理', en: 'Handling' }, department }], results: [{ kind: 'service', name: { zh: name, en: name } }], fees: [], visits: 0, halls: ['*'], hotline: '12345',
      remedies: { zh: '（行政复议和行政诉讼的机关和期限）', en: '(where and within which time to ask for reconsideration or bring suit)' },
    }),
    'form.json': written({
      $schema: 'https://json-schema.org/draft/2020-12/schema', title: { zh: name, en: name }, type: 'object', additionalProperties: false, required: ['name'],
      properties: { name: { title: { zh: '姓名', en: 'Name' }, type: 'string', minLength: 2, maxLength: 60, 'x-prefill': 'applicant.name', 'x-readonly': true, 'x-personal': true, 'x-group': 'person' } },
    }),
    'process.bpmn': BPMN(code),
    'scenarios/granted.json': written({ title: { zh: '申请并办结', en: 'Applied for and granted' }, start: '2026-03-02T09:00:00+08:00', steps: [{ label: { zh: '申请', en: 'Applied for' }, as: 'zhangsan', do: 'file', prefill: true, data: {}, case: 'a', expect: { tasks: ['handle'] } }] }),
  }
}
