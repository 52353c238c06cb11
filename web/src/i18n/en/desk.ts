import licences from './licences'
import rights from './rights'
import designer from './designer'
import simulation from './simulation'
import type zh from '../zh-CN/desk'
import audit from './audit'
import opsSystems from './ops-systems'
import board from './board'
import hotline from './hotline'
import claims from './claims'
import knowledge from './knowledge'
import newsDesk from './news-desk'
import briefing from './briefing'
import decisions from './decisions'
import { fix, migrate } from './migrate'
import portal from './portal'
import { cert, trust } from './certificates'
import seals from './seals'

const desk: typeof zh = {
  ...licences,
  ...rights,
  auditAction: audit,
  deskBrand: 'Tongban desk',
  deskSignIn: 'Staff sign-in',
  dnav: { menu: 'Menu', decisions: 'Decisions', hotline: 'Enterprise requests', hotlineCall: 'Take a call', kb: 'Knowledge base', kbq: 'Unanswered', gd: 'Guide', board: 'The city', plan: 'Action plan', lead: 'Board', rate: 'Ask for a rating', ratings: 'Bad ratings', main: 'Desk menu', work: 'Cases', studio: 'Service design', ops: 'Operations', tasks: 'Tasks', intake: 'Counter intake', search: 'Search', stats: 'My figures', handover: 'Absence and cover', handovers: 'Papers between towns', messages: 'Messages', templates: 'Opinion templates', check: 'Check and publish', staff: 'Staff', roles: 'Roles', erasures: 'Erasures', audit: 'Audit', outbox: 'Messages to send', palette: 'Go to', portal: 'The city’s services' },
  palette: { title: 'Go to', hint: 'Name of a page, or a case number', search: 'Search for “{q}”' },
  tasks: {
    title: 'Tasks',
    n: '{n} task | {n} tasks', lateN: '{n} late', soonN: '{n} due soon',
    scope: 'Scope', scope_mine: 'Mine', scope_department: 'Department', scope_window: 'Window',
    service: 'Service', allServices: 'All services',
    light: 'Clock', allLights: 'All clocks',
    q: 'Case number',
    due: 'Due', what: 'Service and task', applicant: 'Applicant', number: 'Case number', who: 'Officer', actions: 'Actions',
    urged: 'reminded {n}×', waiting: 'Waiting',
    me: 'me', nobody: 'unclaimed',
    claim: 'Claim', release: 'Release', claimed: '{n} claimed', released: '{n} released',
    none: 'No open tasks', noneMine: 'You have not claimed any task. Look under “Department”.', noneRemedy: 'New tasks appear here.',
    kMove: 'move', kOpen: 'open', kClaim: 'claim', kDecide: 'decide', kMark: 'mark',
  },
  batch: { title: 'Decide several', mark: 'Mark', markN: 'Mark {n}', chosen: '{n} marked', decide: 'Decide together', mixed: 'The marked tasks are not of one kind.', clear: 'Clear', text: 'The same decision is made on {n} tasks, one by one; one that fails does not stop the others.', go: 'Decide {n} task | Decide {n} tasks', going: 'Deciding one by one…', done: '{good} of {all} decided', some: 'These were not decided:' },
  outcome: { founded: 'Founded', appeal: 'A mistake: ask for review', remedied: 'Remedied', satisfied: 'Satisfied', not_satisfied: 'Not satisfied', route: 'Pass it on', answer: 'Answer it at once', officer: 'About an officer', take: 'Take it over', transfer_back: 'Send it back', replied: 'Reply', answered: 'Answered at once', unreached: 'Not reached', accept: 'Accept', refuse: 'Do not accept', correct: 'Ask for correction', approve: 'Approve', reject: 'Reject', return: 'Return', submit: 'Submit', done: 'Done', confirm: 'Confirm' },
  decide: {
    outcome: 'Decision', opinion: 'Opinion', template: 'Insert a template', keep: 'Keep as template', templateKept: 'Kept as template',
    reasons: 'Reasons', reasonsHint: 'One a line, with the legal basis. They go into the decision and to the applicant.',
    corrections: 'What must be corrected', correctionsHint: 'One a line. The law lets you ask only once, so be complete.',
    needOutcome: 'Choose a decision', needOpinion: 'Enter an opinion', needReasons: 'Give the reasons', needCorrections: 'Say what must be corrected',
    goPlain: 'Submit decision', go: 'Submit: {outcome}', going: 'Submitting…', done: '{n} decided',
  },
  decision: { eligibility: 'Are the conditions met?', conditions: 'Are the conditions met?' },
  fact: { take: 'To be taken over within', take_leader: 'Put before the leader, if not taken over by', handle: 'To be replied within', handle_leader: 'Put before the leader, if not replied by', joint: 'Departments beside it within', area: 'Area of the plan', department: 'Department in the lead', eligible: 'Conditions met', reason: 'Reason', reason_en: 'Reason', legal_age: 'Age of the legal representative', share_total: 'Shares in all (%)', organisation: 'Form of organisation', shareholder_count: 'Number of shareholders' },
  labelled: '{label}: ',
  dcase: {
    byRules: 'by rule: {rules}',
    title: 'Case', next: 'Next', filed: 'filed {at}', recorded: 'This look has been recorded; the applicant can see it.',
    form: 'Application', materials: 'Materials', noMaterials: 'No attachments.', rules: 'Rules that fired', noRules: 'No automatic rule was used.', values: 'Values used', steps: 'Progress', clock: 'Clock', history: 'History',
    noTask: 'No open task', tasks: 'Tasks of this case', yours: 'You have it', whose: '{name} has it', unclaimed: 'Nobody has claimed it', notYours: 'This task is not yours to decide.', lastOne: 'The list is done',
    transfer: 'Transfer', transferDo: 'Transfer', transferDone: 'Transferred', to: 'To', reason: 'Reason',
    stop: 'Stop the clock', stopDo: 'Stop the clock', stopDone: 'The clock is stopped', stopText: 'Only the causes the law names stop the clock, and the applicant must be told in writing (Administrative Licensing Law, art. 45).', cause: 'Cause', notice: 'Notice to the applicant', noticeHint: 'Sent at once.',
    stale: 'The case has changed meanwhile. What you wrote was not submitted and is still here.', refresh: 'Show the present state',
    resume: 'Resume the clock', resumeDo: 'Resume', resumeDone: 'The clock runs again',
  },
  intake: {
    title: 'Counter intake', lead: 'File for somebody at the counter. What the city knows is filled in.', kind: 'Kind of ID', number: 'Number', name: 'Name', begin: 'Begin', recorded: 'Fetching a person’s data is recorded.',
    needService: 'Choose a service', needNumber: 'Enter the number', needName: 'Enter the name',
    code: 'Registration code', codeText: 'For somebody without an account, after you have seen their document: they register online with it.', codeMade: 'Registration code of {name}:', reset: 'Hand out a reset code', resetText: 'To the person who forgot the password, after you have seen the original document. It is recorded, and the person is told.', resetTotp: 'The telephone with the one-time codes, or the security key, is lost too (ends both)', resetMade: 'Reset code for {name}:', codeUntil: 'Works once, until {until}. Hand it to the person.',
    change: 'Somebody else ({name})', submit: 'Checked; submit', filed: 'Received', again: 'Next person', print: 'Print receipt', open: 'Open the case',
  },
  idKind: { residence_permit: 'Residence permit (HK, Macau, Taiwan)', resident_id: 'Resident ID', uscc: 'Unified social credit code', passport: 'Passport', hkm_permit: 'Hong Kong/Macau permit', tw_permit: 'Taiwan permit' },
  search: { title: 'Find a case', label: 'Case number, or a full ID number', go: 'Search', hint: 'Only full numbers are found, and every search is recorded.', none: 'Not found, or not yours to see.' },
  stats: { title: 'My figures', mine: 'Mine', department: 'My department (last 90 days)', done: 'Done', open: 'Open', onTime: 'On time', noData: 'no data', how: 'Computed from the live cases, never typed in.' },
  waiting: {
    title: 'Where cases wait', lead: 'How long each step waits and takes: the darker the slower; numbers are working hours.', service: 'Service', from: 'First month', to: 'Last month', what: 'Show', wait: 'Waiting', work: 'Work', which: 'Number', median: 'Median', p90: 'Nine in ten', hours: '{n} h', table: 'Times of the steps', step: 'Step', department: 'Department', n: 'Tasks', called: 'in a called service', applicant: 'filled in by the applicant', none: 'No case ended in this time.', nothing: 'too few to tell',
    label: '{service}: longest by {what} ({at}): {list}.', how: 'A task waits from its opening until somebody claims it, and is worked on until it is decided; decided without a claim, all of it is waiting. Cases that have ended, and working time, are counted, in classes, within a tenth or so; fewer than {n} tasks are not shown.',
  },
  punctual: {
    title: 'How punctual a service is', service: 'Service', period: 'Filed', days: 'Last {n} days', share: 'finished within the promise ({limit})',
    filed: 'Filed', finished: 'Finished', within: 'In time', late: 'Late', open: 'Open', overdue: 'Open and late', withdrawn: 'Withdrawn',
    why: 'What made them late', step: 'Step', department: 'Department', cause: 'Cause', cases: 'Cases', whole: 'The whole case',
    each: 'Case by case ({n})', due: 'due {due}, finished {done}', notYet: 'not yet', more: '{n} more are not listed.',
    how: 'A miss goes to the step under way when the case fell due, and there to where most of the time went. Computed from the live cases and their journal; lawful stops are not counted.',
  },
  handover: { title: 'Absence and cover', lead: 'While you are away a colleague takes your tasks, new and open.', none: 'No absence planned.', coveredBy: 'covered by {name}', remove: 'Cancel it', new: 'New absence', from: 'From', to: 'To', cover: 'Covered by', add: 'Save' },
  handovers: {
    title: 'Papers between towns', lead: 'Originals taken in at one town’s window for a decision in another, each batch under a number that both see. They are signed for on the case’s page, by the officer whose task that is.',
    state: 'State', s_all: 'All', s_sent: 'On the way', s_incomplete: 'Something missing', s_received: 'Received', in: 'Incoming', out: 'Outgoing',
    way: '{from} → {to}', sentAt: 'sent {at}', receivedAt: 'received {at}', checkedAt: 'checked {at}, not complete', missing: 'Something was missing on arrival. The sending window has a task to send it.',
    sign: 'Check and sign for them', open: 'Open the case', none: 'No papers between towns', noneOf: 'None in this state', noneRemedy: 'They appear here when a window has taken in originals and sent them on.',
  },
  bad: {
    title: 'Bad ratings', lead: 'Bad ratings of this department, and what became of them. Who rated is not shown; what you handled yourself goes to the Government Services and Data Administration and is not here.', visit: 'Visit to a counter', noText: 'No words were left.', due: 'by {at}', late: 'Overdue, and escalated.', notCounted: 'Found to be a mistake: not counted.', open: 'Open the ticket', none: 'No bad ratings', noneRemedy: 'A rating “dissatisfied” or worse appears here by itself.',
    s_waiting: 'Waiting', s_verify: 'To be verified', s_review_appeal: 'Appeal under review', s_remedy_it: 'Being remedied', s_call_back: 'To be called back', s_explain: 'To be explained', s_over: 'Done',
  },
  ratecode: { title: 'Ask for a rating', lead: 'Make a code: the person scans it with their own phone, or you turn the screen to them. Staff never fill it in.', number: 'Case number', hint: 'To rate a case that has ended; leave empty for a visit.', channel: 'Channel', go: 'Make a code', hand: 'Hand it to the person', qr: 'Code to rate with', until: 'Good once, until {at}.', screen: 'Open on the customer’s screen', next: 'Next person' },
  offer: { title: 'Steps that can begin', lead: 'The process sets no order: begin the step that is needed, as often as it is.', since: 'since {at}', begin: 'Begin', others: 'Begun by another role', reason: 'Why it begins (goes into the journal)', go: 'Begin it', cancel: 'Cancel', begun: 'Begun: {title}' },
  stand: {
    title: 'This case stands still', since: 'since {at}', remedy: 'What to do: {text}', retry: 'Try that step again', going: 'Trying again…', again: 'It was tried again and stands still again, for the reason above.', goesOn: 'The case goes on',
    head: 'The head of the department has been told, and can have the step tried again once the cause is mended. The applicant need not do anything.',
  },
  templates: { title: 'Opinion templates', none: 'No templates yet.', remove: 'Delete', new: 'New template', text: 'Text', outcome: 'For which decision', any: 'Any', add: 'Save' },
  undelivered: { title: 'Messages nobody received', lead: 'Messages and signals that cases of your department sent to others, and nobody took.', leadAll: 'Messages and signals between cases, and from other systems, that nobody took.', none: 'Every message was received.', kind: { message: 'message', signal: 'signal' }, from: 'Sent by', outside: 'Sent by another system', sent: 'on', nobody: 'No case awaited it while it was kept, until {at}.', refused: 'The receiver could not take it ({code}).', again: 'Send again', againSaid: 'It is sent again', againHint: 'It is kept for another 30 days. The reason goes into the audit journal.', close: 'Close', closed: 'Closed', closeHint: 'It will not be received any more. The reason goes into the audit journal.' },
  studio: {
    title: 'Services', services: 'Published services', service: 'Service', code: 'Code', versions: 'Versions', version: 'Version', files: 'Files',
    publications: 'Requests to publish', askedBy: 'Asked by', state: 'State', waiting: 'Waits for a second person', settled: 'Settled', approve: 'Approve', approved: '{name} published', secondPerson: 'A second person must approve',
    rejected: 'Turned down', rejectedBy: 'Turned down by {name}, {at}:', rejectedThen: 'Mend the draft and submit it again.', turnDown: 'Turn down', turnedDown: 'Turned down', takeBack: 'Take back', takenBack: 'Taken back', why: 'Reason', whyHint: 'Whoever submitted it reads this.',
    check: 'Check and publish', notes: 'From other tools', checkLead: 'A service is a folder. Choose it, and it is checked at once for dead ends, rules that contradict each other and limits longer than the law’s.',
    choose: 'Choose the folder', nFiles: '{n} files, {size}', checking: 'Checking…',
    good: 'All checks passed', goodText: 'You can ask for publication. It takes effect when another publisher approves; open cases stay on their version.', ask: 'Ask for publication', asked: 'Asked; waits for a second person', bad: '{n} problem | {n} problems',
  },
  opsSystems,
  ops: {
    staff: 'Staff', name: 'Name', login: 'User name', department: 'Department', town: 'Town', allTowns: 'Whole city', allDepartments: 'All departments', rolesHeld: 'Roles', safety: 'Security', totp: 'Two-step', initial: 'Initial password',
    new: 'New member of staff', create: 'Create', made: 'Initial password of {login}:', once: 'Shown only once. Hand it over in person; it must be changed at the first sign-in.', rolesLater: 'Roles are asked for under “Roles” and approved by the security officer.',
    disabled: 'Disabled', staffChanges: 'Changes of accounts', changed: 'Done', cancel: 'Cancel',
    roles: 'Roles', rolesLead: 'Giving and taking a role needs two people: the administrator asks, the security officer approves.', change: 'Change', grant: 'Give', revoke: 'Take', role: 'Role', noChanges: 'No changes.', newChange: 'Ask for a change', reason: 'Reason', askChange: 'Ask', asked: 'Asked; waits for the security officer', approve: 'Approve', reject: 'Reject', approved: 'Approved', rejected: 'Rejected',
    erasures: 'Requests for erasure', erasuresLead: 'Approval destroys the key; the ciphertext can never be read again. Nobody with an open case can be erased.', noErasures: 'No requests.', erase: 'Approve erasure', eraseSure: 'The data of {name} cannot be brought back. Approve?', erased: 'Erased',
    outbox: 'Messages to send', outboxLead: 'What waits to be sent by e-mail, text message and WeChat, and what could not be delivered. Figures only.', waiting: 'Waiting', dead: 'Not delivered', channel: 'By', cause: 'Cause', howMany: 'Number', allSent: 'Nothing waits: every message has been sent.', again: 'Refresh',
    audit: 'Audit', auditActions: 'Actions', auditReads: 'Reads of personal data',
  },
  msgChannel: { inbox: 'Inbox', email: 'E-mail', sms: 'Text message', wechat: 'WeChat', fan: 'To be addressed' },
  staffChange: { disable: 'Disable', enable: 'Enable', password: 'Reset password', totp: 'Reset two-step' },
  staffChangeText: {
    disable: 'At once: all sign-ins of this account end, and claimed tasks go back to the colleagues.',
    enable: 'The roles come back with the account, so the security officer has to approve.',
    password: 'Signs the account out and makes a new initial password, shown once. For an administrator, a security officer or an auditor the security officer has to approve.',
    totp: 'For a lost device. Make sure first, in person, who asks; afterwards the password alone signs in, until the code is set up anew.',
  },
  changeState: { approved: 'Approved', rejected: 'Rejected', applied: 'In force', done: 'Settled' },
  auditCol: { at: 'Time', actor: 'Who', action: 'Action', details: 'Details', reader: 'Reader', department: 'Department', subject: 'Subject', what: 'What', purpose: 'Purpose', case_number: 'Case' },
  role: { window: 'Window', handler: 'Handler', reviewer: 'Reviewer', signer: 'Signer', head: 'Head', designer: 'Designer', publisher: 'Publisher', administrator: 'Administrator', security: 'Security officer', auditor: 'Auditor', corrector: 'Corrects steps' },
  board,
  ...hotline,
  ...knowledge,
  claims,
  news: { ...portal.news, desk: newsDesk },
  cert,
  trust,
  seals,
  area: portal.area,
  briefing,
  decisions,
  ds: designer,
  sim: simulation,
  migrate,
  fix,
  notFound: portal.notFound,
}
export default desk
