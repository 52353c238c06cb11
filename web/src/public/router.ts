import { createRouter, createWebHistory } from 'vue-router'

export const makeRouter = () =>
  createRouter({
    history: createWebHistory('/'),
    routes: [
      { path: '/verify', component: () => import('./pages/VerifyFile.vue'), meta: { title: 'verify.title' } },
      { path: '/verify/:token', component: () => import('./pages/Verify.vue'), meta: { title: 'verify.title' } },
      { path: '/p/:token', component: () => import('./pages/Presented.vue'), meta: { title: 'presented.title' } },
      { path: '/shared/:token', component: () => import('./pages/Shared.vue'), meta: { title: 'shared.title' } },
      { path: '/log', component: () => import('./pages/Log.vue'), meta: { title: 'tlog.title' } },
      { path: '/licence-types', component: () => import('./pages/LicenceTypes.vue'), meta: { title: 'ltypes.title' } },
      { path: '/coverage', component: () => import('./pages/Coverage.vue'), meta: { title: 'coverage.title' } },
      { path: '/api', component: () => import('./pages/ApiDoc.vue'), meta: { title: 'api.title' } },
      { path: '/errors/:code', component: () => import('./pages/ErrorDoc.vue'), meta: { title: 'errors.title' } },
      { path: '/privacy', component: () => import('./pages/Privacy.vue'), meta: { title: 'privacy.title' } },
      { path: '/rate/:code', component: () => import('./pages/Rate.vue'), meta: { title: 'rate.title' } },
      { path: '/briefings', component: () => import('./pages/Briefings.vue'), meta: { title: 'briefing.publicTitle' } },
      { path: '/ratings', component: () => import('./pages/Ratings.vue'), meta: { title: 'ratings.title' } },
      { path: '/:rest(.*)*', component: () => import('./pages/NotFound.vue'), meta: { title: 'notFound.title' } },
    ],
    scrollBehavior: (to, from, kept) => kept ?? (to.path === from.path ? {} : { top: 0 }),
  })
