import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChdbEngine } from './chdb/chdb-engine.ts';
import type { Engine } from './engine.ts';
import { migrate, NewerSchemaError, readMigrations } from './migrate.ts';
import { splitStatements } from './statements.ts';

describe('migrate', () => {
  let engine: Engine;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'throughline-migrate-'));
    engine = await openChdbEngine({ dataDir });
  });
  afterAll(async () => {
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('creates the tables once, and does nothing the second time', async () => {
    expect(await migrate(engine)).toEqual([
      'spans-and-payloads',
      'logs',
      'scores',
      'metrics',
      'logs-text',
      'merges',
    ]);
    expect(await migrate(engine)).toEqual([]);
    expect(await engine.query('SHOW TABLES')).toEqual([
      { name: 'logs' },
      { name: 'metrics' },
      { name: 'migrations' },
      { name: 'payloads' },
      { name: 'scores' },
      { name: 'spans' },
    ]);
  });

  it('applies only what is missing', async () => {
    const known = await readMigrations();
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

  it('refuses a folder that a newer version wrote', async () => {
    await expect(migrate(engine)).rejects.toThrow(NewerSchemaError);
    await expect(migrate(engine)).rejects.toThrow(/schema 7; this version knows 6/);
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
