import { ensureInstalled } from './lib/install.mjs';
import { bin, main, projectNode, run } from './lib/run.mjs';

/** Checks the types of all workspaces, then format and lint. */
main(async () => {
  await ensureInstalled('everything');
  await run(projectNode, [bin('tsc'), '-p', 'tsconfig.check.json']);
  await run(projectNode, [bin('tsc'), '-p', 'packages/web']);
  await run(bin('biome'), ['check', '--error-on-warnings', '.']);
  await run(projectNode, ['tests/structure/print-structure.ts']);
});
