import type zh from '../zh-CN/licences'

export default {
  licences: {
    title: 'My licences',
    lead: 'An electronic licence is as good as paper. Show its code; whoever scans it sees that it is genuine.',
    number: 'Number', issued: 'Issued', validTo: 'Valid until', noEnd: 'No end date',
    show: 'Show QR code', print: 'Print all licences',
    qrLabel: 'QR code to verify {name}',
    qrHint: 'Scanning it shows whether the licence is genuine and in force.',
    certificateId: 'Certificate identifier',
    none: 'You have no electronic licences yet', noneRemedy: 'They appear here once a case that issues one is finished.',
  },
  licenceStatus: { valid: 'In force', active: 'In force', issued: 'In force', in_force: 'In force', expired: 'Expired', revoked: 'Revoked', suspended: 'Suspended', replaced: 'Replaced', cancelled: 'Cancelled' },
  lic: {
    open: 'Details and showing', back: 'My licences', version: 'Version {n}', ofd: 'Download the OFD original', pdf: 'Download PDF', holder: 'Holder', issuer: 'Issued by', history: 'What happened to it', noHistory: 'Nothing has changed since it was issued.', uses: 'Who looked at my licences', usesLink: 'See the whole record',
    act: { suspend: 'Suspended', resume: 'In force again', revoke: 'Revoked', annotate: 'Annotated', replace: 'Issued anew', expire: 'Expired' }, until: 'until {day}',
    present: 'Show it to somebody', presentLead: 'Makes a code with an end. Whoever scans it sees this licence and nothing else; you can take it back before.', hours: 'How long', hoursN: '{n} hour | {n} hours', to: 'For whom (optional)', toHint: 'Seen by whoever scans it, e.g. “opening an account at the bank”.', make: 'Make the code', shownCode: 'Let them scan this code', copy: 'Link', ends: 'Ends {time}', shown: 'Shown so far', noShown: 'You have not shown it yet.', seen: 'Seen once | Seen {n} times', never: 'Nobody has looked', over: 'Over', ended: 'Taken back', end: 'Take back now', endedToast: 'Taken back: the code no longer works',
    consents: 'Requests to use it', consentLead: 'For a purpose without a basis in law an office must ask you first. You can withdraw your consent at any time.', noConsents: 'No office has asked.', asks: '{who} asks to use it for: {purpose}', grant: 'Agree', refuse: 'Refuse', withdraw: 'Withdraw consent', state: { asked: 'Waits for you', granted: 'Agreed', refused: 'Refused', withdrawn: 'Withdrawn' }, said: 'Your answer is recorded',
    waiting: 'An office asks to use a licence of yours; please answer | {n} offices ask to use licences of yours; please answer',
  },
  ltypes: { title: 'Catalogue of licences', lead: 'Which electronic licences the city issues, by whom and under which law; and what licences may be used for.', link: 'Catalogue of licences and purposes', holder: 'Holder', all: 'All', person: 'Persons', uscc: 'Enterprises and organisations', none: 'There is no licence of this kind.', department: 'Issued by', valid: 'Valid for', years: '{n} year | {n} years', law: 'Basis', code: 'Type code', purposes: 'What they may be used for', purposesLead: 'Each use is in the holder’s record. For a purpose without a basis in law the holder must consent first.', everyBody: 'Open to every body', bodies: 'Bodies that may ({n})' },
  inLog: {
    title: 'Public log', open: 'Look at it in the log', save: 'Download the proof', again: 'Try again',
    state: { looking: 'Looking', waits: 'Waits', none: 'No entry', failed: 'Not reached', in: 'In the log', not: 'Does not fit', cannot: 'Not computed' },
    text: {
      looking: 'Looking for its issue in the public log.', waits: 'Its entry waits for the next checkpoint, usually some seconds.', none: 'The city had no public log when it was issued, or the log does not take such papers.', failed: 'The public log cannot be reached at the moment; try again later.',
      in: 'Issued {at}: entry {n} of {size}. Your browser computed this; nobody can change it later without being found out.', not: 'It does not fit the checkpoint of the public log. Please ask 12345.', cannot: 'Entry {n} of {size}. This browser cannot compute it here (it needs an https address); take the proof and check it elsewhere.',
    },
  },
  presented: { title: 'A licence shown by its holder', lead: 'Its holder shows you this; it ends {time}.', to: 'Shown to', more: 'Verify this licence', gone: 'The code has ended', goneText: 'Its time is over, or the holder took it back. Ask the holder to show it again.' },
  dlic: {
    title: 'Find licences', nav: 'Licences', lead: 'Electronic licences by the holder’s identity number. Each search and use is in the holder’s record.', kind: 'Kind of number', resident_id: 'Resident identity card', uscc: 'Unified social credit code', number: 'Number', purpose: 'Purpose', basis: 'Basis: {basis}', consentNeeded: 'Needs the holder’s consent', go: 'Search', none: 'No electronic licence was found.', use: 'Use', ask: 'Ask for consent', why: 'Tell the holder what it is for', askGo: 'Send the request', asked: 'Asked; the holder has not answered yet', used: 'Used, and in the holder’s record',
    change: 'Act on it', reason: 'Reason', days: 'Days the note stands (optional)', act: { suspend: 'Suspend', resume: 'Resume', revoke: 'Revoke', annotate: 'Annotate', anew: 'Issue a new version' }, done: 'Done; the holder is told', what: 'What to do', says: 'What it says', close: 'Close',
  },
} satisfies typeof zh
