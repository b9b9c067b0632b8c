import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../packages/server/src/clickhouse/engine.ts';
import { foldText } from '../../packages/spans/src/search/fold-text.ts';
import { naturalText } from '../ingest/natural-text.ts';
import { randomNumbers } from '../ingest/random-numbers.ts';

/** Number of different passages. Each span combines several of them with words of its own. */
export const POOL_SIZE = 200_000;
/** Name of the table that `joinGet` reads. */
export const POOL = 'bench_texts';

/**
 * Creates a table in memory with passages of natural texts (`text`), and the same passages as search text (`folded`). They
 * have a vocabulary of 40,000 English words by Zipf's law, a fifth of them are in other languages and scripts, and some are
 * JSON or code.
 */
export async function createTextPool(engine: Engine): Promise<void> {
  const random = randomNumbers(7);
  const lines = Array.from({ length: POOL_SIZE }, (_, id) => {
    const text = naturalText(random, 100 + Math.floor(random() * 120));
    return JSON.stringify({ id, text, folded: foldText(text) });
  });
  const file = join(tmpdir(), `throughline-bench-texts-${process.pid}.json`);
  await writeFile(file, lines.join('\n'));
  await dropTextPool(engine);
  await engine.command(
    `CREATE TABLE ${POOL} (id UInt32, text String, folded String) ENGINE = Join(ANY, LEFT, id)`,
  );
  await engine.command(
    `INSERT INTO ${POOL} SELECT * FROM file('${file}', 'JSONEachRow', 'id UInt32, text String, folded String')`,
  );
  await rm(file);
}

export async function dropTextPool(engine: Engine): Promise<void> {
  await engine.command(`DROP TABLE IF EXISTS ${POOL} SYNC`);
}
