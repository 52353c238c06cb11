import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { strictStyles } from './tools/strict-styles.mjs'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// Three entries, so that a person on a phone never downloads the officers' desk.
export default defineConfig({
  plugins: [strictStyles(), vue()],
  resolve: { alias: { '@': at('./src') } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
  },
  build: {
    target: 'es2020',
    assetsInlineLimit: 0, // data: URLs would need a wider content security policy
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rollupOptions: { input: { portal: at('./portal.html'), desk: at('./desk.html'), public: at('./public.html') } },
  },
  server: { proxy: { '/api/v1': process.env.TONGBAN_API ?? 'http://127.0.0.1:8080' } },
  test: { environment: 'node', include: ['test/**/*.test.ts', 'src/**/*.test.ts'] },
})
