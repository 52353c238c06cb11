import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { get } from '@/api/client'
import type { Page } from '@/api/types'
import { hasRole, loadSession, session } from '@/api/session'
import Tasks from './pages/Tasks.vue'

const routes: RouteRecordRaw[] = [
  { path: '/desk', component: Tasks, meta: { title: 'tasks.title' } },
  { path: '/desk/cases/:id', component: () => import('./pages/DeskCase.vue'), meta: { title: 'dcase.title' } },
  { path: '/desk/intake', component: () => import('./pages/Intake.vue'), meta: { title: 'intake.title' } },
  { path: '/desk/licences', component: () => import('./pages/Licences.vue'), meta: { title: 'dlic.title' } },
  { path: '/desk/search', component: () => import('./pages/Search.vue'), meta: { title: 'search.title' } },
  { path: '/desk/statistics', component: () => import('./pages/Statistics.vue'), meta: { title: 'stats.title' } },
  { path: '/desk/handover', component: () => import('./pages/Handover.vue'), meta: { title: 'handover.title' } },
  { path: '/desk/handovers', component: () => import('./pages/Handovers.vue'), meta: { title: 'handovers.title' } },
  { path: '/desk/ratings', component: () => import('./pages/BadRatings.vue'), meta: { title: 'bad.title' } },
  { path: '/desk/rate', component: () => import('./pages/RateCode.vue'), meta: { title: 'ratecode.title' } },
  { path: '/desk/news', component: () => import('./pages/News.vue'), meta: { title: 'news.desk.title' } },
  { path: '/desk/news/:key', component: () => import('./pages/NewsEdit.vue'), meta: { title: 'news.desk.title' } },
  { path: '/desk/hotline', component: () => import('./pages/Hotline.vue'), meta: { title: 'hot.title' } },
  { path: '/desk/hotline/call', component: () => import('./pages/HotlineCall.vue'), meta: { title: 'call.title' } },
  { path: '/desk/hotline/statistics', component: () => import('./pages/HotlineStatistics.vue'), meta: { title: 'hstats.title' } },
  { path: '/desk/rights', component: () => import('./pages/Rights.vue'), meta: { title: 'rights.desk.title' } },
  { path: '/desk/rights/:id', component: () => import('./pages/RightsOne.vue'), meta: { title: 'rights.one' } },
  { path: '/desk/own-seals', component: () => import('@/components/seals/SealList.vue'), props: { base: '/desk/own-seals' }, meta: { title: 'seals.office.title' } },
  { path: '/desk/own-seals/:code', component: () => import('@/components/seals/SealOne.vue'), props: { base: '/desk/own-seals' }, meta: { title: 'seals.one' } },
  { path: '/desk/seals', component: () => import('./pages/Seals.vue'), meta: { title: 'seals.desk.title' } },
  { path: '/desk/messages', component: () => import('./pages/DeskInbox.vue'), meta: { title: 'inbox.title' } },
  { path: '/desk/undelivered', component: () => import('./pages/Undelivered.vue'), meta: { title: 'undelivered.title' } },
  { path: '/desk/templates', component: () => import('./pages/Templates.vue'), meta: { title: 'templates.title' } },
  { path: '/desk/account', component: () => import('./pages/Account.vue'), meta: { title: 'account.title' } },
  { path: '/desk/sign-in', component: () => import('./pages/SignIn.vue'), meta: { title: 'signIn.title', open: true } },
  { path: '/desk/sign-in/certificate', component: () => import('./pages/SignInCertificate.vue'), meta: { title: 'cert.signIn', open: true } },
  { path: '/board', component: () => import('./pages/Board.vue'), meta: { title: 'board.title' } },
  { path: '/board/wall', component: () => import('./pages/BoardWall.vue'), meta: { title: 'board.wall', wall: true } },
  { path: '/board/towns/:code', component: () => import('./pages/BoardPlace.vue'), meta: { title: 'board.town', place: 'town' } },
  { path: '/board/departments/:code', component: () => import('./pages/BoardPlace.vue'), meta: { title: 'board.department', place: 'department' } },
  { path: '/board/plan', component: () => import('./pages/BoardPlan.vue'), meta: { title: 'board.planTitle' } },
  { path: '/board/plan/:area', component: () => import('./pages/BoardArea.vue'), meta: { title: 'board.planTitle' } },
  { path: '/board/briefings', component: () => import('./pages/BoardBriefings.vue'), meta: { title: 'briefing.title' } },
  { path: '/board/waiting', component: () => import('./pages/BoardWaiting.vue'), meta: { title: 'waiting.title' } },
  { path: '/board/claims', component: () => import('./pages/Claims.vue'), meta: { title: 'claims.title' } },
  { path: '/board/claims/:code', component: () => import('./pages/ClaimCases.vue'), meta: { title: 'claims.title' } },
  { path: '/board/indicators/:no', component: () => import('./pages/BoardIndicator.vue'), meta: { title: 'board.indicator' } },
  { path: '/studio', component: () => import('./pages/Studio.vue'), meta: { title: 'studio.title' } },
  { path: '/studio/services', component: () => import('./pages/Designs.vue'), meta: { title: 'ds.title' } },
  { path: '/studio/services/:code', component: () => import('./pages/StudioDesign.vue'), meta: { title: 'ds.title' } },
  { path: '/studio/services/:code/simulation', component: () => import('./pages/Simulate.vue'), meta: { title: 'sim.title' } },
  { path: '/studio/simulations/:id', component: () => import('./pages/Simulation.vue'), meta: { title: 'sim.title' } },
  { path: '/studio/services/:code/migrations', component: () => import('./pages/Migrations.vue'), meta: { title: 'migrate.title' } },
  { path: '/studio/services/:code/:hash', component: () => import('./pages/StudioFiles.vue'), meta: { title: 'studio.files' } },
  { path: '/studio/migrations/:id', component: () => import('./pages/Migration.vue'), meta: { title: 'migrate.title' } },
  { path: '/studio/decisions', component: () => import('./pages/StudioDecisions.vue'), meta: { title: 'decisions.title' } },
  { path: '/studio/decisions/:key', component: () => import('./pages/StudioDecision.vue'), meta: { title: 'decisions.one' } },
  { path: '/studio/check', component: () => import('./pages/StudioCheck.vue'), meta: { title: 'studio.check' } },
  { path: '/studio/knowledge', component: () => import('./pages/Knowledge.vue'), meta: { title: 'kb.title' } },
  { path: '/studio/knowledge/new', component: () => import('./pages/KnowledgeEdit.vue'), meta: { title: 'kb.newTitle' } },
  { path: '/studio/knowledge/:key', component: () => import('./pages/KnowledgeArticle.vue'), meta: { title: 'kb.title' } },
  { path: '/studio/knowledge/:key/edit', component: () => import('./pages/KnowledgeEdit.vue'), meta: { title: 'kb.edit' } },
  { path: '/studio/questions', component: () => import('./pages/Questions.vue'), meta: { title: 'kbq.title' } },
  { path: '/studio/guide', component: () => import('./pages/GuideEditor.vue'), meta: { title: 'gd.title' } },
  { path: '/ops', component: () => import('./pages/OpsStaff.vue'), meta: { title: 'ops.staff' } },
  { path: '/ops/systems', component: () => import('./pages/OpsSystems.vue'), meta: { title: 'opsSystems.title' } },
  { path: '/ops/roles', component: () => import('./pages/OpsRoles.vue'), meta: { title: 'ops.roles' } },
  { path: '/ops/outbox', component: () => import('./pages/OpsOutbox.vue'), meta: { title: 'ops.outbox' } },
  { path: '/ops/erasures', component: () => import('./pages/OpsErasures.vue'), meta: { title: 'ops.erasures' } },
  { path: '/ops/trust-lists', component: () => import('./pages/OpsTrustLists.vue'), meta: { title: 'trust.title' } },
  { path: '/ops/audit', component: () => import('./pages/OpsAudit.vue'), meta: { title: 'ops.audit' } },
  { path: '/:rest(.*)*', component: () => import('./pages/NotFound.vue'), meta: { title: 'notFound.title' } },
]

