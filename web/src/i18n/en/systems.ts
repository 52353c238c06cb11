import type zh from '../zh-CN/systems'
const systems: typeof zh = {
  title: 'Sign in to another system', asks: '{name} asks who you are.', purpose: 'Purpose:', passed: 'What it gets if you agree', note: 'Each time it reads them is in your record of who looked. You can withdraw your consent later under “Account and security”.', agree: 'Agree and go on', refuse: 'Do not agree', going: 'On the way to that system…',
  logout: 'Sign out', logoutText: 'You are leaving another system. Sign out of the city’s services as well?', loggedOut: 'You are signed out.', back: 'Back', stay: 'Stay signed in',
  mine: 'Systems that I let have my data', mineNone: 'None.', withdraw: 'Withdraw consent', withdrawn: 'Withdrawn: it can no longer read anything',
}
export default systems
