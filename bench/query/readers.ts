/**
 * Measures how long readers wait who read at the same time.
 *
 *     node --conditions=throughline-source bench/query/readers.ts [--rows 200000] [--readers 50] [--seconds 60] [--data folder]
 *
 * First each reader makes a request every three seconds: half of them lists, the others traces, summaries and spans.
 * Then 30, 150 and 1,500 lists are requested at the same moment. The server runs in a process of its own. The data is
 * generated in a temporary folder, or in `--data`, which is kept and reused.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fillStore } from './fill-store.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    parts: { type: 'string', default: '24' },
    readers: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
    data: { type: 'string' },
  },
});
/** A third of a request per second. */
const PAUSE_MS = 3_000;
const BURSTS = [30, 150, 1_500];
const LIST = '/api/v1/traces?project=production';

interface Answer {
  readonly what: string;
  readonly status: number;
  readonly ms: number;
}

const dataDir = flags.data ?? (await mkdtemp(join(tmpdir(), 'throughline-bench-readers-')));
try {
  if (!existsSync(join(dataDir, 'clickhouse')))
    await fillStore(dataDir, { spans: Number(flags.rows), parts: Number(flags.parts) });
  const server = await startServer(dataDir);
  try {
    console.log(
      `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}, ${flags.rows} spans, ` +
        `load average before: ${loadavg()[0]?.toFixed(1)}\n`,
    );
    const paths = await pathsOf(server.url);
    // The first request of each kind reads from the disk what the others find in memory.
    for (const [what, path] of paths) await ask(server.url, what, path);
    await steady(server.url, paths);
    for (const count of BURSTS) await burst(server.url, count);
  } finally {
    server.child.kill('SIGTERM');
    await once(server.child, 'exit');
  }
} finally {
  if (flags.data === undefined) await rm(dataDir, { recursive: true, force: true });
}

async function startServer(folder: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const cli = new URL('../../packages/server/src/cli/cli.ts', import.meta.url).href;
  const program = `const { main } = await import(${JSON.stringify(cli)}); await main('bench');`;
  const child = spawn(
    process.execPath,
    [
      ...['--conditions=throughline-source', '--input-type=module', '-e', program, 'throughline'],
      ...['start', '--port', '0', '--data', folder],
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', THROUGHLINE_LOG_LEVEL: 'warn' },
    },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/[\w.:[\]-]+/.exec(line)?.[0];
    if (url !== undefined) {
      child.stdout.resume();
      return { url, child };
    }
  }
  throw new Error('the server did not start');
}

/** Requests in the shares in which people make them. */
async function pathsOf(url: string): Promise<(readonly [what: string, path: string])[]> {
  const { traces } = await read<{ traces: { traceId: string }[] }>(url + LIST);
  const trace = `/api/v1/traces/${traces[5]?.traceId}`;
  const { spans } = await read<{ spans: { spanId: string }[] }>(`${url}${trace}?project=production`);
  return [
    ['list', LIST],
    ['list, filtered', `${LIST}&q=model:o3`],
    ['trace', `${trace}?project=production`],
    ['list', LIST],
    ['summary', '/api/v1/traces/summary?project=production'],
    ['list, filtered', `${LIST}&q=status:error`],
    ['span', `${trace}/spans/${spans.at(-1)?.spanId}?project=production`],
    ['list', LIST],
  ];
}

async function read<Body>(url: string): Promise<Body> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

async function ask(url: string, what: string, path: string): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(url + path);
  await response.arrayBuffer();
  return { what, status: response.status, ms: performance.now() - began };
}

async function steady(url: string, paths: readonly (readonly [string, string])[]): Promise<void> {
  const readers = Number(flags.readers);
  const until = performance.now() + Number(flags.seconds) * 1000;
  const answers: Answer[] = [];
  const read = async (reader: number) => {
    await pause((reader / readers) * PAUSE_MS);
    for (let turn = reader; performance.now() < until; turn += 1) {
      const next = pause(PAUSE_MS);
      const [what, path] = paths[turn % paths.length] as readonly [string, string];
      answers.push(await ask(url, what, path));
      await next;
    }
  };
  await Promise.all(Array.from({ length: readers }, (_, reader) => read(reader)));
  console.log(`${readers} readers, each a request every ${PAUSE_MS / 1000} s for ${flags.seconds} s\n`);
  console.log('| request | answers | 429 | p50 ms | p95 ms |\n|---|--:|--:|--:|--:|');
  for (const what of ['all', ...new Set(answers.map((answer) => answer.what))].values()) {
    const own = answers.filter((answer) => what === 'all' || answer.what === what);
    const times = own.filter(({ status }) => status === 200).map(({ ms }) => ms);
    console.log(
      `| ${what} | ${times.length} | ${countOf(own, 429)} | ${quantile(times, 0.5)} | ${quantile(times, 0.95)} |`,
    );
  }
  const others = answers.filter(({ status }) => status !== 200 && status !== 429);
  if (others.length > 0) console.log(`\nother statuses: ${others.map(({ status }) => status).join(' ')}`);
}

async function burst(url: string, count: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: count }, () => ask(url, 'list', LIST)));
  const times = answers.filter(({ status }) => status === 200).map(({ ms }) => ms);
  const refused = answers.filter(({ status }) => status === 429).map(({ ms }) => ms);
  console.log(
    `\n${count} lists at once: ${times.length} answers, the first after ${quantile(times, 0)} ms, ` +
      `the last after ${quantile(times, 1)} ms; ${refused.length} times 429, the last after ${quantile(refused, 1)} ms; ` +
      `${count - times.length - refused.length} others`,
  );
}

function countOf(answers: readonly Answer[], status: number): number {
  return answers.filter((answer) => answer.status === status).length;
}

function quantile(values: readonly number[], share: number): string {
  if (values.length === 0) return '–';
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number).toFixed(0);
}
