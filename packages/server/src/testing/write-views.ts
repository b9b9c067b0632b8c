/**
 * Saves views in a data folder without end, and prints the name of each one that was saved. Tests end it with `kill -9`:
 * `node write-views.ts <data folder>`
 */
import { pino } from 'pino';
import { createViewStore } from '../features/views/view-store.ts';
import { openRelational } from '../relational/open-relational.ts';

const [dataDir = ''] = process.argv.slice(2);
const relational = openRelational({ dataDir, log: pino({ level: 'silent' }) });
const views = createViewStore({ relational, nowMs: Date.now });
for (let index = 0; ; index++) {
  // Views of another project make room for more.
  const project = `p${Math.floor(index / 400)}`;
  const state = { version: 1, search: { q: `"${'x'.repeat(index % 5000)}"` } };
  const view = await views.create(project, { page: 'traces', name: `view ${index}`, state, isDefault: true });
  process.stdout.write(`${project} ${view.id}\n`);
}
