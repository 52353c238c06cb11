import type zh from '../zh-CN/rights'

const en: typeof zh = {
  rights: {
    title: 'My rights over my data',
    lead: 'The Personal Information Protection Law lets you know, see, correct, restrict and erase your data. Each request has a number and is answered within thirty days.',
    readsLink: 'Who looked at my data', meLink: 'What the city knows of me',
    take: 'See and copy', takeText: 'One file with everything the city keeps about you.', json: 'Download JSON (for programs)', html: 'Download a page (to read and print)',
    consents: 'Consents I gave', consentsText: 'That a department may look at a licence. Withdraw any time; what was done before stays valid, and no service is refused for it.', consentsNone: 'You have given no consent.',
    withdraw: 'Withdraw', withdrawSure: 'Withdraw the consent for "{what}"?', withdrawn: 'Withdrawn',
    mine: 'My requests', none: 'No request yet', noneRemedy: 'Choose below what you want to ask for.',
    ask: 'Ask', kind: 'What you ask for', article: 'Personal Information Protection Law, {article}', department: 'Which department answers', departmentHint: 'If it is about a case, give its number: the department of the case answers.',
    choose: 'Please choose', need: 'Please fill this in', caseNumber: 'Number of the case (optional)', text: 'What you want, and why', textHint: 'Say which data it is about. 2,000 characters at most.',
    deceased: 'Name of who has died', deceasedNumber: 'Their identity number (optional)', relation: 'How you are related', relationHint: 'For example spouse, child, parent. Show the proof at a window.',
    send: 'Send the request', sent: 'Sent as {number}; expect an answer by {due}',
    holds: 'Which data is handled', holdsText: 'Kinds of personal data, what for, on which basis, and how long it is kept.', data: 'Data', purpose: 'Purpose', basis: 'Basis', kept: 'Kept',
    state: { open: 'waiting', confirm: 'being checked', answered: 'answered' },
    outcome: { granted: 'granted', partly: 'granted in part', refused: 'refused' },
    due: 'answer due {day}', late: 'overdue', askedOn: 'asked {day}', answeredOn: 'answered {day}',
    one: 'Request about personal data', kindLabel: 'Right', departmentLabel: 'Answered by', caseLabel: 'Case', number: 'Number', asked: 'Asked', answer: 'Answer', ground: 'Ground', back: 'Back to my requests', about: 'Complaint about', complaintNumber: 'Complaint',
    wait: 'Not answered yet. If the day passes without an answer, call 12345.',
    notContent: 'Not content with the answer?', complain: 'Complain to the officer responsible', complainText: 'The officer responsible for personal data, who had no part in the answer, looks at it again.', complaint: 'Your complaint',
    sue: 'If you are refused what the law gives you, you may sue before the people\'s court that is competent (Personal Information Protection Law art. 50, para. 2).', complaintSent: 'Complaint sent as {number}',
    desk: {
      title: 'Requests about personal data', lead: 'Answer within thirty days. Opening a request leaves a record that the person sees.', open: 'Waiting', answered: 'Answered', none: 'No requests',
      look: 'Open', who: 'Asked by', outcome: 'Answer', text: 'What you tell them', textHint: 'What was done, or why it cannot be. The person reads it.', ground: 'Ground for not granting all',
      send: 'Answer', sent: 'Answered', four: 'An erasure needs a second officer, then the security officer carries it out.', waits: '{who} proposes "{outcome}"; another officer has to agree.', own: 'You proposed it: another officer has to agree.',
      agree: 'Agree; the security officer carries it out', backToDesk: 'Send back', agreed: 'Agreed', returned: 'Sent back', erased: 'This person\'s data was erased; the text cannot be read.', of: 'The request and answer complained of', filter: 'State',
    },
  },
  readsFilter: { since: 'From', until: 'To', department: 'Department', kind: 'What they saw', all: 'All', basis: 'Basis: {basis}', none: 'No record fits', clear: 'Clear the filter', object: 'Do you object to one of these? Ask about it.' },
}
export default en
