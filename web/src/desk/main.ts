import { createApp } from 'vue'
import '@/styles/base.css'
import './desk.css'
import { loadSession } from '@/api/session'
import { setUpI18n } from '@/i18n'
import { marks } from '@/i18n/marks'
import App from './App.vue'
import { makeRouter } from './router'

async function start() {
  const [i18n] = await Promise.all([
    setUpI18n(async (l) => {
      const [{ default: common }, { default: desk }] = await (l === 'en'
        ? Promise.all([import('@/i18n/en/common'), import('@/i18n/en/desk')])
        : Promise.all([import('@/i18n/zh-CN/common'), import('@/i18n/zh-CN/desk')]))
      return { ...common, ...desk }
    }),
    loadSession(),
  ])
  createApp(App).use(i18n).use(marks).use(makeRouter()).mount('#app')
}
void start()
