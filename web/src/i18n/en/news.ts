import type zh from '../zh-CN/news'

const news: typeof zh = {
  title: 'Policy and notices', lead: 'Interpretations of policy, cases and notices.', piece: 'Policy and notices', kinds: { interpretation: 'Interpretation', case: 'Case', notice: 'Notice' },
  kind: 'Kind', area: 'Subject', department: 'Issued by', year: 'Year', any: 'Any', q: 'Look for', placeholder: 'Words, document number', search: 'Search', clear: 'Clear filters', found: '{n} piece | {n} pieces', foundMore: 'More than {n}',
  none: 'Nothing has been published yet', noneRemedy: 'What is published will be here.', noneFilter: 'Nothing fits', noneFilterRemedy: 'Try other words, or fewer filters.', showAll: 'Show all',
  number: 'Document number', date: 'Date', validity: { pending: 'Not yet in force', in_force: 'In force', expired: 'No longer in force' }, validFrom: 'In force from {from}', validTo: 'In force until {to}', validBoth: 'In force from {from} to {to}',
  chineseOnly: 'In Chinese only', chineseOnlyText: 'There is no English version of this piece.', corrected: 'Corrected', laws: 'Law', services: 'Services', files: 'Attachments', history: 'Corrections', first: 'First published', again: 'Published again',
  withdrawn: 'Withdrawn', withdrawnText: 'This piece was withdrawn on {at}.', reason: 'Reason', all: 'All policy and notices', feed: 'Feed (Atom)', feedHint: 'Follow with a feed reader', print: 'Print',
  home: 'Policy and notices', homeAll: 'See all',
}
export default news
