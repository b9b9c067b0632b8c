/** Data folders of older and newer versions, and of a server that was killed while it migrated one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, expect, it } from 'vitest';
import { openChdbEngine } from '../../packages/server/src/clickhouse/chdb/chdb-engine.ts';
import type { Engine } from '../../packages/server/src/clickhouse/engine.ts';
import { applyStatement, migrate, readMigrations } from '../../packages/server/src/clickhouse/migrate.ts';
import { splitStatements } from '../../packages/server/src/clickhouse/statements.ts';
import type { SpanDetail } from '../../packages/server/src/contract/span.ts';
import { RowBinaryWriter } from '../../packages/server/src/tables/row-binary/row-binary-writer.ts';
import { SCHEMA_FOLDER } from '../../packages/server/src/tables/schema-folder.ts';
import { pause } from '../support/pause.ts';
import { SEED } from '../support/seed.ts';
import { createRandom } from './kill-load.ts';
import { leaveBatches } from './leave-segment.ts';
import { createClient, PROJECT, type ProcessClient } from './process-client.ts';
import { type ServerHere, startHere } from './server-here.ts';
import { killServers, spawnServer } from './server-process.ts';
import { newSpanId, newTraceId, START } from './support.ts';

const folders: string[] = [];
async function folderOf(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-upgrade-'));
  folders.push(dataDir);
  return dataDir;
}
let server: ServerHere | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await killServers();
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function withStore<Result>(dataDir: string, run: (engine: Engine) => Promise<Result>): Promise<Result> {
  const engine = await openChdbEngine({ dataDir });
  try {
    return await run(engine);
  } finally {
    await engine.close();
  }
}

const migrations = await readMigrations(SCHEMA_FOLDER);
const at = `fromUnixTimestamp64Nano(${START}, 'UTC')`;

interface OldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
}
const oldSpan = (name: string): OldSpan => ({ traceId: newTraceId(), spanId: newSpanId(), name });

/** Rows as written by versions with the tables of schema 1. */
const insertSpan = ({ traceId, spanId, name }: OldSpan) => [
  `INSERT INTO spans (project, trace_id, span_id, name, kind, start, duration_ns, status, model, input_tokens, counted, version)
   VALUES ('${PROJECT}', '${traceId}', '${spanId}', '${name}', 'llm', ${at}, 2000000, 'ok', 'gpt-4o', 7, true, 1)`,
  `INSERT INTO payloads (project, trace_id, span_id, start, input, attributes, version)
   VALUES ('${PROJECT}', '${traceId}', '${spanId}', ${at}, {'input.value': 'asked of ${name}'}, '{"llm.model_name":"gpt-4o"}', 1)`,
];

/** Tables by the first schema that has them, with the rows written into them. */
const insertLater = ({
  traceId,
  spanId,
  name,
}: OldSpan): readonly (readonly [schema: number, sql: string])[] => [
  [
    2,
    `INSERT INTO logs (project, trace_id, span_id, time, event_name, body, attributes, resource, scope, content_hash, version)
     VALUES ('${PROJECT}', '${traceId}', '${spanId}', ${at}, 'gen_ai.user.message', '{"content":"logged of ${name}"}', '{}', '{}', '{}', 1, 1)`,
  ],
  [
    3,
    `INSERT INTO scores (project, id, trace_id, span_id, name, value_type, number, source, created, version)
     VALUES ('${PROJECT}', 'of ${spanId}', '${traceId}', '${spanId}', 'good', 'number', 0.5, 'api', ${at}, 1)`,
  ],
];

/** The journal of an older version: fewer tables, with fewer columns. */
const OLD_TABLES = [
  {
    name: 'payloads',
    structure:
      "project LowCardinality(String), trace_id String, span_id String, start DateTime64(9, 'UTC'), version UInt64",
  },
  {
    name: 'spans',
    structure:
      "project LowCardinality(String), trace_id String, span_id String, name LowCardinality(String), start DateTime64(9, 'UTC'), version UInt64",
  },
];

function oldRow({ traceId, spanId, name }: OldSpan, table: string) {
  const writer = new RowBinaryWriter(1 << 10);
  for (const text of [PROJECT, traceId, spanId, ...(table === 'spans' ? [name] : [])]) writer.string(text);
  writer.bigint64(START);
  writer.bigint64(1n);
  const bytes = writer.toBytes();
  return { bytes, rows: 1, crc32: crc32(bytes) };
}

