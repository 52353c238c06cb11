// Enterprise requests on the portal.
export default {
  req: {
    title: 'Enterprise requests', lead: 'The enterprise seat of 12345: ask, seek help, complain, suggest or report in one place; replied in time, and followed up.', find: 'Is there an answer already?', findHint: 'Many questions are answered in the knowledge base: ', findLink: 'look there first',
    follow: 'Progress and reply', code: 'Code', codeHint: 'The 12 signs you were given, like abcd-efgh-jkmn.', look: 'Show', mine: 'What you asked when signed in is among your cases.', mineLink: 'My cases',
    ask: 'Make a request', kind: 'Kind', kindHint: 'If you are not sure, leave it open: a clerk classifies it.', text: 'What is it about?', textHint: 'What happened, and what would help. No identity numbers, accounts or passwords.', enterprise: 'Enterprise', place: 'Where', who: 'How to reach you', name: 'Name', phone: 'Telephone', email: 'E-mail', uscc: 'Unified social credit code',
    contactHint: 'A telephone number or an e-mail address, for the reply and to ask whether it helped.', signedIn: 'In the name of {name}; progress and reply are among your cases.', withheld: 'Do not tell the department who I am', withheldHint: 'Only clerks of the hotline see how to reach you. Leave a telephone number or address, and follow it by its code.',
    files: 'Files', filesHint: '{n} at most, up to {size} each: PDF, pictures or OFD.', remove: 'Remove', go: 'Send', going: 'Sending', needText: 'Write what it is about', needContact: 'Leave a telephone number or an e-mail address', tooMany: '{n} files at most', tooLarge: '“{name}” is larger than {size}',
    done: 'Your request has arrived', number: 'Number', keepCode: 'Keep this code, it is shown once:', refused: '{n} file is of a type that cannot be taken and was left out. | {n} files are of a type that cannot be taken and were left out.', toCase: 'Show progress', toFollow: 'Show progress', again: 'Another request',
    progress: 'Progress', asked: 'asked {at}', replyTitle: 'Reply', noReply: 'There is no reply yet.', due: 'You hear from us by {at}.', late: 'It is late, and has been put before those in charge.', by: 'Replied by {department}', reasons: 'Why it was not taken, and the right way', yours: 'Your request', article: 'The answer it rests on', secondNote: 'You were not satisfied: the head of the department handles it again.', missing: 'There is no such code',
    st_open: 'In hand', st_done: 'Ended', st_refused: 'Not taken', st_withdrawn: 'Withdrawn', rateCall: 'When it has ended, whoever calls you back asks you to rate it.',
  },
}
