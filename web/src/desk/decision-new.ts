// A decision to begin with: one table, one input, one rule for everything, one example.
const xml = (s: string) => s.replace(/[<>&"]/g, (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[c]!)

export function emptyDecision(key: string, name: string, department: string): Record<string, string> {
  const today = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)
  return {
    'decision.json': JSON.stringify({ key, name: { zh: name, en: name }, decides: { zh: name, en: name }, department, decision: 'result', source: [{ zh: '（法律名称和条款）', en: '(law and article)', confirmed: false }], valid_from: today, valid_to: null, labels: {} }, null, 2) + '\n',
    'decision.dmn': `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:di="http://www.omg.org/spec/DMN/20180521/DI/" xmlns:tb="urn:tongban:bpmn:1" id="definitions_${key}" name="${xml(name)}" namespace="urn:tongban:decisions:${key}">
  <inputData id="input_value" name="value" label="数值" tb:en="Value">
    <variable id="variable_value" name="value" typeRef="number"/>
  </inputData>
  <decision id="result" name="result" label="${xml(name)}" tb:en="${xml(name)}">
    <variable id="variable_result" name="result" typeRef="string"/>
    <informationRequirement id="result_needs_value">
      <requiredInput href="#input_value"/>
    </informationRequirement>
    <decisionTable id="table_result" hitPolicy="UNIQUE">
      <input id="result_in1" label="数值" tb:en="Value">
        <inputExpression id="result_ex1" typeRef="number">
          <text>value</text>
        </inputExpression>
      </input>
      <output id="result_out1" label="结果" name="result" typeRef="string" tb:en="Result"/>
      <rule id="rule_1">
        <inputEntry id="rule_1_1">
          <text>-</text>
        </inputEntry>
        <outputEntry id="rule_1_2">
          <text>"yes"</text>
        </outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram id="diagram">
      <dmndi:DMNShape id="value_shape" dmnElementRef="input_value">
        <dc:Bounds height="45" width="125" x="177" y="220"/>
      </dmndi:DMNShape>
      <dmndi:DMNShape id="result_shape" dmnElementRef="result">
        <dc:Bounds height="80" width="180" x="150" y="80"/>
      </dmndi:DMNShape>
      <dmndi:DMNEdge id="result_edge" dmnElementRef="result_needs_value">
        <di:waypoint x="240" y="220"/>
        <di:waypoint x="240" y="160"/>
      </dmndi:DMNEdge>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
`,
    'examples/examples.json': JSON.stringify({ examples: [{ input: { value: 1 }, output: 'yes' }] }, null, 2) + '\n',
  }
}
