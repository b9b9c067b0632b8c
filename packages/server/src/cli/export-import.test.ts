import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { RawSpan } from '@throughline/spans';
import { waitFor } from '@throughline/tests/wait-for';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arbitraryRawSpan } from '../testing/otlp/arbitrary-raw-span.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { runCli } from './cli.ts';

const FAILED = 'f'.repeat(32);
const START = 1_795_000_000_000_000_000n;

let server: TestServer;
let folder: string;
beforeAll(async () => {
  [server, folder] = await Promise.all([startTestServer(), mkdtemp(join(tmpdir(), 'throughline-export-'))]);
  await server.send('shop', shop());
  await post('/v1/logs', 'shop', logs());
  await post('/api/v1/scores', 'shop', [
    {
      traceId: FAILED,
      name: 'helpful',
      value: false,
      comment: 'no, "really"',
      source: 'human',
      createdAt: '2026-11-19T00:00:00Z',
    },
    {
      traceId: FAILED,
      spanId: '2'.repeat(16),
      name: 'recall',
      value: 0.25,
      evaluator: 'judge',
      metadata: { n: 1 },
    },
    { traceId: '1'.repeat(32), name: 'tone', value: 'kind', label: 'good' },
  ]);
  await post('/api/v1/tags', 'shop', { traceIds: [FAILED], add: ['vip', 'checked'] });
  await settled();
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

function shop(): RawSpan[] {
  const step = (traceId: string, number: number, change: Parameters<typeof rawSpan>[0]) =>
    rawSpan({
      traceId,
      spanId: String(number).repeat(16),
      parentSpanId: number === 1 ? '' : '1'.repeat(16),
      startTimeUnixNano: START + BigInt(number),
      endTimeUnixNano: START + BigInt(number) + 80_000_001n,
      ...change,
    });
  return [
    step('1'.repeat(32), 1, {
      name: '=HYPERLINK("http://evil")',
      attributes: { 'input.value': 'Where is it?', 'user.id': 'u-1' },
    }),
    step('1'.repeat(32), 2, {
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 100,
      },
    }),
    step(FAILED, 1, { name: 'failing', statusCode: 'error', statusMessage: 'too, slow' }),
    step(FAILED, 2, { name: 'chat', attributes: { 'gen_ai.operation.name': 'chat' } }),
  ];
}

function logs() {
  const record = (eventName: string, content: string) => ({
    timeUnixNano: String(START + 5n),
    eventName,
    severityNumber: 9,
    traceId: FAILED,
    spanId: '2'.repeat(16),
    body: { kvlistValue: { values: [{ key: 'content', value: { stringValue: content } }] } },
  });
  return {
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeLogs: [
          {
            scope: { name: 'openai' },
            logRecords: [record('gen_ai.user.message', 'Hello'), record('gen_ai.choice', 'Hi')],
          },
        ],
      },
    ],
  };
}

async function post(path: string, project: string, body: unknown): Promise<void> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-throughline-project': project },
    body: JSON.stringify(body),
  });
  expect([response.status, await response.text()]).toEqual([200, expect.not.stringContaining('rejected')]);
}

const settled = () => waitFor('all acknowledged rows to be readable', () => server.journal.isEmpty);

async function run(project: string, argv: readonly string[], stdin = '') {
  let err = '';
  const chunks: Buffer[] = [];
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const terminal = {
    out: () => {},
    err: (text: string) => {
      err += text;
    },
    colours: false,
  };
  const code = await runCli(['--url', server.url, '--project', project, ...argv], {
    terminal,
    env: {},
    signal: new AbortController().signal,
    version: '1',
    stdin: new PassThrough().end(stdin),
    stdout,
  });
  return { code, err, bytes: Buffer.concat(chunks), out: Buffer.concat(chunks).toString() };
}

