import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { loadSession, session } from '@/api/session'
import Home from './pages/Home.vue'

const own = { own: true } // needs a signed-in person or enterprise
// fresh: another address is another page, made anew (a case follows its own stream)
const routes: RouteRecordRaw[] = [
  { path: '/', component: Home, meta: { title: 'home.title' } },
  { path: '/services', component: () => import('./pages/Services.vue'), meta: { title: 'services.title' } },
  { path: '/services/:code', component: () => import('./pages/Service.vue'), meta: { title: 'service.title' } },
  { path: '/services/:code/apply/:draft?/:page?', component: () => import('./pages/Apply.vue'), meta: { title: 'apply.title', ...own } },
  { path: '/help', component: () => import('./pages/Help.vue'), meta: { title: 'help.title' } },
  { path: '/help/:key', component: () => import('./pages/HelpArticle.vue'), meta: { title: 'help.title' } },
  { path: '/guide/:path*', component: () => import('./pages/Guide.vue'), meta: { title: 'guide.title' } },
  { path: '/requests', component: () => import('./pages/Requests.vue'), meta: { title: 'req.title' } },
  { path: '/requests/:code', component: () => import('./pages/Request.vue'), meta: { title: 'req.follow' } },
  { path: '/cases', component: () => import('./pages/Cases.vue'), meta: { title: 'cases.title', ...own } },
  { path: '/cases/:id', component: () => import('./pages/Case.vue'), meta: { title: 'case.title', fresh: true, ...own } },
  { path: '/cases/:id/correction', component: () => import('./pages/Correction.vue'), meta: { title: 'correction.title', ...own } },
  { path: '/cases/:id/fill/:task', component: () => import('./pages/Fill.vue'), meta: { title: 'fill.title', ...own } },
  { path: '/cases/:id/receipt', component: () => import('./pages/Receipt.vue'), meta: { title: 'receipt.title', ...own } },
  { path: '/licences/:id', component: () => import('./pages/Licence.vue'), meta: { title: 'licences.title', ...own } },
  { path: '/licences', component: () => import('./pages/Licences.vue'), meta: { title: 'licences.title', ...own } },
  { path: '/seals', component: () => import('@/components/seals/SealList.vue'), props: { base: '/seals' }, meta: { title: 'seals.title', ...own } },
  { path: '/seals/:code', component: () => import('@/components/seals/SealOne.vue'), props: { base: '/seals' }, meta: { title: 'seals.one', fresh: true, ...own } },
  { path: '/inbox', component: () => import('./pages/Inbox.vue'), meta: { title: 'inbox.title', own: true } },
  { path: '/confirmations', component: () => import('./pages/Confirmations.vue'), meta: { title: 'confirmations.title', ...own } },
  { path: '/delegations', component: () => import('./pages/Delegations.vue'), meta: { title: 'delegations.title', ...own } },
  { path: '/me/reads', component: () => import('./pages/Reads.vue'), meta: { title: 'reads.title', ...own } },
  { path: '/me/rights', component: () => import('./pages/Rights.vue'), meta: { title: 'rights.title', ...own } },
  { path: '/me/rights/:id', component: () => import('./pages/RightsRequest.vue'), meta: { title: 'rights.one', fresh: true, ...own } },
  { path: '/me', component: () => import('./pages/Me.vue'), meta: { title: 'me.title', ...own } },
  { path: '/account', component: () => import('./pages/Account.vue'), meta: { title: 'account.title', own: true } },
  { path: '/news', component: () => import('./pages/News.vue'), meta: { title: 'news.title' } },
  { path: '/news/:key', component: () => import('./pages/NewsPiece.vue'), meta: { title: 'news.piece' } },
  { path: '/halls', component: () => import('./pages/Halls.vue'), meta: { title: 'halls.title' } },
  { path: '/setup/:token', component: () => import('./pages/Setup.vue'), meta: { title: 'setup.title' } },
  { path: '/oidc/authorize', component: () => import('./pages/OidcAuthorize.vue'), meta: { title: 'systems.title' } },
  { path: '/oidc/back', component: () => import('./pages/OidcBack.vue'), meta: { title: 'outside.title' } },
  { path: '/oidc/logout', component: () => import('./pages/OidcLogout.vue'), meta: { title: 'systems.logout' } },
  { path: '/sign-in', component: () => import('./pages/SignIn.vue'), meta: { title: 'signIn.title' } },
  { path: '/sign-in/certificate', component: () => import('./pages/SignInCertificate.vue'), meta: { title: 'cert.signIn' } },
  { path: '/forgot', component: () => import('./pages/Forgot.vue'), meta: { title: 'forgot.title' } },
  { path: '/register', component: () => import('./pages/Register.vue'), meta: { title: 'register.title' } },
  { path: '/:rest(.*)*', component: () => import('./pages/NotFound.vue'), meta: { title: 'notFound.title' } },
]

export function makeRouter() {
  const router = createRouter({
    history: createWebHistory('/'),
    routes,
    scrollBehavior: (to, from, kept) => kept ?? (to.path === from.path ? {} : { top: 0 }),
  })
  router.beforeEach(async (to) => {
    if (!session.ready) await loadSession()
    if (to.meta.own && !session.signedIn && session.city) return { path: '/sign-in', query: { next: to.fullPath } }
    if (session.actor?.must_change_password && to.path !== '/account') return { path: '/account' }
    return true
  })
  return router
}
