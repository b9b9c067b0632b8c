import { pino } from 'pino';
import { openStore } from './clickhouse/open-store.ts';
import type { Config } from './config/config.ts';
import { lockDataFolder } from './data-folder/data-lock.ts';
import { type HistoryProgress, settleHistory } from './settle/settle-history.ts';
import { INGEST_TABLES } from './tables/ingest-tables.ts';
import { SCHEMA_FOLDER } from './tables/schema-folder.ts';

/**
 * Computes every row of `traces` again from the spans, while no server uses the data folder.
 *
 * @returns the number of traces
 * @throws DataLockError if a server uses the folder, and the errors of opening the store
 */
export async function rebuildTraces(
  config: Config,
  onProgress: (progress: HistoryProgress) => void,
  signal: AbortSignal,
): Promise<number> {
  const lock = await lockDataFolder(config.dataDir, 0);
  try {
    const engine = await openStore({
      dataDir: config.dataDir,
      memoryBytes: config.storeMemoryBytes,
      clickhouse: config.clickhouse,
      schemaFolder: SCHEMA_FOLDER,
      tables: INGEST_TABLES.map(({ name }) => name),
      log: pino({ level: 'silent' }),
    });
    try {
      await settleHistory(engine, { all: true, onProgress, signal });
      const [row] = await engine.query<{ n: string }>(
        'SELECT count() AS n FROM traces FINAL',
        {},
        { maxSeconds: 60 },
      );
      return Number(row?.n ?? 0);
    } finally {
      await engine.close();
    }
  } finally {
    await lock.release();
  }
}