/** Everything that the store holds of a project, without the times of receipt. */
async function storeOf(project: string) {
  const tables = {
    spans: 'trace_id, span_id',
    payloads: 'trace_id, span_id',
    logs: 'trace_id, span_id, time, event_name, content_hash',
    scores: 'id',
    trace_tags: 'trace_id, tag',
  };
  const rows = await Promise.all(
    Object.entries(tables).map(([table, key]) =>
      server.engine.query(
        `SELECT * EXCEPT (project, version) ${table === 'scores' ? "REPLACE (if(toUnixTimestamp64Nano(created) = version, toDateTime64(0, 9, 'UTC'), created) AS created)" : ''}
         FROM ${table} FINAL WHERE project = {project:String} ORDER BY ${key}`,
        { project },
      ),
    ),
  );
  return Object.fromEntries(Object.keys(tables).map((table, index) => [table, rows[index]]));
}

async function copy(format: 'jsonl' | 'otlp', from: string, to: string): Promise<void> {
  const exported = await run(from, ['export', '--format', format]);
  expect(exported.code).toBe(0);
  const file = join(folder, `${to}.jsonl`);
  await writeFile(file, exported.bytes);
  const imported = await run(to, ['import', file]);
  expect(imported).toMatchObject({ code: 0 });
  await settled();
}

describe('throughline export', () => {
  it('writes JSON lines with facts, content, log records, scores and tags', async () => {
    const { code, out, err } = await run('shop', ['export']);
    expect(code).toBe(0);
    expect(err).toMatch(/^Exported 2 traces with 4 spans, 0\.\d\d MB\.\n$/);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ type }) => type).sort()).toEqual([
      ...['log', 'log', 'score', 'score', 'score', 'span', 'span', 'span', 'span', 'tags'],
    ]);
    expect(lines.find(({ model }) => model === 'gpt-4o')).toMatchObject({
      type: 'span',
      traceId: '1'.repeat(32),
      kind: 'llm',
      inputTokens: 1000,
      costUsd: 0.0035,
      startTime: '2026-11-18T11:06:40.000000002Z',
      otlp: { span: { startTimeUnixNano: String(START + 2n), kind: 3 } },
    });
  });

  it('selects traces by a filter and a range', async () => {
    const failed = await run('shop', ['export', '--format', 'csv', 'status:error']);
    expect(failed.out.match(/^f{32},/gm)).toHaveLength(2);
    expect(failed.out).not.toMatch(/^1{32},/m);
    const none = await run('shop', ['export', '--format', 'csv', '--to', '2026-11-01']);
    expect(none.out.trim().split('\r\n')).toHaveLength(1);
  });

  it('writes CSV that no spreadsheet runs as a formula', async () => {
    const { out } = await run('shop', ['export', '--format', 'csv']);
    expect(out.split('\r\n')[0]).toMatch(
      /^traceId,spanId,parentSpanId,name,kind,startTime,durationMs,status,/,
    );
    expect(out).toContain(`,"'=HYPERLINK(""http://evil"")",`);
    expect(out).toContain(',error,"too, slow",');
  });

  it('writes a Parquet file that ClickHouse reads', async () => {
    const file = join(folder, 'shop.parquet');
    const { code } = await run('shop', ['export', '--format', 'parquet', '-o', file, 'status:error']);
    expect(code).toBe(0);
    expect((await readFile(file)).subarray(0, 4).toString()).toBe('PAR1');
    const rows = await server.engine.query(
      `SELECT traceId, spanId, name, status FROM file('${file}') ORDER BY spanId`,
    );
    expect(rows).toEqual([
      { traceId: FAILED, spanId: '1'.repeat(16), name: 'failing', status: 'error' },
      { traceId: FAILED, spanId: '2'.repeat(16), name: 'chat', status: 'unset' },
    ]);
  });

  it('explains a filter that is not valid', async () => {
    expect(await run('shop', ['export', 'colour:red'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no field "colour"'),
    });
  });
});

