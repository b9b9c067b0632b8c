import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '@throughline/tests/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectScope } from '../query/project-scope.ts';
import { listScores } from '../query/scores/list-scores.ts';
import { startTestServer } from '../testing/test-server.ts';
import { createAcceptScores } from './accept-scores.ts';

let folder: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-scores-'));
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Starts a server in its own process and returns its address. */
async function startChild(): Promise<string> {
  const program = `
    const { startServer } = await import(${JSON.stringify(new URL('../main.ts', import.meta.url).href)});
    const { readConfig } = await import(${JSON.stringify(new URL('../config/config.ts', import.meta.url).href)});
    const { url } = await startServer(readConfig(process.env, { port: 0 }));
    process.stdout.write(url + '\\n');`;
  const args = ['--conditions=throughline-source', '--input-type=module', '-e', program];
  const env = {
    ...process.env,
    UV_THREADPOOL_SIZE: '16',
    THROUGHLINE_DATA: folder,
    THROUGHLINE_LOG_LEVEL: 'silent',
    THROUGHLINE_WORKERS: '1',
  };
  child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return line;
  throw new Error('the server did not start');
}

test('a score is acknowledged without reading the store', async () => {
  const batches: unknown[] = [];
  const accept = createAcceptScores({
    journal: { append: async (batch) => void batches.push(batch) },
    now: () => 5n,
  });
  const score = { traceId: 't', spanId: '', sessionId: '', name: 'n', value: 1, source: 'api' };
  expect(await accept('p', [{ ...score, createdUnixNano: undefined }])).toEqual([
    expect.stringMatching(/^[0-9a-f]{32}$/),
  ]);
  expect(batches).toHaveLength(1);
});

test('after kill -9 every acknowledged score exists exactly once, in its latest version', async () => {
  const url = await startChild();
  const post = async (name: string, value: number) => {
    const response = await fetch(`${url}/api/v1/scores?project=killed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ traceId: 't', name, value }),
    });
    expect(response.status).toBe(200);
  };
  for (let index = 0; index < 30; index++) await post(`n${index}`, index);
  await post('n7', 77);
  const gone = once(child as ChildProcess, 'exit');
  child?.kill('SIGKILL');
  await gone;

  const server = await startTestServer({ dataDir: folder });
  try {
    const scope = projectScope(server.engine, 'killed');
    const all = async () => (await listScores(scope, { limit: 100 })).scores;
    const values = async () => Object.fromEntries((await all()).map(({ name, value }) => [name, value]));
    // A score and its change can be in different segments of the journal.
    await eventually('the values', values).toEqual(
      Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`n${index}`, index === 7 ? 77 : index])),
    );
    expect(await all()).toHaveLength(30);
  } finally {
    await server.stop();
  }
});