const getJson = async <Body>({ url }: ProcessClient, path: string): Promise<Body> => {
  const answer = await fetch(`${url}/api/v1/${path}${path.includes('?') ? '&' : '?'}project=${PROJECT}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Body;
};

/** Each version of a folder goes through the migrations of all later ones, so one folder can have data of every version. */
it.each([
  ['the first version', migrations.slice(0, 1)],
  ['every earlier version in turn', migrations.slice(0, -1)],
])(
  'a folder with data of %s opens, has all of it and the rows of its journal, and accepts new spans',
  async (_of, versions) => {
    const dataDir = await folderOf();
    const stored = versions.map(({ id, name }) => ({ schema: id, span: oldSpan(`stored ${name}`) }));
    const journalled = oldSpan('journalled');
    await withStore(dataDir, async (engine) => {
      for (const { schema, span } of stored) {
        await migrate(engine, migrations.slice(0, schema));
        for (const sql of insertSpan(span)) await engine.command(sql);
        for (const [since, sql] of insertLater(span)) if (since <= schema) await engine.command(sql);
      }
    });
    await leaveBatches(dataDir, OLD_TABLES, [OLD_TABLES.map(({ name }) => oldRow(journalled, name))]);

    server = await startHere(dataDir);
    const { client, engine } = server;
    await client.waitForEmptyJournal();
    await client.expectReadable([{ ...journalled }]);
    for (const { schema, span } of stored) {
      expect((await client.findTrace(span.traceId))?.spans).toMatchObject([
        { name: span.name, kind: 'llm', model: 'gpt-4o', inputTokens: 7, durationMs: 2 },
      ]);
      const path = `traces/${span.traceId}/spans/${span.spanId}`;
      const { input, attributes } = await getJson<SpanDetail>(client, path);
      expect([input?.text, attributes['llm.model_name']]).toEqual([`asked of ${span.name}`, 'gpt-4o']);
      const { scores } = await getJson<{ scores: { name: string; value: unknown }[] }>(
        client,
        `scores?traceId=${span.traceId}`,
      );
      expect(scores.map(({ name, value }) => [name, value])).toEqual(schema >= 3 ? [['good', 0.5]] : []);
    }
    const [logs] = await engine.query<{ rows: string }>('SELECT count() AS rows FROM logs FINAL');
    expect(logs?.rows).toBe(String(stored.filter(({ schema }) => schema >= 2).length));
    const [state] = await engine.query('SELECT max(id) AS latest, count() AS files FROM migrations');
    expect(state).toEqual({ latest: migrations.length, files: String(migrations.length) });
    expect(server.complaints).toEqual([]);
    expect(await client.metric('throughline_journal_quarantined_bytes')).toBe(0);
    await client.expectWell();
  },
);

it('a schema that is newer than the program is rejected with a message, and not changed', async () => {
  const dataDir = await folderOf();
  const kept = await (async () => {
    server = await startHere(dataDir);
    const sent = await server.client.keep();
    await server.client.expectReadable([sent]);
    await server.engine.command("INSERT INTO migrations (id, name) VALUES (99, 'of-tomorrow')");
    await server.stop();
    return sent;
  })();
  const { code, log } = await spawnServer(dataDir).ended;
  expect(log).toMatch(
    new RegExp(
      `^The .* was written by a newer Throughline \\(schema 99; this version knows ${migrations.length}\\)\\. Update Throughline, or start it .*\\n$`,
    ),
  );
  expect(code).toBe(1);
  await withStore(dataDir, async (engine) => {
    await engine.command('ALTER TABLE migrations DELETE WHERE id = 99 SETTINGS mutations_sync = 1');
  });
  server = await startHere(dataDir);
  await server.client.expectReadable([kept]);
  await server.client.expectWell();
});

it('a migration that was interrupted after any statement is finished by the next start', async () => {
  const dataDir = await folderOf();
  await withStore(dataDir, async (engine) => {
    const tables = async () => {
      const found = await engine.query<{ name: string; create: string }>(
        `SELECT name, create_table_query AS create FROM system.tables WHERE database = currentDatabase() ORDER BY name`,
      );
      return found.map(({ name, create }) => [name, create.replace(/ UUID '[^']*'/, '')]);
    };
    for (const migration of migrations) {
      const statements = splitStatements(migration.sql);
      for (let done = 1; done <= statements.length; done++) {
        await applyStatement(engine, statements[done - 1] as string);
        const before = await tables();
        // The next start begins the migration again. If that changes nothing so far, it goes on with the next statement.
        for (const statement of statements.slice(0, done)) await applyStatement(engine, statement);
        const cut = [migration.name, done];
        expect({ cut, tables: await tables() }).toEqual({ cut, tables: before });
      }
      expect(await migrate(engine, migrations.slice(0, migration.id))).toEqual([migration.name]);
    }
    const whole = await tables();
    for (const [name] of whole) await engine.command(`DROP TABLE ${name} SYNC`);
    await migrate(engine, migrations);
    expect(await tables()).toEqual(whole);
  });
  server = await startHere(dataDir);
  await server.client.expectWell();
});

it('a server that is killed while it creates a folder leaves one that the next can use', async () => {
  const random = createRandom(`${SEED}`);
  const dataDir = await folderOf();
  for (let kill = 0; kill < 4; kill++) {
    const folder = join(dataDir, String(kill));
    const first = spawnServer(folder);
    // Between the first file of the folder and the first response.
    await Promise.race([first.listening, pause(250 + random() * 500)]);
    await first.kill();
    await createClient(await spawnServer(folder).listening).expectWell();
    await killServers();
  }
});
