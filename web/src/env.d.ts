/// <reference types="vite/client" />
import 'vue'
declare module 'vue' {
  interface ComponentCustomProperties {
    $t: (key: string, values?: Record<string, unknown>) => string
    $zh: (text: unknown) => 'zh-CN' | undefined
  }
  interface GlobalComponents {
    DataText: import('vue').FunctionalComponent<{ t: unknown }>
  }
}
