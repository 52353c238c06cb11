// The text of an article: paragraphs, lists and headings by how lines begin. What is drawn are blocks of plain text, never HTML.
export type Block = { kind: 'p'; text: string } | { kind: 'h'; text: string } | { kind: 'ul' | 'ol'; items: string[] }

const BULLET = /^[-*•·]\s+(.*)$/
const NUMBER = /^\d{1,2}(?:[.)]\s+|[．、]\s*)(.*)$/
const HEADING = /^#{1,3}\s+(.*)$/

/** A line that begins with "- " or "1. " is an item of a list, with "# " a heading; an empty line ends a paragraph, other lines go on in it. */
export function blocks(text: string): Block[] {
  const out: Block[] = []
  let open = false // the last block is a paragraph that may go on
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim()
    const last = out[out.length - 1]
    const item = BULLET.exec(line) ?? NUMBER.exec(line)
    const heading = HEADING.exec(line)
    if (!line) open = false
    else if (item) {
      const kind = BULLET.test(line) ? 'ul' : 'ol'
      if (last?.kind === kind) (last as { items: string[] }).items.push(item[1]!)
      else out.push({ kind, items: [item[1]!] })
      open = false
    } else if (heading) {
      out.push({ kind: 'h', text: heading[1]! })
      open = false
    } else if (open && last?.kind === 'p') last.text += '\n' + line
    else {
      out.push({ kind: 'p', text: line })
      open = true
    }
  }
  return out
}
