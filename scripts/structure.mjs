import { ensureInstalled } from './lib/install.mjs';
import { main, projectNode, run } from './lib/run.mjs';

/** Files, lines, circles and upward arrows of each package; the rules are in `tests/structure/rooms.ts`. */
main(async () => {
  await ensureInstalled('everything');
  await run(projectNode, ['tests/structure/print-structure.ts']);
});
