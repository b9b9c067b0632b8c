/** Output of the started process before other machines can reach it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { killServers, spawnServer } from './server-process.ts';

const folders: string[] = [];
afterEach(async () => {
  await killServers();
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function start(env: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-exposure-'));
  folders.push(folder);
  return spawnServer(join(folder, 'data'), { env });
}

it('a server for other machines does not start without a key', async () => {
  const { code, log } = await (await start({ THROUGHLINE_HOST: '0.0.0.0' })).ended;
  expect(code).toBe(1);
  expect(log).toMatch(
    /^Listening on 0\.0\.0\.0 would let everyone .* --api-key or THROUGHLINE_API_KEY .* --insecure/,
  );
  expect(log.trim().split('\n')).toHaveLength(1);
});

it('a server with a key starts without a warning, and the key is not in the log', async () => {
  const key = 'key-of-the-process-0123456789';
  const server = await start({ THROUGHLINE_HOST: '0.0.0.0', THROUGHLINE_API_KEY: key });
  const { url } = await server.listening;
  const local = url.replace('0.0.0.0', '127.0.0.1');
  const statusWith = async (headers: Record<string, string>) =>
    (await fetch(`${local}/api/v1/projects`, { headers })).status;
  expect([await statusWith({}), await statusWith({ 'x-api-key': key })]).toEqual([401, 200]);
  await server.kill('SIGTERM');
  expect(server.log()).not.toContain('WARNING');
  expect(server.log()).not.toContain(key);
});

it('a server with --insecure starts and warns in the log and on the terminal', async () => {
  const server = await start({ THROUGHLINE_HOST: '0.0.0.0', THROUGHLINE_INSECURE: 'true' });
  const { url } = await server.listening;
  expect((await fetch(`${url.replace('0.0.0.0', '127.0.0.1')}/api/v1/projects`)).status).toBe(200);
  await server.kill('SIGTERM');
  expect(server.log()).toMatch(/^\{"level":40.*WARNING: --insecure is set/m);
  expect(server.log()).toMatch(/^WARNING: --insecure is set/m);
});
