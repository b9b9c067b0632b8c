import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEMA_FOLDER } from '../tables/schema-folder.ts';
import { openChdbEngine } from './chdb/chdb-engine.ts';
import type { Engine } from './engine.ts';
import { applyStatement, type Migration, migrate, NewerSchemaError, readMigrations } from './migrate.ts';
import { splitStatements } from './statements.ts';

describe('migrate', () => {
  let engine: Engine;
  let dataDir: string;
  let known: readonly Migration[];
  beforeAll(async () => {
    known = await readMigrations(SCHEMA_FOLDER);
    dataDir = await mkdtemp(join(tmpdir(), 'throughline-migrate-'));
    engine = await openChdbEngine({ dataDir });
  });
  afterAll(async () => {
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('creates the tables once, and does nothing the second time', async () => {
    expect(await migrate(engine, known)).toEqual(known.map(({ name }) => name));
    expect(await migrate(engine, known)).toEqual([]);
    expect(await engine.query('SHOW TABLES')).toEqual([
      { name: 'logs' },
      { name: 'metrics' },
      { name: 'migrations' },
      { name: 'payloads' },
      { name: 'score_starts' },
      { name: 'scores' },
      { name: 'spans' },
      { name: 'trace_tags' },
      { name: 'traces' },
    ]);
  });

  it('applies only missing migrations', async () => {
    const id = known.length + 1;
    const more = {
      id,
      name: 'add-note',
      sql: "ALTER TABLE spans ADD COLUMN note String; -- why; not\nSELECT ';'",
    };
    expect(await migrate(engine, [...known, more])).toEqual(['add-note']);
    expect(await engine.query('SELECT id, name FROM migrations ORDER BY id')).toEqual(
      [...known, more].map((migration) => ({ id: migration.id, name: migration.name })),
    );
  });

  it('changes settings that this ClickHouse has, and skips those that it does not have', async () => {
    await applyStatement(engine, 'TUNE scores SET merge_max_block_size = 1234');
    await applyStatement(engine, 'TUNE scores SET setting_of_the_future = 1');
    const [table] = await engine.query<{ engine_full: string }>(
      "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'scores'",
    );
    expect(table?.engine_full).toContain('merge_max_block_size = 1234');
    expect(table?.engine_full).not.toContain('setting_of_the_future');
  });

  it('rejects a store that a newer version has written', async () => {
    await expect(migrate(engine, known)).rejects.toThrow(NewerSchemaError);
    await expect(migrate(engine, known)).rejects.toThrow(
      `schema ${known.length + 1}; this version knows ${known.length}`,
    );
  });
});

describe('splitStatements', () => {
  it.each([
    ['a; b;', ['a', 'b']],
    ["SELECT ';--'; -- x; y\nSELECT 1", ["SELECT ';--'", 'SELECT 1']],
    ["'it''s; \\'quoted;' ; /* ; */ b - c / d", ["'it''s; \\'quoted;'", 'b - c / d']],
    ['-- only; a comment', []],
    ['`odd;name` ;;', ['`odd;name`']],
  ])('%j', (sql, statements) => {
    expect(splitStatements(sql)).toEqual(statements);
  });
});
