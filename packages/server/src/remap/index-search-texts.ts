import { setTimeout } from 'node:timers/promises';
import type { Engine } from '../clickhouse/engine.ts';
import { quoteString } from '../clickhouse/parameters.ts';

type IndexEngine = Pick<Engine, 'query' | 'command'>;

/** A partition that got no rows for this long will not be merged soon. */
const IDLE_SECONDS = 3_600;
/** Scanning fewer rows costs less than a millisecond. */
const MIN_ROWS = 1_000;
const EVERY_MS = 3_600_000;

/**
 * Builds the text index of parts that no merge has reached. Loads leave the index to the merges, but the last parts of a day
 * may never be merged. Returns the number of partitions in which the index is being built.
 */
export async function indexSearchTexts(
  engine: IndexEngine,
  idleSeconds = IDLE_SECONDS,
  minRows = MIN_ROWS,
): Promise<number> {
  // Parts of level 0 come from loads. If their version differs from their block, their index was built later.
  const partitions = await engine.query<{ name: string; id: string }>(
    `SELECT table AS name, partition_id AS id
     FROM system.parts
     WHERE database = currentDatabase() AND table IN ('payloads', 'logs') AND active
     GROUP BY table, partition_id
     HAVING max(modification_time) < now() - INTERVAL ${idleSeconds} SECOND
       AND sumIf(rows, level = 0 AND data_version = min_block_number) >= ${minRows}
     ORDER BY partition_id DESC`,
  );
  for (const { name, id } of partitions)
    await engine.command(
      `ALTER TABLE ${name} MATERIALIZE INDEX search_text_index IN PARTITION ID ${quoteString(id)}`,
    );
  return partitions.length;
}

/** Does so every hour until it is aborted. */
export async function keepSearchTextsIndexed(
  engine: IndexEngine,
  { signal, onError }: { readonly signal: AbortSignal; readonly onError: (error: unknown) => void },
): Promise<void> {
  while (!signal.aborted) {
    await indexSearchTexts(engine).catch(onError);
    await setTimeout(EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}
