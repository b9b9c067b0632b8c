/**
 * Measures how long the API takes with stores of given sizes, on this machine.
 *
 *     node --conditions=throughline-source bench/query/run.ts [--spans 1000000,10000000] [--only text] [--data folder]
 *
 * `--spans 100000000` needs 200 GB and some hours. Each earlier day is one part. The last day has `--parts` parts, because
 * recent loads are not merged yet. Nothing is merged during the measurement. Each size has a temporary folder, or the folder
 * `<data>-<spans>`, which is kept and reused. The results are written to `bench/query/results.md`, unless `--only` limits
 * them to the questions that contain a text.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { Engine } from '../../packages/server/src/clickhouse/engine.ts';
import { readConfig } from '../../packages/server/src/config/config.ts';
import { startServer } from '../../packages/server/src/main.ts';
import { fillStore, stopMerges } from './fill-store.ts';
import { type Question, questions } from './questions.ts';
import { type Measurement, type Shape, save, section } from './report.ts';
import { readSamples } from './samples.ts';

const { values: flags } = parseArgs({
  options: {
    spans: { type: 'string', default: '1000000,10000000' },
    parts: { type: 'string', default: '24' },
    only: { type: 'string' },
    data: { type: 'string' },
  },
});

const MAX_RUNS = 40;
const MIN_RUNS = 6;
const MAX_MS = 2_000;

for (const spans of flags.spans.split(',').map(Number)) {
  const folder =
    flags.data === undefined
      ? await mkdtemp(join(tmpdir(), 'throughline-bench-query-'))
      : `${flags.data}-${spans}`;
  try {
    const report = await measureStore(folder, spans);
    console.log(report);
    if (flags.only === undefined) await save(report);
  } finally {
    if (flags.data === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function measureStore(folder: string, spans: number): Promise<string> {
  const loadBefore = loadavg()[0]?.toFixed(1) ?? '';
  const generateSeconds = existsSync(join(folder, 'clickhouse'))
    ? undefined
    : await fillStore(folder, { spans, parts: Number(flags.parts) });
  const server = await startServer(
    { ...readConfig({}, { data: folder, port: 0 }), workers: 1 },
    pino({ level: 'silent' }),
  );
  try {
    await stopMerges(server.engine);
    const shape = await shapeOf(server.engine);
    const rows: Measurement[] = [];
    const asked = questions(await readSamples(server.url)).filter(({ what }) =>
      what.includes(flags.only ?? ''),
    );
    for (const question of asked) rows.push(await measure(question, server.url));
    const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
    return section(rows, shape, { generateSeconds, rssMb, loadBefore });
  } finally {
    await server.stop();
  }
}

async function measure({ what, budgetMs, path }: Question, url: string): Promise<Measurement> {
  const times: number[] = [];
  const work: number[] = [];
  let bytes = 0;
  const began = performance.now();
  for (let run = 0; run < MAX_RUNS && (run < MIN_RUNS || performance.now() - began < MAX_MS); run += 1) {
    const start = performance.now();
    const cpuBefore = process.cpuUsage();
    const response = await fetch(url + path(run), { headers: { 'accept-encoding': 'zstd' } });
    bytes = (await response.arrayBuffer()).byteLength;
    if (!response.ok)
      return {
        what: `${what}: status ${response.status}`,
        budgetMs,
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
  return {
    what,
    budgetMs,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    processorMs: quantile(work, 0.5),
    bytes,
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}

async function shapeOf(engine: Engine): Promise<Shape> {
  const rows = await engine.query<{ name: string; rows: string; parts: string; bytes: string }>(
    `SELECT table AS name, sum(rows) AS rows, count() AS parts, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN ('spans', 'payloads', 'traces') GROUP BY table ORDER BY bytes DESC`,
  );
  const spans = rows.find(({ name }) => name === 'spans');
  if (!spans) throw new Error('The store contains no spans.');
  const perSpan = (bytes: string) => Math.round(Number(bytes) / Number(spans.rows));
  return {
    spans: Number(spans.rows),
    parts: Number(spans.parts),
    bytes: rows.map(({ name, bytes }) => `${name} ${perSpan(bytes)}`).join(', '),
  };
}
