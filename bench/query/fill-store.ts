import { openChdbEngine } from '../../packages/server/src/clickhouse/chdb/chdb-engine.ts';
import type { Engine } from '../../packages/server/src/clickhouse/engine.ts';
import { sql, time } from '../../packages/server/src/clickhouse/sql.ts';
import { rebuildSearchTexts } from '../../packages/server/src/remap/rebuild-search-texts.ts';
import { countCalls } from '../../packages/server/src/settle/count-calls.ts';
import { settleHistory } from '../../packages/server/src/settle/settle-history.ts';
import { insertRows } from '../../packages/server/src/settle/settle-traces.ts';
import { createTables } from '../../packages/server/src/testing/create-tables.ts';
import { generateLargeTrace, type Inserts, inserts } from './generate.ts';
import { createTextPool, dropTextPool } from './text-pool.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DAY_NS = 86_400_000_000_000n;
const HOUR_NS = 3_600_000_000_000n;
const DAYS = 10;

/**
 * Generates ten days of traces in a data folder, the last day in `parts` parts. The traces end at the last ten o'clock (UTC),
 * because a new store has one partition per day for recent times only. Returns the seconds that it took.
 */
export async function fillStore(
  folder: string,
  { spans, parts }: { readonly spans: number; readonly parts: number },
): Promise<number> {
  const engine = await openChdbEngine({ dataDir: folder });
  const began = performance.now();
  const endMs = Math.floor((Date.now() - 10 * HOUR_MS) / DAY_MS) * DAY_MS + 10 * HOUR_MS;
  const endNs = BigInt(endMs) * 1_000_000n;
  await createTables(engine);
  // An empty store has no rows without search text. A server would otherwise look for some.
  await rebuildSearchTexts(engine);
  await createTextPool(engine);
  const { before, lastDay } = inserts({ spans, days: DAYS, endNs, partsOfLastDay: parts });
  for (const { statements } of before) for (const statement of statements) await engine.command(statement);
  for (const count of [5_000, 100_000]) await generateLargeTrace(engine, count, endNs - 2n * DAY_NS);
  // The store does this itself when a day has had no new data for ten minutes.
  for (const table of ['spans', 'scores', 'score_starts'])
    await engine.command(`OPTIMIZE TABLE ${table} FINAL`);
  await settleHistory(engine);
  await engine.command('OPTIMIZE TABLE traces FINAL');
  await stopMerges(engine);
  for (const each of lastDay) {
    for (const statement of each.statements) await engine.command(statement);
    await settle(engine, each);
  }
  await dropTextPool(engine);
  const seconds = Math.round((performance.now() - began) / 1000);
  await engine.close();
  return seconds;
}

/** Settles the traces of an insert, as the server does after a load. */
async function settle(engine: Engine, { fromNs, toNs }: Inserts): Promise<void> {
  const within = (from: bigint, to: bigint) => sql`start >= ${time(from)} AND start < ${time(to)}`;
  const spans = sql`${within(fromNs - HOUR_NS, toNs + HOUR_NS)} AND trace_id IN (SELECT trace_id FROM spans WHERE ${within(fromNs, toNs)})`;
  await countCalls(engine, spans);
  await insertRows(engine, spans);
}

export async function stopMerges(engine: Engine): Promise<void> {
  for (const table of ['spans', 'payloads', 'traces']) await engine.command(`SYSTEM STOP MERGES ${table}`);
}