let services: Promise<boolean> | null = null
const noServices = () => (services ??= get<Page<unknown>>('/services', { limit: 1 }).then((p) => !p.items.length, () => false))

export function makeRouter() {
  const router = createRouter({ history: createWebHistory('/'), routes, scrollBehavior: (to, from, kept) => kept ?? (to.path === from.path ? {} : { top: 0 }) })
  router.beforeEach(async (to) => {
    if (!session.ready) await loadSession()
    if (to.meta.open) return true
    if (!session.signedIn && session.city) return { path: '/desk/sign-in', query: { next: to.fullPath } }
    if ((session.actor?.must_change_password || session.actor?.must_add_key) && to.path !== '/desk/account') return { path: '/desk/account' }
    // An administrator or auditor without tasks starts where their work is.
    if (to.path === '/desk' && Object.keys(to.query).every((k) => k === 'lang') && session.actor?.staff && !hasRole('window', 'handler', 'reviewer', 'signer', 'head')) {
      if (hasRole('designer', 'publisher')) return '/studio'
      if (hasRole('administrator')) return '/ops'
      if (hasRole('security')) return '/ops/roles'
      if (hasRole('auditor')) return '/ops/audit'
      return '/board' // a leader
    }
    // A city that steers its plan and offers no service has no tasks to show: the plan is where its heads begin.
    if (to.path === '/desk' && Object.keys(to.query).every((k) => k === 'lang') && hasRole('head') && (await noServices())) return '/board'
    return true
  })
  return router
}
