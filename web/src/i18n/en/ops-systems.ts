import type zh from '../zh-CN/ops-systems'
const opsSystems: typeof zh = {
  title: 'Connected systems', lead: 'Other systems of the city sign people in through this platform. Registering one takes two people: the administrator asks, the security officer approves.', none: 'No system is connected yet.', new: 'Ask for a system to be connected', asked: 'Handed in; the security officer has to approve', secretOnce: 'Hand this to the system’s operator; the secret is shown only now.',
  state: { waiting: 'waiting', active: 'connected', rejected: 'turned down', ended: 'ended' }, has: 'May read:', identifierOnly: 'an identifier only', basisIs: 'by', end: 'Disconnect', endSure: 'People can then no longer sign in to “{name}” through this platform. Disconnect it?', endDone: 'Disconnected',
  nameZh: 'Name in Chinese', nameEn: 'Name in English', purposeZh: 'Purpose in Chinese', purposeHint: 'People see it before they agree, and in their record of who looked.', purposeEn: 'Purpose in English', redirects: 'Redirect addresses', redirectsHint: 'One a line, exactly as the system uses them.', logouts: 'Addresses after signing out (may be left empty)',
  scopes: 'What it may read', scopesHint: 'Only what the work needs (Personal Information Protection Law art. 6).', scope: { profile: 'Name', phone: 'Telephone', email: 'E-mail', identity: 'Kind and number of the identity document' }, basis: 'Basis in law', basisHint: 'The article, where a law does without the person’s consent; otherwise leave it empty, and consent is asked at sign-in.',
}
export default opsSystems