describe('POST /export', () => {
  it('exports the traces with these ids', async () => {
    const response = await fetch(`${server.url}/api/v1/export?project=shop`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ format: 'csv', traceIds: [FAILED, 'nope'] }),
    });
    expect(response.headers.get('x-throughline-traces')).toBe('1');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="shop-traces.csv"');
    expect((await response.text()).match(/^f{32},/gm)).toHaveLength(2);
  });

  it('ends when the client disconnects', async () => {
    const controller = new AbortController();
    const response = await fetch(`${server.url}/api/v1/export?project=shop`, { signal: controller.signal });
    controller.abort();
    await expect(response.text()).rejects.toThrow();
    // Four exports may run at the same time, so the fifth works only if the others have ended.
    for (let count = 0; count < 5; count++) {
      const next = await fetch(`${server.url}/api/v1/export?project=shop&format=csv`);
      expect(next.status).toBe(200);
      await next.text();
    }
  });
});

describe('throughline import', () => {
  it('importing JSON lines gives the same spans, contents, log records, scores and tags', async () => {
    await copy('jsonl', 'shop', 'copy-jsonl');
    const [original, copied] = [await storeOf('shop'), await storeOf('copy-jsonl')];
    expect(original.scores).toHaveLength(3);
    expect(original.logs).toHaveLength(2);
    expect(original.trace_tags).toHaveLength(2);
    expect({ ...copied, scores: undated(copied.scores) }).toEqual({
      ...original,
      scores: undated(original.scores),
    });
  });

  it('importing OTLP gives the same spans, contents and log records', async () => {
    await copy('otlp', 'shop', 'copy-otlp');
    const original = await storeOf('shop');
    const copied = await storeOf('copy-otlp');
    expect(copied).toEqual({ ...original, scores: [], trace_tags: [] });
  });

  it('changes nothing if it is repeated', async () => {
    await copy('jsonl', 'shop', 'twice');
    const once = await storeOf('twice');
    await copy('jsonl', 'shop', 'twice');
    expect(await storeOf('twice')).toEqual(once);
  });

  it.each(['jsonl', 'otlp'] as const)('importing random spans as %s gives the same store', async (format) => {
    const spans = fc.sample(arbitraryRawSpan, 60).map((span, index) => ({
      ...span,
      spanId: String(index + 1).padStart(16, '0'),
      traceId: String((index % 20) + 1).padStart(32, '0'),
    }));
    await server.send(`random-${format}`, spans);
    await copy(format, `random-${format}`, `random-copy-${format}`);
    const [original, copied] = [await storeOf(`random-${format}`), await storeOf(`random-copy-${format}`)];
    expect(original.spans).toHaveLength(60);
    expect(copied).toEqual(original);
  });

  it('reads several files, compressed files and the standard input', async () => {
    const { bytes } = await run('shop', ['export', 'status:error']);
    const file = join(folder, 'failed.jsonl.gz');
    await writeFile(file, gzipSync(bytes));
    expect(await run('zipped', ['import', file])).toMatchObject({
      code: 0,
      err: 'Imported 2 spans, 2 log records and 2 scores into project "zipped".\n',
    });
    expect(await run('piped', ['import', '-'], bytes.toString())).toMatchObject({
      code: 0,
      err: expect.stringContaining('2 spans'),
    });
  });

  it('names the lines that it cannot read, and imports the others', async () => {
    const { out } = await run('shop', ['export', 'status:error']);
    const { code, err } = await run('broken', ['import', '-'], `{"a":1}\n${out}nonsense\n{"type":"span"}\n`);
    expect(code).toBe(1);
    expect(err.split('\n')).toEqual([
      '-, line 1: it has neither "type" nor "resourceSpans" nor "resourceLogs".',
      expect.stringMatching(/^-, line \d+: it is not JSON\.$/),
      expect.stringMatching(/^-, line \d+: "otlp\.span" is missing\.$/),
      'Imported 2 spans, 2 log records and 2 scores into project "broken".',
      '3 records or lines were not imported.',
      '',
    ]);
  });

  it('fails with a clear message if a file does not exist', async () => {
    expect(await run('none', ['import', join(folder, 'missing.jsonl')])).toMatchObject({
      code: 1,
      err: expect.stringContaining('missing.jsonl cannot be read: ENOENT'),
    });
  });
});

/** A score without a creation time gets that of its receipt, which an import keeps as the creation time. */
function undated(scores: unknown): unknown {
  return (scores as { created: string }[]).map(({ created: _, ...rest }) => rest);
}
