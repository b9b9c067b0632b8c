import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config/config.ts';
import { logProblem } from '../errors/log-problem.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import { openWhenReady } from './open-when-ready.ts';
import type { ClickHouseAddress } from './server/clickhouse-address.ts';

export interface OpenStoreOptions {
  readonly config: Pick<Config, 'dataDir' | 'storeMemoryBytes' | 'clickhouse'>;
  /** Those that rows are loaded into. */
  readonly tables: readonly string[];
  readonly log: FastifyBaseLogger;
}

/**
 * The store that the configuration names. The embedded one is ready; a server may be away, and is made ready when it
 * is there. Neither loads the library of the other.
 *
 * @throws DataFolderError, NewerSchemaError, ClickHouseVersionError
 */
export async function openStore({ config, tables, log }: OpenStoreOptions): Promise<Engine> {
  if (config.clickhouse) return openServer(config.clickhouse, tables, log);
  const { openChdbEngine } = await import('./chdb/chdb-engine.ts');
  const engine = await openChdbEngine({
    dataDir: config.dataDir,
    ...(config.storeMemoryBytes === undefined ? {} : { memoryBytes: config.storeMemoryBytes }),
  });
  try {
    await migrate(engine);
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openServer(
  address: ClickHouseAddress,
  tables: readonly string[],
  log: FastifyBaseLogger,
): Promise<Engine> {
  const { openClickHouseEngine } = await import('./server/clickhouse-engine.ts');
  const { prepareClickHouse } = await import('./server/prepare-clickhouse.ts');
  const engine = openClickHouseEngine(address);
  const store = { url: address.url, database: address.database };
  return openWhenReady({
    engine,
    prepare: () => prepareClickHouse(engine, address, tables),
    onUnavailable: (error) =>
      logProblem(
        log,
        `${error.message} What is sent is kept in the journal until the store can be used.`,
        error,
        store,
      ),
    onReady: () => log.warn(store, 'The ClickHouse server can be used.'),
  });
}
