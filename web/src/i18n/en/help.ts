import type zh from '../zh-CN/help'

const help: typeof zh = {
  help: {
    title: 'Questions and answers', lead: 'Written by the departments: each answer says who is responsible and when it is looked at again.', q: 'What would you like to know?', placeholder: 'How long a licence takes, social insurance…', clearQ: 'Clear',
    department: 'Department', service: 'Service', any: 'Any', clear: 'Clear filters',
    popular: 'What helped others', all: 'All questions', byService: 'By service', found: '{n} answer found | {n} answers found', foundFar: '{n} answer comes near | {n} answers come near', listed: '{n} answer | {n} answers', listedMore: 'The first {n}; there are more',
    far: 'Nothing answers exactly this; these come near.', none: 'No answer found to “{q}”', noneFilter: 'No answer fits these filters', noneRemedy: 'Try other words, or tell us the question.', empty: 'No answer has been published yet.',
    services: 'What you can apply for', moreServices: 'All services found', answers: 'Answers first', moreAnswers: 'More answers', related: 'Questions and answers', others: 'Related questions', overdue: 'Review overdue',
    guide: 'Not sure what you need?', guideSub: 'Answer a few questions and be led there.', guideGo: 'Start the guide',
  },
  article: {
    owner: 'Responsible', published: 'Published', review: 'Next review', overdue: 'This answer should have been looked at again by {day} and has not been yet. Ask at a counter or call 12345 to be sure.', services: 'What you can apply for', laws: 'Legal basis', back: 'Questions and answers', print: 'Print',
    helpful: 'Did this help?', yes: 'It helped', no: 'It did not', thanks: 'Thank you. What helps is shown first.', sorry: 'Sorry that it did not help.', onlineFull: 'Online',
  },
  askus: {
    title: 'Not the answer you need?', text: 'Tell us the question and the department responsible will write the answer.', open: 'Write the question', q: 'Your question', hint: 'Leave out names, telephone and ID numbers. We keep the question, not who asked it.', need: 'Write your question', go: 'Send the question', done: 'Noted', doneText: 'What more people ask gets an answer. To be answered now:', seat: 'Ask the 12345 seat for enterprises', call: 'Call 12345', or: 'Need an answer now?',
  },
  guide: {
    title: 'Guide', lead: 'One question at a time; at the end stands the service or answer you need.', step: 'Step {n}', so: 'Your answers', change: 'Change', back: 'Back', restart: 'Start again', share: 'Copy the link', shared: 'Link copied', none: 'The guide has not been published yet', noneRemedy: 'Look for a service or an answer instead.', toServices: 'Find a service', toHelp: 'Find an answer',
    broken: 'The choices in this link have changed; go on from here.', serviceEnd: 'What you need is', articleEnd: 'Answer', begin: 'Apply', more: 'About this service', whole: 'The whole answer', gone: 'It is no longer there. Please start again.', wrong: 'Not what you need?',
  },
}
export default help
