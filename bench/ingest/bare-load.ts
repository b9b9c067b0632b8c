/** Measures the upper limit: loading the same rows as RowBinary into the same tables with their text index, without the server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChdbEngine } from '../../packages/server/src/clickhouse/chdb/chdb-engine.ts';
import type { Engine, LoadFile } from '../../packages/server/src/clickhouse/engine.ts';
import { loadStatement } from '../../packages/server/src/clickhouse/load-statement.ts';
import { readMigrations } from '../../packages/server/src/clickhouse/migrate.ts';
import { openClickHouseEngine } from '../../packages/server/src/clickhouse/server/clickhouse-engine.ts';
import { prepareClickHouse } from '../../packages/server/src/clickhouse/server/prepare-clickhouse.ts';
import { TraceProcessor } from '../../packages/server/src/ingest/signals/traces/process-traces.ts';
import { INGEST_TABLES } from '../../packages/server/src/tables/ingest-tables.ts';
import { SCHEMA_FOLDER } from '../../packages/server/src/tables/schema-folder.ts';
import { freshDatabase } from '../../packages/server/src/testing/clickhouse-server.ts';
import { createTables } from '../../packages/server/src/testing/create-tables.ts';
import type { RequestTemplate } from './otlp-writer.ts';
import type { Workload } from './workloads.ts';

export interface BareLoad {
  readonly spansPerSecond: number;
  /** Processor time of the loads in this process, in microseconds per span. It has no meaning for a ClickHouse server. */
  readonly loadMicroseconds: number;
  /** Time of one core to decode, map and encode, in microseconds per span. */
  readonly processMicroseconds: number;
  readonly rowBytesPerSpan: number;
}

/** @param clickhouseUrl URL of the ClickHouse server to load into. Default: the embedded store. */
export async function measureBareLoad(
  workload: Workload,
  spans: number,
  clickhouseUrl?: string,
): Promise<BareLoad> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bare-'));
  const engine = await openBareStore(folder, clickhouseUrl);
  try {
    const { files, processMs, bytes, rows } = await encodeRows(workload, spans, folder);
    const started = performance.now();
    const before = process.cpuUsage();
    for (const file of files)
      await (clickhouseUrl ? engine.load(file) : engine.command(withIndexes(loadStatement(file))));
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(before);
    return {
      spansPerSecond: rows / seconds,
      loadMicroseconds: (user + system) / rows,
      processMicroseconds: (processMs * 1000) / rows,
      rowBytesPerSpan: bytes / rows,
    };
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const WITHOUT_INDEXES = /exclude_materialize_skip_indexes_on_insert = '[^']*',/;

/** The server leaves indexes to the merges. The bare load builds them, so that it ends with the same state. */
function withIndexes(statement: string): string {
  if (!WITHOUT_INDEXES.test(statement)) throw new Error('The load statement no longer leaves out indexes.');
  return statement.replace(WITHOUT_INDEXES, '');
}

async function openBareStore(folder: string, clickhouseUrl: string | undefined): Promise<Engine> {
  if (clickhouseUrl) {
    const address = freshDatabase(clickhouseUrl);
    const engine = openClickHouseEngine(address);
    await prepareClickHouse(engine, address, {
      migrations: await readMigrations(SCHEMA_FOLDER),
      tables: INGEST_TABLES.map(({ name }) => name),
    });
    return engine;
  }
  const engine = await openChdbEngine({ dataDir: folder });
  await createTables(engine);
  return engine;
}

async function encodeRows(workload: Workload, spans: number, folder: string) {
  const processor = new TraceProcessor();
  const parts = INGEST_TABLES.map((): Uint8Array[] => []);
  let [rows, processMs] = [0, 0];
  for (let turn = 0; rows < spans; turn++) {
    const template = workload.requests[turn % workload.requests.length] as RequestTemplate;
    const { body } = template.stamp(Date.now());
    const started = performance.now();
    const result = processor.process({
      kind: 'otlp-traces',
      body,
      contentType: 'protobuf',
      contentEncoding: 'identity',
      project: undefined,
      receivedUnixNano: BigInt(Date.now()) * 1_000_000n,
      maxBodyBytes: 64 * 1024 * 1024,
    });
    processMs += performance.now() - started;
    if (result.kind !== 'spans' || result.rejected > 0) throw new Error('The workload is not valid OTLP.');
    for (const [table, { bytes }] of result.batch.entries()) parts[table]?.push(bytes);
    rows += result.accepted;
  }
  const files: LoadFile[] = [];
  let bytes = 0;
  for (const [index, { name, structure }] of INGEST_TABLES.entries()) {
    const path = join(folder, `bare.${name}.rb`);
    const content = Buffer.concat(parts[index] ?? []);
    if (content.length === 0) continue;
    bytes += content.length;
    await writeFile(path, content);
    files.push({ table: name, path, bytes: content.length, rows, structure, token: `bare.${name}` });
  }
  return { files, processMs, bytes, rows };
}
