/**
 * Saves views in a data folder without end, and prints the name of each one that was saved. Tests end it with `kill -9`:
 * `node write-views.ts <data folder>`
 */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { createViewStore } from '../features/views/view-store.ts';
import { openRelational } from '../relational/open-relational.ts';

const [dataDir = ''] = process.argv.slice(2);
/** Names of an earlier run are taken. */
const run = randomUUID();
const relational = openRelational({ dataDir, log: pino({ level: 'silent' }) });
const views = createViewStore({ relational, nowMs: Date.now });
for (let index = 0; ; index++) {
  const state = { version: 1, search: { q: `"${'x'.repeat(index % 5000)}"` } };
  const view = await views.create('shop', {
    page: 'traces',
    name: `${run} ${index}`,
    state,
    isDefault: true,
  });
  process.stdout.write(`${view.id}\n`);
}
