import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { describeEngine } from '../engine.contract.ts';
import type { Engine } from '../engine.ts';
import { defaultMemoryBytes } from './chdb-config.ts';
import { DataFolderError, openChdbEngine } from './chdb-engine.ts';

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-chdb-'));
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describeEngine('chDB', async () => openChdbEngine({ dataDir: await temporaryFolder() }));

/** Runs a program in which `engine` is an engine that is open on `dataDir`. */
async function runProgram(dataDir: string, body: string): Promise<{ code: number | null; output: string }> {
  const module = new URL('./chdb-engine.ts', import.meta.url).href;
  const program = `const { openChdbEngine } = await import(${JSON.stringify(module)});
    try {
      const engine = await openChdbEngine({ dataDir: ${JSON.stringify(dataDir)} });
      ${body}
    } catch (error) { console.log(error.name + ': ' + error.message); process.exit(7); }`;
  const child = spawn(process.execPath, [
    '--conditions=throughline-source',
    '--input-type=module',
    '-e',
    program,
  ]);
  const output = text(child.stdout);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: (await output).trim() };
}

describe('chDB in a process', () => {
  async function withEngine<Value>(dataDir: string, use: (engine: Engine) => Promise<Value>): Promise<Value> {
    const engine = await openChdbEngine({ dataDir });
    try {
      return await use(engine);
    } finally {
      await engine.close();
    }
  }

  it('the data is still there after the engine is closed and opened again', async () => {
    const dataDir = await temporaryFolder();
    await withEngine(dataDir, async (engine) => {
      await engine.command('CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a');
      await engine.command('INSERT INTO kept VALUES (42)');
    });
    expect(await withEngine(dataDir, (engine) => engine.query('SELECT a FROM kept'))).toEqual([{ a: 42 }]);
  });

  it('reports that another process uses the folder', async () => {
    const dataDir = await temporaryFolder();
    await withEngine(dataDir, async () => {
      const { code, output } = await runProgram(dataDir, '');
      expect(output).toBe(
        `DataFolderError: The data folder ${dataDir} is in use by another Throughline (process ${process.pid}). Stop it, or start this server with a different --data.`,
      );
      expect(code).toBe(7);
    });
  });

  it('reports that this process has another folder open', async () => {
    await withEngine(await temporaryFolder(), async () => {
      await expect(openChdbEngine({ dataDir: await temporaryFolder() })).rejects.toThrow(DataFolderError);
    });
  });

  it('does not prevent the process from exiting while a query runs', async () => {
    // The query runs for an hour: a process that waits for it exceeds the time limit of this test.
    const { code } = await runProgram(
      await temporaryFolder(),
      `engine.query('SELECT sleepEachRow(1) FROM numbers(3600) SETTINGS max_block_size = 1', {}, { maxSeconds: 3600 }).catch(() => {});
       await engine.query('SELECT 1');
       process.exit(3);`,
    );
    // The thread of the query can crash while the process exits. Then a signal ends the process, and it has no code. A
    // server that stops closes its store first.
    expect(code).toBeOneOf([3, null]);
  });

  it('does not keep an idle process running', async () => {
    const { code, output } = await runProgram(
      await temporaryFolder(),
      `console.log(JSON.stringify(await engine.query('SELECT 1 AS one')));`,
    );
    expect({ code, output }).toEqual({ code: 0, output: '[{"one":1}]' });
  });

  it('keeps loads after a kill -9 right after they resolved', async () => {
    const dataDir = await temporaryFolder();
    await runProgram(
      dataDir,
      `await engine.command('CREATE TABLE killed (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100');
       const { writeFileSync } = await import('node:fs');
       writeFileSync(${JSON.stringify(join(dataDir, 'x.rb'))}, Buffer.from([9, 8, 7]));
       await engine.load({ table: 'killed', path: ${JSON.stringify(join(dataDir, 'x.rb'))}, rows: 3, structure: 'a UInt8', token: 'x' });
       process.kill(process.pid, 'SIGKILL');`,
    );
    const rows = await withEngine(dataDir, (engine) => engine.query('SELECT a FROM killed ORDER BY a'));
    expect(rows).toEqual([{ a: 7 }, { a: 8 }, { a: 9 }]);
  });

  it('has small caches, durable inserts and no system logs', async () => {
    const dataDir = await temporaryFolder();
    await withEngine(dataDir, async (engine) => {
      expect(
        await engine.query(
          `SELECT name, value FROM system.merge_tree_settings
           WHERE name IN ('fsync_after_insert', 'fsync_part_directory') ORDER BY name`,
        ),
      ).toEqual([
        { name: 'fsync_after_insert', value: '1' },
        { name: 'fsync_part_directory', value: '1' },
      ]);
      const [caches] = await engine.query<{ total: string }>(
        `SELECT sum(toUInt64(value)) AS total FROM system.server_settings
         WHERE name LIKE '%cache_size' AND name NOT LIKE '%elements%' AND name NOT LIKE 'page_cache%'`,
      );
      expect(Number(caches?.total)).toBeLessThan(300 * 1024 ** 2);
      expect(await engine.query("SELECT name FROM system.tables WHERE name LIKE '%\\_log'")).toEqual([]);
      expect(await readFile(join(dataDir, 'clickhouse.xml'), 'utf8')).toContain('<max_server_memory_usage>');
    });
  });
});

describe('defaultMemoryBytes', () => {
  const gib = 1024 ** 3;
  it.each([
    [1 * gib, 1 * gib],
    [6 * gib, 3 * gib],
    [64 * gib, 8 * gib],
  ])('returns, for a machine with %d bytes, %d', (machine, expected) => {
    expect(defaultMemoryBytes(machine)).toBe(expected);
  });
});
