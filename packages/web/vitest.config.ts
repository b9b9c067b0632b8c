import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['throughline-source'] },
  ssr: { resolve: { conditions: ['throughline-source'] } },
  test: { include: ['src/**/*.test.ts', 'e2e/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 90_000 },
});
