/** The process that a user starts: if it ends, the server ends as well. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { createClient, type ProcessClient } from './process-client.ts';

const PACKAGE = fileURLToPath(new URL('../../packages/server', import.meta.url));
/** A feature that Node versions before 22.15 do not have. */
const WITHOUT_EXECVE = `--import=data:text/javascript,${encodeURIComponent('delete process.execve')}`;
const canBecome = process.execve !== undefined;

let folder: string;
/** The package without its build, so that the sources are used. */
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-launcher-'));
  await cp(join(PACKAGE, 'bin'), join(folder, 'package', 'bin'), { recursive: true });
  await cp(join(PACKAGE, 'package.json'), join(folder, 'package', 'package.json'));
  await symlink(join(PACKAGE, 'src'), join(folder, 'package', 'src'));
  program = join(folder, 'package', 'bin', 'throughline.js');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Launched {
  readonly child: ChildProcess;
  readonly client: ProcessClient;
  /** The process that uses the data folder. */
  readonly serverPid: number;
}

async function launch(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<Launched> {
  const { UV_THREADPOOL_SIZE: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, 'start', '--data', dataDir, '--port', '0'], {
    env: { ...inherited, THROUGHLINE_WORKERS: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  let text = '';
  const [url = '', grpcUrl = ''] = await new Promise<string[]>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`The launcher ended with ${code}: ${text}`)));
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const [first = '', , second = ''] = text.match(/http:\/\/[\d.:]+/g) ?? [];
      if (text.includes('Ctrl-C')) resolve([first, second]);
    });
  });
  const holder = JSON.parse(await readFile(join(dataDir, 'throughline.lock'), 'utf8')) as { pid: number };
  return { child, client: createClient({ url, grpcUrl }), serverPid: holder.pid };
}

const isGone = (client: ProcessClient): Promise<boolean> =>
  fetch(`${client.url}/healthz`).then(
    () => false,
    () => true,
  );

describe.each([
  { how: 'becomes the server', env: {}, becomes: true },
  { how: 'runs the server below itself', env: { NODE_OPTIONS: WITHOUT_EXECVE }, becomes: false },
])('a launcher that $how', ({ env, becomes }) => {
  it.skipIf(becomes && !canBecome)('can be killed, and the next start works', async () => {
    const dataDir = join(folder, `killed-${becomes}`);
    const { child, client, serverPid } = await launch(dataDir, env);
    expect(serverPid === child.pid).toBe(becomes);
    const kept = await client.keep();
    child.kill('SIGKILL');
    await waitFor('a port that is free', () => isGone(client));
    const again = await launch(dataDir, env);
    await again.client.expectReadable([kept]);
    await again.client.expectWell();
  });

  it.skipIf(becomes && !canBecome)('passes a signal to stop on to the server', async () => {
    const dataDir = join(folder, `stopped-${becomes}`);
    const { child, client } = await launch(dataDir, env);
    await client.keep();
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(await isGone(client)).toBe(true);
  });
});

it('a server that was started for a process ends with that process', async () => {
  const parent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)']);
  started.push(parent);
  const dataDir = join(folder, 'parent');
  await mkdir(dataDir);
  const { child, client } = await launch(dataDir, { THROUGHLINE_PARENT_PID: String(parent.pid) });
  await client.expectWell();
  const exited = once(child, 'exit');
  parent.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
});
