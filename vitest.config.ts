import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['throughline-source'] },
  ssr: { resolve: { conditions: ['throughline-source'] } },
  test: {
    include: ['{packages,examples,tests,bench,scripts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    environment: 'node',
    // Real stores and browsers run in separate processes, so a native crash names its file.
    pool: 'forks',
    // Tests spend much of their time waiting for a store, a browser or a deadline.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    execArgv: ['--conditions=throughline-source'],
    setupFiles: ['tests/support/setup.ts'],
    // Longer than a wait (60 s, `tests/support/wait-for.ts`), whose message says what was missing.
    testTimeout: 180_000,
    hookTimeout: 240_000,
  },
});
