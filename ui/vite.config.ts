// Development server and build. What is built carries no inline script, so that `script-src 'self'` holds.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** With WEFT_FIXTURE=1 the development server answers the calls itself, from `fixtures/`. */
function fixture(): Plugin {
  const file = fileURLToPath(new URL('./fixtures/backend.mjs', import.meta.url));
  return {
    name: 'weft-fixture',
    apply: 'serve',
    async configureServer(server) {
      if (process.env.WEFT_FIXTURE !== '1' || !existsSync(file)) return;
      const { serve } = await import(file);
      serve(server);
    },
  };
}

const backend = process.env.WEFT_BACKEND ?? 'http://127.0.0.1:7777';

export default defineConfig({
  plugins: [react(), fixture()],
  base: './',
  server: {
    host: '127.0.0.1',
    port: Number(process.env.WEFT_UI_PORT ?? 5173),
    strictPort: true,
    proxy: process.env.WEFT_FIXTURE === '1' ? {} : { '/api': { target: backend, ws: true } },
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
    restoreMocks: true,
  },
});
