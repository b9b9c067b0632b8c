import { openChdbEngine } from '../../packages/server/src/clickhouse/chdb/chdb-engine.ts';
import type { Engine } from '../../packages/server/src/clickhouse/engine.ts';
import { settleHistory } from '../../packages/server/src/settle/settle-history.ts';
import { createTables } from '../../packages/server/src/testing/create-tables.ts';
import { generateLargeTrace, statements } from './generate.ts';

/** The traces end before this time. */
export const END_NS = BigInt(Date.UTC(2026, 10, 20, 10)) * 1_000_000n;

/** Generates ten days of traces in a data folder, the last day in `parts` parts. Returns the seconds that it took. */
export async function fillStore(
  folder: string,
  { spans, parts }: { readonly spans: number; readonly parts: number },
): Promise<number> {
  const engine = await openChdbEngine({ dataDir: folder });
  const began = performance.now();
  await createTables(engine);
  const { before, lastDay } = statements({ spans, days: 10, endNs: END_NS, partsOfLastDay: parts });
  for (const sql of before) await engine.command(sql);
  // The store does this itself when a day has had no new data for ten minutes.
  await engine.command('OPTIMIZE TABLE spans FINAL');
  await stopMerges(engine);
  for (const sql of lastDay) await engine.command(sql);
  for (const count of [5_000, 100_000]) await generateLargeTrace(engine, count, END_NS);
  // A server that starts with the folder would settle the traces in the background.
  await settleHistory(engine);
  const seconds = Math.round((performance.now() - began) / 1000);
  await engine.close();
  return seconds;
}

export async function stopMerges(engine: Engine): Promise<void> {
  for (const table of ['spans', 'payloads']) await engine.command(`SYSTEM STOP MERGES ${table}`);
}
