import type zh from '../zh-CN/knowledge'

const knowledge: typeof zh = {
  suggest: {
    title: 'Suggested answers', keyUse: 'takes one', keyMove: 'goes to the list', idle: 'Type two characters or more: answers of the knowledge base show here.', loading: 'Looking for answers…', failed: 'No answer came: the knowledge base does not respond.',
    found: '{n} suggested answer | {n} suggested answers', foundFar: '{n} answer comes near, but may not fit | {n} answers come near, but may not fit', far: 'These come near, but may not fit: read the whole text first.', none: 'The knowledge base has no answer to this.',
    use: 'Use', whole: 'Whole text', less: 'Less', overdue: 'Review overdue ({day})',
    note: 'Record as unanswered', question: 'Question', questionHint: 'In general words, without names or numbers. Those who write the answers see it.', send: 'Record', noted: 'Recorded. Those who write the answers see it.',
  },
}
export default knowledge
