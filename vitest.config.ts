import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const ALL = '{packages,examples,tests,bench,scripts}/**/*.test.ts';
/** Files that only call functions. They share processes, because a process of its own takes longer than most of them. */
const PURE = ['packages/{spans,privacy}/**/*.test.ts', 'packages/web/src/**/*.test.ts'];
const NEVER = ['**/node_modules/**', '**/dist/**'];

// Workers of the server and programs that tests start compile the same sources hundreds of times.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url));

export default defineConfig({
  resolve: { conditions: ['throughline-source'] },
  ssr: { resolve: { conditions: ['throughline-source'] } },
  test: {
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
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, exclude: NEVER, isolate: false } },
      { extends: true, test: { name: 'real', include: [ALL], exclude: [...NEVER, ...PURE] } },
    ],
  },
});
