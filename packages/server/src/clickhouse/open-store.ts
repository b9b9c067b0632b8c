import type { FastifyBaseLogger } from 'fastify';
import { logProblem } from '../errors/log-problem.ts';
import type { Engine } from './engine.ts';
import { migrate, readMigrations } from './migrate.ts';
import { openWhenReady } from './open-when-ready.ts';
import type { ClickHouseAddress } from './server/clickhouse-address.ts';
import type { StoreSchema } from './server/prepare-clickhouse.ts';

export interface OpenStoreOptions {
  /** Folder of the embedded store. */
  readonly dataDir: string;
  /** Memory limit of the embedded store. Default: a share of the machine's memory. */
  readonly memoryBytes?: number | undefined;
  /** A ClickHouse server to use instead of the embedded store. */
  readonly clickhouse?: ClickHouseAddress | undefined;
  /** Folder of the numbered `.sql` files that create the tables. */
  readonly schemaFolder: URL;
  /** Names of the tables that rows are loaded into. */
  readonly tables: readonly string[];
  readonly log: FastifyBaseLogger;
}

/**
 * Opens the embedded store, or connects to a ClickHouse server if an address is given. The embedded store is ready when
 * this function resolves. A server can be unreachable at first, and is prepared once it can be reached. Only the library of the
 * chosen store is loaded.
 *
 * @throws DataFolderError, NewerSchemaError, ClickHouseVersionError
 */
export async function openStore(options: OpenStoreOptions): Promise<Engine> {
  const { dataDir, memoryBytes, clickhouse, log } = options;
  const migrations = await readMigrations(options.schemaFolder);
  if (clickhouse) return openServer(clickhouse, { migrations, tables: options.tables }, log);
  const { openChdbEngine } = await import('./chdb/chdb-engine.ts');
  const engine = await openChdbEngine({
    dataDir,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  });
  try {
    await migrate(engine, migrations);
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openServer(
  address: ClickHouseAddress,
  schema: StoreSchema,
  log: FastifyBaseLogger,
): Promise<Engine> {
  const { openClickHouseEngine } = await import('./server/clickhouse-engine.ts');
  const { prepareClickHouse } = await import('./server/prepare-clickhouse.ts');
  const engine = openClickHouseEngine(address);
  const store = { url: address.url, database: address.database };
  return openWhenReady({
    engine,
    prepare: () => prepareClickHouse(engine, address, schema),
    onUnavailable: (error) =>
      logProblem(
        log,
        `${error.message} Data stays in the journal until the store can be used.`,
        error,
        store,
      ),
    onReady: () => log.warn(store, 'The ClickHouse server can be used.'),
  });
}
