// Plans of migration, and corrections of steps.
export const migrate = {
  title: 'Migration of running cases', lead: 'Cases stay on the version they began with. A plan moves those under way to another version; it is shown first, released by a second person, carried out case by case, and can be taken back.',
  oneVersion: 'This service has one version only: there is nothing to migrate.', new: 'New plan', from: 'From version', to: 'To version', current: 'current',
  mapping: 'What becomes of what', mappingHint: 'These elements are not in the new version under the same id. Cases that stand there can move only when you say what each becomes.', nothing: 'Nothing: such cases stay',
  values: 'Values for missing variables', valuesHint: 'One a line, name = value. Only where the new version needs something that the cases do not have. No personal data.', reason: 'Reason', make: 'Compute the plan',
  plans: 'Plans', nCases: '{n} case | {n} cases', madeBy: 'Made by', decidedBy: 'Decided by', notes: 'What holds for all cases', groups: 'Cases by where they stand', noCases: 'No case is under way on that version.', nothingChanges: 'Nothing changes for these cases but what lies ahead.', numbers: 'Case numbers', cases: 'Case by case', drawing: 'Where the cases stand in the process; the same is listed below.',
  release: 'Release and carry out', released: 'Released; it is being carried out', reject: 'Turn down', rejected: 'Turned down', undo: 'Take the plan back', undoCase: 'Take back', undone: 'Taken back', undoText: 'Each case is checked: what has gone on to where the old version cannot follow stays, and says why.',
  state: { looking: 'Being computed', waiting: 'Waits for a second person', rejected: 'Turned down', applying: 'Being carried out', done: 'Carried out', undoing: 'Being taken back', undone: 'Taken back' },
  work: { looking: 'The running cases are being looked at: {n} so far.', applying: 'The cases are being moved one by one.', undoing: 'The cases are being taken back one by one.' },
  case: { can: 'Can move', cannot: 'Cannot move', moved: 'Moved', failed: 'Not moved', undone: 'Taken back', stays: 'Stays moved' },
  why: { task: 'open task', verb: 'being done automatically', timer: 'waits for a time', inside: 'under way inside', join: 'waits at the join', incident: 'stands still', event: 'waits for an event', offer: 'offered' },
}
export const fix = {
  title: 'Correct a step', lead: 'Move the case to another step, repeat a step, or leave one out. With a reason and your signature; the applicant is told. No time limit is lengthened.', begin: 'Correct…', none: 'There is nothing to correct before acceptance, and nothing when a case is closed.',
  what: 'What shall be done', kind: { repeat: 'Repeat a step that was done', move: 'Move to another step', cancel: 'Leave this step out' }, at: 'Where the case stands', to: 'To which step', nowhere: 'No step of this part has been done before.', doneBefore: 'done before',
  why: { task: 'open task', join: 'waits at the join', incident: 'stands still', inside: 'under way inside', event: 'waits for an event' },
  look: 'Show what will happen', happens: 'This will happen', closes: 'Closed:', opens: 'Opened:', again: 'To be done again:', ends: 'The case ends.', clock: 'The time limit stays: {day}. The statutory limit is not lengthened by a correction.', noLimit: 'none',
  reason: 'Reason', reasonHint: 'The applicant reads it.', password: 'Your password, as your signature', passwordHint: 'You sign this correction; it is kept in the case’s journal.', totp: 'One-time code', sign: 'Sign and correct', done: 'Corrected; the applicant is told',
}
