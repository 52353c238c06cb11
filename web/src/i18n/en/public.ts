import licences from './licences'
import type zh from '../zh-CN/public'
import briefing from './briefing'
import portal from './portal'

const pub: typeof zh = {
  ...licences,
  briefing,
  pnav: { main: 'Main menu', home: 'To the city’s services', verify: 'Verify', ratings: 'Ratings', briefings: 'Briefings', coverage: 'What works', log: 'Log', api: 'API', privacy: 'Privacy' },
  pfoot: 'Questions? Call 12345.',
  verify: {
    seals: 'Seals on the document', sealedAt: 'sealed {at}', sealPages: 'page {pages}',
    title: 'Verify a licence or document',
    lead: 'Drop a PDF or OFD issued or sealed here: you know at once whether it is genuine, unchanged and still in force.',
    drop: 'Drop the file here, or',
    choose: 'Choose a file',
    notKept: 'The file is checked and not kept.',
    checking: 'Checking {name}…',
    number: 'Number', issued: 'Issued', certificateId: 'Certificate identifier',
    checks: 'What was checked',
    haveFile: 'Have the file? Check it',
    unknownHere: 'The signature is good, but this city has no record of issuing this file.',
    other: 'Other ways to verify',
    other1: 'Scan the code on the licence with your phone.',
    other2: 'Without a network: tongban verify FILE on the command line.',
  },
  tlog: {
    title: 'Public log', lead: 'Each step the city takes, and each change of rights and rules, leaves an entry here: hashes only, nothing personal. The log can only grow: whoever changes or removes an entry is found out by anybody who looks.',
    now: 'Now', nothing: 'No checkpoint has been published yet; please come back later.', size: 'Entries', root: 'Root hash', published: 'Published', began: 'Began',
    witnesses: 'Witnesses', witnessesLead: 'Other institutions check that the log only grows, and sign.', noWitness: 'The city has no witnesses yet: a change would be seen only by those who kept a copy.', cosigned: 'Cosigned {at}', notYet: 'Not cosigned yet', needed: 'A checkpoint is published when {k} of {n} have cosigned it.',
    keys: 'Changes of the key', keysLead: 'The log went on under another key. Witnesses and verifiers have to be told: a policy that names only the key of before accepts no checkpoint of after.', keyFrom: 'From entry {n} on, {at}', keySigned: 'The key before signed the statement', keyLost: 'The key before is lost; officers decided', keyStatement: 'The statement',
    one: 'Look up an entry', oneLead: 'The code in the QR code of a licence or letter, or the id of an entry. Your browser computes by itself whether it is in the log.', code: 'Code', look: 'Look up and compute',
    verdict: { in: 'In the log', not: 'Does not fit', cannot: 'Not computed' },
    verdictText: { in: 'It is number {n} of {size}, and leads to the root of the checkpoint.', not: 'The root that was computed is not that of the checkpoint. Please ask 12345.', cannot: 'It is number {n} of {size}. This browser cannot compute here (it needs an https address); take the proof and use the command line.' },
    entry: 'Id', at: 'Time', kind: 'Kind', kinds: { case: 'case', audit: 'rights and rules' }, row: 'Hash of the record', fact: 'Public fact', proof: 'The whole proof',
    self: 'Check it yourself', selfLead: 'Anybody can fetch the whole log and check that it was never changed.', saveProof: 'Download the proof', savePolicy: 'Download the policy', checkpoint: 'Checkpoint', policy: 'Policy: the keys of the log and its witnesses',
  },
  verdict: {
    good: 'Genuine and in force', goodText: 'Issued by this city, unchanged, and in force now.', sealedText: 'The seal is genuine, and nothing was changed after it.',
    bad: 'Cannot be confirmed', badText: 'It did not pass the checks. Do not accept it; call 12345 to ask.',
    expired: 'Expired', expiredText: 'It is genuine, but past its date.',
    revoked: 'No longer in force', revokedText: 'It is genuine, but was revoked, cancelled or replaced.',
    suspended: 'Suspended', suspendedText: 'It is genuine, but suspended: it does not count for now.',
    testKeys: 'Sealed with test keys: for demonstration only, without legal force.',
  },
  record: { title: 'Title', number: 'Number', holder_name: 'Holder', holder_uscc: 'Unified social credit code', case: 'Case number', valid_from: 'Valid from', valid_to: 'Valid until', noEnd: 'No end date', rest: 'The rest of the signed record' },
  check: { signature: 'Electronic signature', certificate: 'Certificate of the issuer', log: 'Public log', seal: 'Electronic seal', digest: 'Content of the file', record: 'Registered data', format: 'File format', timestamp: 'Timestamp' },
  checkState: { ok: 'Passed', failed: 'Failed', warning: 'Note' },
  shared: { title: 'Progress of a case', map: 'Where it is', note: 'Shared by the applicant. Names, answers and documents are not shown.' },
  ratings: {
    title: 'Ratings of services', lead: 'What people say of the services of each department.', span: 'Time', months: 'Last month | Last {n} months', all: 'Whole city', n: 'Ratings', satisfied: '“Satisfied” or better', few: 'Fewer than {n} ratings: no figure is published.', fewShort: 'Too few to publish', none: 'No ratings in this time.',
    services: 'By service', visits: 'Visits to a counter without a case', line: '{n} ratings, {share} satisfied', how: 'Figures follow each rating at once and are never typed in; what a review found to be a mistake is not counted. Nothing is published of fewer than {n} ratings, nor what could be found by subtraction.',
  },
  coverage: {
    title: 'What works so far',
    lead: 'The {n} systems of the action plan, one by one: which work, which work in part, which do not exist yet; and honestly whether they are the city’s own or a stand-in.',
    bar: '{shown} work, {partial} in part, {open} not yet',
    worksWhen: 'When it counts as working', filter: 'Filter by state', all: 'All {n}', services: 'Services:', scenarios: '{n} proving scenario | {n} proving scenarios',
  },
  covState: { shown: 'Works', partial: 'In part', open: 'Not yet' },
  covKind: { ours: 'The city’s own', double: 'Stand-in', tracked: 'Policy task' },
  area: { 0: 'Supervision of the plan', ...portal.area },
  api: { title: 'Open API', lead: 'Every route, generated from the server’s route table. For machines:', q: 'Narrow', rights: 'Who may call it:', parameter: 'Parameter', in: 'In', type: 'Type', meaning: 'Meaning', body: 'Request' },
  errors: { title: 'About this problem', remedy: 'What to do' },
  privacy: { title: 'Privacy', reads: 'Who looked at my data', me: 'What the city knows of me' },
  notFound: { title: 'No such page' },
}
export default pub
