/**
 * Measures how long the API takes with a store of a given size, on this machine.
 *
 *     node --conditions=throughline-source bench/query/run.ts [--spans 1000000] [--parts 24] [--data folder]
 *
 * Each earlier day is one part. The last day has `--parts` parts, because recent loads are not merged yet. Nothing is
 * merged during the measurement. The data is generated in a temporary folder, or in `--data`, which is kept and reused.
 * The results are written to `bench/query/results.md`.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { Engine } from '../../packages/server/src/clickhouse/engine.ts';
import { readConfig } from '../../packages/server/src/config/config.ts';
import { startServer } from '../../packages/server/src/main.ts';
import { END_NS, fillStore, stopMerges } from './fill-store.ts';

const DAY_MS = 86_400_000;
const { values: flags } = parseArgs({
  options: {
    spans: { type: 'string', default: '1000000' },
    parts: { type: 'string', default: '24' },
    data: { type: 'string' },
  },
});
const spanCount = Number(flags.spans);

interface Measurement {
  readonly what: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Processor time of all threads of server and client together, the maximum that an idle machine would need. */
  readonly processorMs: number;
  readonly bytes: number;
}

const loadBefore = loadavg()[0]?.toFixed(1);
const dataDir = flags.data ?? (await mkdtemp(join(tmpdir(), 'throughline-bench-query-')));
try {
  const generateSeconds = existsSync(join(dataDir, 'clickhouse'))
    ? undefined
    : await fillStore(dataDir, { spans: spanCount, parts: Number(flags.parts) });
  const server = await startServer(
    { ...readConfig({}, { data: dataDir, port: 0 }), workers: 1 },
    pino({ level: 'silent' }),
  );
  await stopMerges(server.engine);
  const shape = await shapeOf(server.engine);
  const rows: Measurement[] = [];
  for (const [what, path] of await questions(server.url)) rows.push(await measure(what, server.url + path));
  const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
  await server.stop();
  const report = format(rows, shape, generateSeconds, rssMb);
  console.log(report);
  await save(report);
} finally {
  if (flags.data === undefined) await rm(dataDir, { recursive: true, force: true });
}

/** Returns the paths to request. Ids are taken from the list of traces. */
async function questions(url: string): Promise<[what: string, path: string][]> {
  const list = async (query: string) =>
    (await (await fetch(`${url}/api/v1/traces?project=production&${query}`)).json()) as {
      traces: { traceId: string }[];
      nextCursor: string;
    };
  let page = await list('limit=50');
  const newest = page.traces[7]?.traceId ?? '';
  for (let number = 1; number < 19; number += 1) page = await list(`limit=50&cursor=${page.nextCursor}`);
  const old = (await list(`limit=1&to=${new Date(Number(END_NS / 1_000_000n) - 7 * DAY_MS).toISOString()}`))
    .traces[0]?.traceId;
  const spans = (await (await fetch(`${url}/api/v1/traces/${old}?project=production`)).json()) as {
    spans: { spanId: string; kind: string }[];
  };
  const llm = spans.spans.find((span) => span.kind === 'llm')?.spanId;
  const day = `from=${new Date(Number(END_NS / 1_000_000n) - DAY_MS).toISOString()}`;
  const traces = '/api/v1/traces?project=production';
  const spanList = '/api/v1/spans?project=production';
  return [
    ['list, first page of 50', `${traces}`],
    ['list, page 20', `${traces}&cursor=${page.nextCursor}`],
    ['list, oldest first', `${traces}&sort=startTime`],
    ['filter by status', `${traces}&q=status:error`],
    ['filter by model', `${traces}&q=model:o3`],
    ['filter by user', `${traces}&q=user:u_81`],
    ['filter by session', `${traces}&q=session:sess_81`],
    ['filter by cost', `${traces}&q=cost>0.04`],
    ['full text, a frequent phrase', `${traces}&q="refund policy"`],
    ['full text, one trace', `${traces}&q=ticket11`],
    ['full text, nowhere', `${traces}&q=xylophone`],
    ['list, most expensive of the last day', `${traces}&sort=-costUsd&${day}`],
    ['list, most expensive of all', `${traces}&sort=-costUsd`],
    ['list, slowest of all', `${traces}&sort=-durationMs`],
    ['traces, attribute as a column', `${traces}&columns=attr.http.route`],
    ['spans, first page of 50', `${spanList}`],
    ['spans, model calls', `${spanList}&q=kind:llm`],
    ['spans, failed tools', `${spanList}&q=kind:tool status:error`],
    ['spans, of a user', `${spanList}&q=user:u_81`],
    ['spans, with a phrase', `${spanList}&q="refund policy"`],
    ['spans, most expensive of the last day', `${spanList}&sort=-costUsd&${day}`],
    ['spans, most expensive of all', `${spanList}&sort=-costUsd`],
    ['spans, slowest model calls of all', `${spanList}&sort=-durationMs&q=kind:llm`],
    [
      'spans, models of the last day with counts',
      `/api/v1/spans/values?project=production&field=model&${day}`,
    ],
    ['sessions, last active', '/api/v1/sessions?project=production'],
    ['sessions of the last day, most expensive', `/api/v1/sessions?project=production&sort=-costUsd&${day}`],
    ['users, last active', '/api/v1/users?project=production'],
    ['users with failed traces', '/api/v1/users?project=production&q=status:error&sort=-traceCount'],
    ['summary of the last day', `/api/v1/traces/summary?project=production&${day}`],
    ['summary of all', '/api/v1/traces/summary?project=production'],
    ['heat map of the last day', `/api/v1/traces/heatmap?project=production&${day}`],
    ['heat map of all, by cost', '/api/v1/traces/heatmap?project=production&measure=cost'],
    [
      'what is different about slow traces of the last day',
      `/api/v1/traces/differences?project=production&selected=latency>5s&${day}`,
    ],
    [
      'what is different about failed traces, of all',
      '/api/v1/traces/differences?project=production&selected=status:error',
    ],
    ['trace by id, new', `/api/v1/traces/${newest}?project=production`],
    ['trace by id, a week old', `/api/v1/traces/${old}?project=production`],
    ['span with content', `/api/v1/traces/${old}/spans/${llm}?project=production`],
    ['trace of 5,000 spans', '/api/v1/traces/large5000?project=large'],
    ['trace of 100,000 spans', '/api/v1/traces/large100000?project=large'],
    ['projects', '/api/v1/projects'],
  ];
}

