import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['throughline-source'] },
  ssr: { resolve: { conditions: ['throughline-source'] } },
  test: {
    include: ['{packages,examples,tests,bench,scripts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    environment: 'node',
    // Real stores and browsers: processes apart, so that a native crash names its file.
    pool: 'forks',
    // Much of their time tests wait: for a store, a browser, a deadline.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    execArgv: ['--conditions=throughline-source'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
