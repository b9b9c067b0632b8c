import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ['throughline-source', ...defaultClientConditions] },
  server: { host: '127.0.0.1', proxy: { '/api': process.env.THROUGHLINE_API ?? 'http://127.0.0.1:4318' } },
  build: {
    target: 'es2023',
    // `light-dark()` and `oklch()` stay as written: every browser in this list reads them.
    cssTarget: ['chrome123', 'firefox128', 'safari18'],
    modulePreload: { polyfill: false },
    // The content policy of the page: assets come from files, not from inlined data.
    assetsInlineLimit: 0,
  },
});
