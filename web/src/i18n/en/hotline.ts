// The enterprise seat of the hotline, for officers.
export default {
  hot: {
    title: 'Enterprise requests', lead: 'The enterprise seat of 12345: requests by telephone, page and e-mail; what falls due first comes first.', call: 'Take a call', figures: 'Hot topics and figures', list: 'Tickets',
    state: 'State', s_open: 'Open', s_ended: 'Ended', s_all: 'All', only: 'Only', only_all: 'Any', only_late: 'Late', only_pressing: 'Urgent or escalated',
    kind: 'Kind', allKinds: 'All kinds', channel: 'Channel', allChannels: 'All channels', topic: 'Subject', allTopics: 'All subjects', department: 'Department in the lead', allDepartments: 'All departments',
    ch_phone: 'Telephone', ch_online: 'Page', ch_email: 'E-mail', none: 'There is no such request', noneRemedy: 'Widen the filters, or take a call.',
    urgent: 'Urgent', officer: 'About an officer', second: 'Second handling', late: 'Late', level1: 'Put before the head', level2: 'Put before the leader', returned: 'Sent back {n} time | Sent back {n} times',
    due: 'by {at}', open: 'Open', unclassified: 'Not classified yet', asked: 'asked {at}', replied: 'replied {at}',
    sat_satisfied: 'Satisfied', sat_not_satisfied: 'Not satisfied', sat_unreached: 'Not reached',
    t_classify: 'To be classified', t_answer: 'To be answered', t_take: 'To be taken over', t_coordinate: 'The lead is working', t_joint: 'Joint handling', t_reply: 'To be replied', t_inquire: 'Being looked into', t_visit: 'Return visit', t_again: 'Second handling', t_other: 'In hand',
    over: 'Ended', answered: 'Answered at once', refused: 'Not taken',
  },
  call: {
    title: 'Take a call', lead: 'Write while you listen: what it is about and answers of the knowledge base are suggested from what you type.', who: 'Caller', name: 'Name', phone: 'Telephone', uscc: 'Unified social credit code', enterprise: 'Enterprise', withheld: 'The caller asks that the department is not told who asks',
    what: 'Request', text: 'What is asked', textHint: 'In the caller’s words; no identity numbers.', place: 'Where',
    lookup: 'Look up earlier requests', first: 'Nobody has asked from this number before.', repeat: 'Call no. {n}: {times} requests before, {open} of them open', earlier: 'Earlier requests',
    sort: 'Classify', suggested: 'Suggested: {kind}, {topic}, {department}', useIt: 'Take the suggestion', suggestNone: 'Kind, subject and department are suggested here when something is typed.',
    looksUrgent: 'This looks urgent: ask, then tick “urgent”.', looksOfficer: 'This looks like a complaint about an officer: ask, then choose “to the supervising body”.',
    outcome: 'What happens with it', o_route: 'Pass it on to a department', o_answer: 'Answer it now from the knowledge base', o_officer: 'About an officer: to the supervising body, not through their department', o_refuse: 'Not taken; the caller is told the way', o_later: 'Take it now, classify it later',
    departmentHint: 'Left open, by its subject: {name}', about: 'Department of the officer', joint: 'Departments that work with it (three at most)', urgent: 'Urgent (production stopped, supply cut, safety)', note: 'Note for the department', reasons: 'Reasons and the right way (one a line)',
    reply: 'Reply', from: 'From the article “{title}” (version {version})', noArticle: 'No article is cited. Take an answer from the list.', drop: 'Do not cite it',
    go: 'Register', going: 'Registering', done: 'Registered', number: 'Number', code: 'Code', codeHint: 'Tell the caller: on the page “Enterprise requests” this code shows progress and reply. It is shown this once.', next: 'Next call', open: 'Open the ticket', rate: 'Ask the caller to rate it',
    needText: 'Write what is asked', needTopic: 'Choose a subject', needKind: 'Choose a kind', needReply: 'Write the reply', needReasons: 'Write why it is not taken, and the right way', tooMany: 'Three departments at most',
  },
  ticket: {
    title: 'Caller and request', contact: 'Caller', withheld: 'The caller asked that the department is not told who asks.', unknown: 'Nothing was left to reach them by, or its time is over.', name: 'Name', phone: 'Telephone', email: 'E-mail', uscc: 'Unified social credit code',
    recorded: 'That you read this is recorded.', keep: 'The caller asked that departments are not told: do not pass it on.', earlier: 'Other requests of the same caller ({n})', noEarlier: 'No other requests.', files: 'Files', escalations: 'Escalations',
    told1: '{department}: {stage}; put before its head', told2: '{department}: {stage}; put before the leader', st_take: 'not taken over in time', st_reply: 'no reply in time', st_again: 'no second reply in time',
    handled: 'What was done', note: 'Note for the department', reply: 'Reply', opinion: 'Opinion: {who}', lead: 'the department in the lead', joint: 'a department beside it', article: 'From article {key} of the knowledge base, version {version}', visited: 'Return visit', rate: 'Ask the caller to rate it (telephone)', sent: 'Why it was sent back',
  },
  hstats: {
    title: 'Figures of enterprise requests', lead: 'Counted ticket by ticket; nothing personal in them.', days: 'Last {n} days', period: 'Period', total: 'Requests', open: 'Open', answered: 'Answered at once', article: 'From the knowledge base', escalated: 'Escalated', repeated: 'Repeat callers', repeatedOf: '{n} of {of}',
    hot: 'Hot topics', topic: 'Subject', week: 'Last 7 days', month: 'Last 30 days', before: 'A week, in the four before', rising: 'Rising', risingHow: '“Rising”: at least 3 in the last 7 days, and more than the weekly mean of the four weeks before plus two standard deviations (Poisson).', noTopics: 'No classified request in the last 35 days.',
    departments: 'Departments', department: 'Department in the lead', tickets: 'Requests', late: 'Late now', onTime: 'Replied in time', satisfied: 'Satisfied', second: 'Second handling', returned: 'Sent back', noDepartments: 'Nothing was passed on to a department in this time.', how: 'Replied in time: share of replies within their limits. Satisfied: share of “satisfied” among callers reached at the return visit.', noData: 'no data', kinds: 'Kinds and channels', kind: 'Kind', n: 'Number', bar: '{n}',
  },
}
