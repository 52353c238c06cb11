// The pages' policy allows no inline style (style-src 'self'). Two libraries below the decision editor write some all the same: markup
// with style="…" (min-dom, which bpmn.io's mark is drawn with, and stays visible), and <style> elements (style-mod, of the cell editor).
// Here they are made to set the same styles through the object model, which the policy allows; their own files stay as they are. A
// version that reads differently stops the build.
function replaced(code, id, from, to) {
  const out = code.replace(from, to)
  if (out === code) throw new Error(`${id}: not as expected: ${from}`)
  return out
}
// both versions of "domify": el.innerHTML = prefix + html + suffix;
const MARKUP = /(\w+)\.innerHTML = prefix \+ (\w+) \+ suffix;/
const withoutStyle = (all, element, html) => `const tbStyles = [];
  ${element}.innerHTML = prefix + ${html}.replace(/ style="([^"]*)"/g, (all, text) => ' data-tb-style="' + (tbStyles.push(text) - 1) + '"') + suffix;
  ${element}.querySelectorAll('[data-tb-style]').forEach((x) => { x.style.cssText = tbStyles[x.getAttribute('data-tb-style')]; x.removeAttribute('data-tb-style') });`

export const strictStyles = () => ({
  name: 'strict-styles',
  enforce: 'pre',
  transform(code, id) {
    if (/min-dom\/dist\/index\.esm\.js|node_modules\/domify\/index\.js/.test(id)) return { code: replaced(code, id, MARKUP, withoutStyle), map: null }
    if (/style-mod\/src\/style-mod\.js/.test(id)) return { code: replaced(code, id, '!root.head && root.adoptedStyleSheets', 'root.adoptedStyleSheets'), map: null }
    // one format of the font is enough
    if (/dmn-font\/css\/dmn\.css/.test(id)) return { code: code.replace(/@font-face\s*\{[^}]*\}/, "@font-face { font-family: 'dmn'; src: url('../font/dmn.woff2') format('woff2'); }"), map: null }
    if (/bpmn-font\/css\/bpmn\.css/.test(id)) return { code: code.replace(/@font-face\s*\{[^}]*\}/, "@font-face { font-family: 'bpmn'; src: url('../font/bpmn.woff2') format('woff2'); }"), map: null }
    return null
  },
})
