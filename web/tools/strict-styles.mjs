// The pages' policy allows no inline style (style-src 'self'). Two libraries below the decision editor write some all the same: markup
// with style="…" (min-dom, which bpmn.io's mark is drawn with, and stays visible), and <style> elements (style-mod, of the cell editor).
// Here they are made to set the same styles through the object model, which the policy allows; their own files stay as they are. A
// version that reads differently stops the build.
function replaced(code, id, from, to) {
  if (!code.includes(from)) throw new Error(`${id}: not as expected: ${from}`)
  return code.replace(from, to)
}
const WITHOUT_STYLE = `var tbStyles = [];
  el.innerHTML = prefix + html.replace(/ style="([^"]*)"/g, function (all, text) { tbStyles.push(text); return ' data-tb-style="' + (tbStyles.length - 1) + '"' }) + suffix;
  el.querySelectorAll('[data-tb-style]').forEach(function (x) { x.style.cssText = tbStyles[x.getAttribute('data-tb-style')]; x.removeAttribute('data-tb-style') });`

export const strictStyles = () => ({
  name: 'strict-styles',
  enforce: 'pre',
  transform(code, id) {
    if (/min-dom\/dist\/index\.esm\.js|node_modules\/domify\/index\.js/.test(id)) return { code: replaced(code, id, 'el.innerHTML = prefix + html + suffix;', WITHOUT_STYLE), map: null }
    if (/style-mod\/src\/style-mod\.js/.test(id)) return { code: replaced(code, id, '!root.head && root.adoptedStyleSheets', 'root.adoptedStyleSheets'), map: null }
    // one format of the font is enough
    if (/dmn-font\/css\/dmn\.css/.test(id)) return { code: code.replace(/@font-face\s*\{[^}]*\}/, "@font-face { font-family: 'dmn'; src: url('../font/dmn.woff2') format('woff2'); }"), map: null }
    return null
  },
})