async function measure(what: string, url: string): Promise<Measurement> {
  const times: number[] = [];
  const work: number[] = [];
  let bytes = 0;
  const began = performance.now();
  for (let run = 0; run < 40 && (run < 5 || performance.now() - began < 3_000); run += 1) {
    const start = performance.now();
    const cpuBefore = process.cpuUsage();
    const response = await fetch(url, { headers: { 'accept-encoding': 'zstd' } });
    bytes = (await response.arrayBuffer()).byteLength;
    if (!response.ok)
      return {
        what: `${what}: status ${response.status}`,
        p50Ms: Number.NaN,
        p95Ms: Number.NaN,
        processorMs: Number.NaN,
        bytes,
      };
    // The first run is not counted, because it reads data from disk that later runs find in memory.
    if (run === 0) continue;
    times.push(performance.now() - start);
    const cpu = process.cpuUsage(cpuBefore);
    work.push((cpu.user + cpu.system) / 1000);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] as number;
  work.sort((a, b) => a - b);
  const processorMs = work[work.length >> 1] as number;
  return { what, p50Ms: at(0.5), p95Ms: at(0.95), processorMs, bytes };
}

interface Shape {
  readonly spans: string;
  readonly parts: string;
  readonly bytesPerSpan: number;
}

async function shapeOf(engine: Engine): Promise<Shape> {
  const [row] = await engine.query<{ spans: string; parts: string; bytes: string }>(
    `SELECT sum(rows) AS spans, count() AS parts, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() AND table = 'spans'`,
  );
  if (!row) throw new Error('The store contains no spans.');
  return {
    spans: row.spans,
    parts: row.parts,
    bytesPerSpan: Math.round(Number(row.bytes) / Number(row.spans)),
  };
}

function format(
  rows: readonly Measurement[],
  shape: Shape,
  generateSeconds: number | undefined,
  rssMb: number,
): string {
  const number = (value: number | string) => Number(value).toLocaleString('en-US');
  const lines = rows.map(
    ({ what, p50Ms, p95Ms, processorMs, bytes }) =>
      `| ${what} | ${p50Ms.toFixed(1)} | ${p95Ms.toFixed(1)} | ${processorMs.toFixed(1)} | ${number(bytes)} |`,
  );
  return `## ${number(shape.spans)} spans

${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}. ${shape.parts} parts, ${shape.bytesPerSpan} B of facts per span${generateSeconds === undefined ? '' : `, generated in ${generateSeconds} s`}; server and client in one process with ${rssMb} MB at the end. Load average before: ${loadBefore}; above ${cpus().length}, other programs were running and the times include waiting for them.

| through HTTP | p50 ms | p95 ms | processor ms, all threads | bytes as JSON |
|---|--:|--:|--:|--:|
${lines.join('\n')}
`;
}

/** Saves one section per store size. A new run replaces the section of the same size. */
async function save(report: string): Promise<void> {
  const file = new URL('./results.md', import.meta.url);
  const head =
    '# Queries\n\nMeasured by `node --conditions=throughline-source bench/query/run.ts --spans <n>`.\n';
  const old = await readFile(file, 'utf8').catch(() => head);
  const [title] = report.split('\n', 1);
  const sections = old.split(/^(?=## )/m).filter((section) => !section.startsWith(`${title}\n`));
  await writeFile(file, `${[...sections, report].map((section) => section.trim()).join('\n\n')}\n`);
}
