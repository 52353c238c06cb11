import type zh from '../zh-CN/news-desk'

const desk: typeof zh = {
  title: 'Publications', new: 'Write one', list: 'Show', l_all: 'All', l_waiting: 'Waiting for a second person', l_released: 'Published', l_withdrawn: 'Withdrawn', none: 'None of this kind', noneRemedy: 'Begin with “Write one”.',
  s_waiting: 'Waiting', s_published: 'Published', s_replaced: 'Replaced', s_rejected: 'Turned down', name: 'Title', state: 'State', made: 'written by {name}, {at}', edit: 'Change', back: 'Back to the list', open: 'On the portal',
  write: 'Write', change: 'Change', preview: 'Preview', zh: 'Chinese', en: 'English', enHint: 'May be left out. If there is English, then in title, summary and body.', heading: 'Title', summary: 'Summary', summaryHint: 'A sentence or two, shown in lists and feeds.', body: 'Body', bodyHint: 'Blank lines part paragraphs; a line that begins with “## ” is a heading, lines that begin with “- ” are a list. No personal data.',
  numberHint: 'Leave empty when there is none', areas: 'Areas of the plan', services: 'Services', laws: 'Law', lawsHint: 'One to a line: Chinese, then “{\'|\'}”, then English; English may be left out.', from: 'In force from', to: 'In force until', files: 'Attachments', filesHint: 'PDF, PNG, JPEG or OFD, at most ten of 20 MB', add: 'Add a file', remove: 'Remove {name}',
  correction: 'What is corrected', correctionHint: 'This piece has been published. Say what this version corrects; everybody reads it.', submit: 'Hand in for a second person', submitted: 'Handed in: somebody else publishes it', two: 'One person writes, another publishes.', ownText: 'Somebody else publishes what you wrote.',
  release: 'Publish', released: 'Published', reject: 'Turn down', rejected: 'Turned down', rejectReason: 'Why it is turned down', withdraw: 'Withdraw', withdrawReason: 'Why it is withdrawn (everybody reads it)', withdrawnDone: 'Withdrawn', versions: 'Versions', version: 'Version {n}', decided: 'settled by {name}, {at}', system: 'the system', waits: 'This version waits to be published', optional: 'optional', choose: 'Choose', uploading: 'Uploading…',
}
export default desk
