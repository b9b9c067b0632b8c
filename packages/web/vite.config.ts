import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ['throughline-source', ...defaultClientConditions] },
  server: { host: '127.0.0.1', proxy: { '/api': process.env.THROUGHLINE_API ?? 'http://127.0.0.1:4318' } },
  build: {
    target: 'es2023',
    // Keeps `light-dark()` and `oklch()` as written: all of these browsers support them.
    cssTarget: ['chrome123', 'firefox128', 'safari18'],
    modulePreload: { polyfill: false },
    // The Content Security Policy allows assets from files, but not inlined as data URLs.
    assetsInlineLimit: 0,
  },
});
