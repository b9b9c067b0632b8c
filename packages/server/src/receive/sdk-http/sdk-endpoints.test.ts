/** The protocols of SDKs without the SDKs: order, restarts, invalid items, and hostile requests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { eventually } from '@throughline/tests/eventually';
import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { createTraceReader, type TraceReader } from '../../testing/trace-reader.ts';

const BODY_LIMIT = 200_000;
const options = (dataDir: string) => ({
  dataDir,
  settings: { THROUGHLINE_MAX_BODY_BYTES: String(BODY_LIMIT), THROUGHLINE_REDACT: 'email' },
});

let dataDir: string;
let server: TestServer;
let reader: TraceReader;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-endpoints-'));
  server = await startTestServer(options(dataDir));
  reader = createTraceReader(server.url, 'shop');
});
afterAll(async () => {
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const BASIC = { authorization: `Basic ${Buffer.from('pk-lf-shop:any').toString('base64')}` };

async function post(path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
  };
}

const ingest = (...batch: unknown[]) => post('/api/public/ingestion', { batch }, BASIC);
const event = (type: string, body: object, timestamp = new Date().toISOString()) => ({
  id: `event-${Math.round(performance.now() * 1000)}`,
  type,
  timestamp,
  body,
});
const iso = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();

describe('parts of a span', () => {
  it('are merged with the stored span after a restart, by all protocols', async () => {
    const start = iso(5);
    const startSeconds = Date.parse(start) / 1000;
    const order = `${start.replace(/[-:.Z]/g, '')}000Z`;
    await ingest(
      event('trace-create', { id: 'lf-trace', name: 'job', timestamp: start, userId: 'ada' }),
      event('generation-create', {
        id: 'lf-call',
        traceId: 'lf-trace',
        name: 'call',
        startTime: start,
        input: 'q1',
      }),
    );
    await post('/runs/batch', {
      post: [
        {
          ...{ id: 'ls-run', trace_id: 'ls-run', dotted_order: `${order}ls-run`, session_name: 'shop' },
          ...{ name: 'run', run_type: 'llm', inputs: { prompt: 'q2' }, start_time: start },
        },
      ],
    });
    await post('/logs3', {
      rows: [
        {
          ...{ id: 'bt-row', span_id: 'bt-span', root_span_id: 'bt-trace', project_id: 'shop', log_id: 'g' },
          ...{
            created: start,
            metrics: { start: startSeconds },
            span_attributes: { name: 'row', type: 'llm' },
          },
          ...{ input: 'q3', metadata: { model: 'gpt-4o', plan: 'pro' } },
        },
      ],
    });
    await server.stop();
    server = await startTestServer(options(dataDir));
    reader = createTraceReader(server.url, 'shop');

    const end = iso(0);
    await ingest(
      event('generation-update', {
        ...{ id: 'lf-call', traceId: 'lf-trace', endTime: end, output: 'a1', model: 'gpt-4o' },
        usage: { promptTokens: 10, completionTokens: 5 },
      }),
    );
    await post(
      '/runs/ls-run',
      { outputs: { text: 'a2' }, end_time: end, trace_id: 'ls-run', session_name: 'shop' },
      {},
      'PATCH',
    );
    await post('/logs3', {
      rows: [
        {
          ...{
            id: 'bt-row',
            span_id: 'bt-span',
            root_span_id: 'bt-trace',
            project_id: 'shop',
            _is_merge: true,
          },
          ...{ output: 'a3', metrics: { end: startSeconds + 2 }, metadata: { answer: 1 } },
        },
      ],
    });
    const contents = async () => {
      const spans = await Promise.all([
        reader.getSpan({ traceId: 'lf-trace', spanId: 'lf-call' }),
        reader.getSpan({ traceId: 'ls-run', spanId: 'ls-run' }),
        reader.getSpan({ traceId: 'bt-trace', spanId: 'bt-span' }),
      ]);
      return spans.map(({ name, kind, input, output, durationMs }) => [
        name,
        kind,
        input?.text.includes('q'),
        output?.text.includes('a'),
        durationMs !== null,
      ]);
    };
    await eventually('the merged spans', contents).toEqual([
      ['call', 'llm', true, true, true],
      ['run', 'llm', true, true, true],
      ['row', 'llm', true, true, true],
    ]);
    expect(await reader.getSpan({ traceId: 'bt-trace', spanId: 'bt-span' })).toMatchObject({
      durationMs: 2000,
      metadata: { plan: 'pro', answer: 1 },
    });
    await eventually('the settled trace', async () => {
      const { name, userId, inputTokens, outputTokens } = await reader.getTrace('lf-trace', 2);
      return { name, userId, inputTokens, outputTokens };
    }).toEqual({ name: 'job', userId: 'ada', inputTokens: 10, outputTokens: 5 });
  });

  it('can arrive in the wrong order: a patch before its run keeps the outputs', async () => {
    const order = `${iso(1).replace(/[-:.Z]/g, '')}000Zearly`;
    const place = { id: 'early', trace_id: 'early', dotted_order: order, session_name: 'shop' };
    expect(
      (await post('/runs/batch', { patch: [{ ...place, outputs: { text: 'done' }, end_time: Date.now() }] }))
        .status,
    ).toBe(202);
    expect(
      (
        await post('/runs/batch', {
          post: [{ ...place, name: 'first', run_type: 'chain', inputs: { a: 1 } }],
        })
      ).status,
    ).toBe(202);
    await eventually('the run', async () => {
      const { name, input, output, durationMs } = await reader.getSpan({ traceId: 'early', spanId: 'early' });
      return [name, input?.text, output?.text, durationMs !== null];
    }).toEqual(['first', '{"a":1}', '{"text":"done"}', true]);
    expect((await reader.getTrace('early', 1)).spans).toHaveLength(1);
  });

  it('are redacted before they are stored', async () => {
    await ingest(
      event('span-create', {
        id: 'secret',
        traceId: 'secret',
        name: 's',
        startTime: iso(1),
        input: 'mail ada@example.com',
      }),
    );
    await eventually(
      'the span',
      async () => (await reader.getSpan({ traceId: 'secret', spanId: 'secret' })).input?.text,
    ).toMatch(/^mail (?!ada@example.com)/);
  });
});

describe("Phoenix's API", () => {
  it('records spans in JSON, and annotations of spans, traces and sessions', async () => {
    const traceId = 'ab'.repeat(16);
    const spanId = 'cd'.repeat(8);
    const span = {
      ...{
        name: 'call',
        span_kind: 'LLM',
        parent_id: null,
        start_time: iso(2),
        end_time: iso(1),
        status_code: 'OK',
      },
      context: { trace_id: traceId, span_id: spanId },
      attributes: {
        'llm.model_name': 'gpt-4o',
        'session.id': 'phoenix-session',
        llm: {
          token_count: { prompt: 10, completion: 5 },
          input_messages: [{ message: { role: 'user', content: 'hello' } }],
        },
      },
    };
    expect(await post('/v1/projects/shop/spans', { data: [span] })).toEqual({
      status: 202,
      body: { total_received: 1, total_queued: 1 },
    });
    const annotation = (target: object) => ({
      data: [
        {
          ...target,
          name: 'quality',
          annotator_kind: 'LLM',
          result: { score: 0.5, label: 'fair', explanation: 'why' },
        },
      ],
    });
    const answers = [
      await post('/v1/span_annotations?sync=true', annotation({ span_id: spanId })),
      await post('/v1/trace_annotations', annotation({ trace_id: traceId })),
      await post('/v1/session_annotations', annotation({ session_id: 'phoenix-session' })),
      await post('/v1/span_notes', { data: { span_id: spanId, note: 'look again' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await post('/v1/span_annotations', annotation({ span_id: 'f'.repeat(16) }))).status).toBe(404);
    const detail = await waitFor('the scores', async () => {
      const found = await reader.getSpan({ traceId, spanId });
      return found.scores.length === 2 && found;
    });
    expect(detail).toMatchObject({
      kind: 'llm',
      model: 'gpt-4o',
      inputTokens: 10,
      outputTokens: 5,
      inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'hello' }] }],
    });
    expect(
      detail.scores.map(({ name, value, source, label }) => [name, value, source, label]).sort(),
    ).toEqual([
      ['note', 'look again', 'human', null],
      ['quality', 0.5, 'llm', 'fair'],
    ]);
  });
});

describe('one invalid item', () => {
  it('does not affect the others of its batch: Langfuse', async () => {
    const { status, body } = await ingest(
      event('span-create', {
        id: 'good',
        traceId: 'mixed',
        name: 'good',
        startTime: iso(1),
        endTime: iso(0),
      }),
      event('span-create', { traceId: 'mixed' }),
      event('unheard-of', { id: 'x' }),
      event('span-create', { id: 'x'.repeat(801), traceId: 'mixed' }),
      event('span-create', { id: 'y', traceId: 'mixed', startTime: 'yesterday' }),
      event('score-create', { traceId: 'mixed', name: 'quality', value: {} }),
      event('dataset-run-item-create', { id: 'z' }),
      'not an event',
    );
    expect(status).toBe(207);
    expect(body.successes).toHaveLength(1);
    expect(
      body.errors.map((error: { status: number; error: string }) => [error.status, error.error]),
    ).toEqual([
      [400, 'id is missing'],
      [400, 'type is "unheard-of", expected a type such as "generation-create"'],
      [400, 'id has 801 characters, expected at most 800'],
      [400, 'startTime is "yesterday", expected a time such as 2026-01-31T12:00:00.000Z'],
      [400, 'value is an object, expected a number or a text of at most 500 characters'],
      [400, 'Throughline does not have datasets, so it does not store dataset run items'],
      [400, 'the event is "not an event", expected an object'],
    ]);
    expect((await reader.getTrace('mixed', 1)).spans.map(({ name }) => name)).toEqual(['good']);
  });

  it('does not affect the others of its batch: LangSmith and Braintrust', async () => {
    const run = { id: 'ok', trace_id: 'ok', session_name: 'shop', name: 'ok', start_time: iso(1) };
    const runs = await post('/runs/batch', {
      post: [run, { ...run, id: 5 }, { ...run, id: 'no', session_name: '\u0000' }, null],
    });
    expect(runs.status).toBe(202);
    expect(runs.body.errors.map(({ message }: { message: string }) => message)).toEqual([
      'id is missing',
      'session_name is not 1 to 128 printable characters',
      'the run is null, expected an object',
    ]);
    const row = { id: 'fine', span_id: 'fine', root_span_id: 'fine', project_id: 'shop', created: iso(1) };
    const rows = await post('/logs3', { rows: [row, { ...row, id: 'e', experiment_id: 'x' }, 7] });
    expect(rows).toEqual({
      status: 200,
      body: {
        ids: ['fine'],
        errors: [
          {
            id: 'e',
            message:
              'the row has experiment_id; Throughline stores the logs of projects, not experiments or datasets',
          },
          { id: '', message: 'the row is 7, expected an object' },
        ],
      },
    });
    for (const id of ['ok', 'fine']) expect((await reader.getTrace(id, 1)).spans).toHaveLength(1);
    const problems = await fetch(`${server.url}/api/v1/ingest/problems`);
    expect(await problems.text()).toContain('the row has experiment_id');
  });
});

describe('a body', () => {
  const batch = JSON.stringify({
    post: [{ id: 'packed', trace_id: 'packed', session_name: 'shop', name: 'packed', start_time: iso(1) }],
  });
  it.each([
    ['gzip', gzipSync(batch)],
    ['zstd', zstdCompressSync(batch)],
  ])('can be compressed with %s', async (encoding, body) => {
    expect((await post('/langsmith/runs/batch', body, { 'content-encoding': encoding })).status).toBe(202);
    await waitFor('the run', () => reader.getTrace('packed', 1));
  });

  it.each(['/api/public/ingestion', '/langsmith/runs/batch', '/logs3'])(
    'that is too large, broken or a bomb is rejected with a reason: %s',
    async (path) => {
      const bomb = gzipSync(Buffer.alloc(BODY_LIMIT * 2, 0x20));
      expect((await post(path, bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
      expect((await post(path, 'x'.repeat(BODY_LIMIT + 1))).status).toBe(413);
      // Each bracket needs 64 times its size when it is parsed.
      expect((await post(path, '['.repeat(BODY_LIMIT))).status).toBe(413);
      expect((await post(path, '{"batch": [')).status).toBe(400);
      expect((await post(path, '')).status).toBe(400);
      expect((await post(path, 'not gzip', { 'content-encoding': 'gzip' })).status).toBe(400);
      expect((await post(path, '{}', { 'content-encoding': 'br' })).status).toBe(415);
      expect((await post(path, '{"batch":{},"rows":{},"post":{}}')).status).toBe(400);
    },
  );

  it('of multipart that is broken is rejected, and unknown parts are reported', async () => {
    const type = (boundary: string) => ({ 'content-type': `multipart/form-data; boundary=${boundary}` });
    const part = (name: string, content: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: application/json\r\n\r\n${content}\r\n`;
    const run = JSON.stringify({
      id: 'm',
      trace_id: 'm',
      session_name: 'shop',
      name: 'm',
      start_time: iso(1),
    });
    const send = (body: string) => post('/runs/multipart', body, type('b'));
    expect(
      (await post('/runs/multipart', part('post.m', run), { 'content-type': 'text/plain' })).status,
    ).toBe(415);
    expect((await send('--b\r\nno headers')).status).toBe(400);
    expect((await send(part('post.m', run).slice(0, -2))).status).toBe(400);
    const answer = await send(
      `${part('post.m', run)}${part('post.m.inputs', '{"a":')}${part('post.__proto__', '1')}${part('x', '{}')}${part('post.n.inputs', '{}')}--b--\r\n`,
    );
    expect(answer.status).toBe(202);
    expect(answer.body.errors).toHaveLength(3);
    await eventually(
      'the run',
      async () => (await reader.getSpan({ traceId: 'm', spanId: 'm' })).input?.text,
    ).toBe('{"a":');
  });
});

describe('feedback of LangSmith', () => {
  const boundary = { 'content-type': 'multipart/form-data; boundary=b' };
  const feedback = (id: string) => ({ id: `feedback-${id}`, run_id: `unknown-${id}`, key: 'many', score: 1 });
  const bodyOf = (items: readonly { readonly id: string }[]) => {
    const parts = items.map(
      (item) =>
        `--b\r\nContent-Disposition: form-data; name="feedback.${item.id}"\r\n\r\n${JSON.stringify(item)}\r\n`,
    );
    return `${parts.join('')}--b--\r\n`;
  };
  const idsOf = async () => {
    const response = await fetch(`${server.url}/api/v1/scores?project=shop&name=many&limit=1000`);
    const { scores } = (await response.json()) as { scores: { id: string }[] };
    return scores.map(({ id }) => id).sort();
  };

  it('on 500 unknown runs in one request is stored once', async () => {
    const items = Array.from({ length: 500 }, (_, index) => feedback(String(index)));
    const headers = { ...boundary, 'x-throughline-project': 'shop' };
    expect(await post('/langsmith/runs/multipart', bodyOf(items), headers)).toEqual({
      status: 202,
      body: {},
    });
    await eventually('the scores', idsOf).toEqual(items.map(({ id }) => id).sort());
  });

  it('is answered with its own fields', async () => {
    const sent = { ...feedback('echo'), value: { words: 'good' }, comment: 'quick', zzz: 1 };
    expect(await post('/langsmith/feedback', sent)).toEqual({
      status: 200,
      body: {
        ...{ id: 'feedback-echo', run_id: 'unknown-echo', key: 'many', score: 1 },
        ...{ value: { words: 'good' }, comment: 'quick' },
      },
    });
  });
});

describe('JSON that is nested very deep', () => {
  const LIMIT = 'nested more than 1000 levels deep';
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it.each([
    ...['/api/public/ingestion', '/langsmith/runs/batch', '/langsmith/runs', '/runs', '/langsmith/feedback'],
    ...['/feedback', '/langsmith/sessions', '/logs3', '/api/project/register', '/v1/project', '/v1/projects'],
    ...['/v1/span_annotations', '/v1/trace_annotations', '/v1/session_annotations', '/v1/span_notes'],
    ...['/v1/projects/shop/spans', '/v1/traces/ingest'],
  ])('is rejected with the limit: %s', async (path) => {
    const { status, body } = await post(path, `{"id":"deep","zzz":${nested(1_000)}}`, BASIC);
    expect({ status, text: JSON.stringify(body) }).toEqual({
      status: 400,
      text: expect.stringContaining(LIMIT),
    });
    expect((await post(path, `{"zzz":${nested(1_500)}}`, BASIC)).status).toBe(400);
  });

  it('is rejected in a patch of a run', async () => {
    const { status, body } = await post('/runs/deep', `{"outputs":${nested(1_001)}}`, {}, 'PATCH');
    expect({ status, body }).toEqual({ status: 400, body: { detail: `the JSON is ${LIMIT}` } });
  });

  it('is accepted up to the limit', async () => {
    const feedback = `{"run_id":"deep-enough","key":"deep","score":1,"value":${nested(999)}}`;
    expect((await post('/langsmith/feedback', feedback)).status).toBe(200);
  });

  it('is an error of its part in multipart', async () => {
    const part = (name: string, content: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`;
    const run = {
      id: 'shallow',
      trace_id: 'shallow',
      session_name: 'shop',
      name: 'shallow',
      start_time: iso(1),
    };
    const parts = [
      part('post.shallow', JSON.stringify(run)),
      part('post.shallow.outputs', nested(1_001)),
      part('attachment.shallow.file', '['.repeat(1_001)),
      part('post.deep', `{"id":"deep","zzz":${nested(1_000)}}`),
      part('feedback.deep', `{"run_id":"deep","key":"k","score":1,"zzz":${nested(1_000)}}`),
    ];
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const message = `the part is ${LIMIT}`;
    expect(await post('/langsmith/runs/multipart', `${parts.join('')}--b--\r\n`, headers)).toEqual({
      status: 202,
      body: {
        errors: [
          { id: 'shallow', message },
          { id: 'deep', message },
          { id: 'deep', message },
        ],
      },
    });
    await waitFor('the run', () => reader.getTrace('shallow', 1));
  });
});

describe('hostile requests', () => {
  /** A deterministic sequence of numbers below 1. */
  function numbers(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
  }
  const VALUES = [
    null,
    true,
    0,
    -1,
    1e300,
    '',
    'x',
    '\ud800',
    '\u0000',
    '9'.repeat(900),
    [],
    [[]],
    {},
    { a: { b: [] } },
    [null],
  ];
  const BODIES: readonly (readonly [path: string, body: Record<string, unknown>])[] = [
    [
      '/api/public/ingestion',
      {
        batch: [
          event('trace-create', {
            id: 't',
            name: 'n',
            timestamp: iso(1),
            tags: ['a'],
            metadata: { a: 1 },
            input: 'i',
          }),
          event('generation-update', {
            id: 'g',
            traceId: 't',
            usage: { input: 1 },
            usageDetails: {},
            endTime: iso(0),
            metadata: {},
          }),
          event('score-create', { traceId: 't', name: 's', value: 1, metadata: {}, dataType: 'NUMERIC' }),
        ],
        metadata: { sdk_name: 'x' },
      },
    ],
    [
      '/runs/batch',
      {
        post: [
          {
            id: 'r',
            trace_id: 't',
            dotted_order: '20260101T000000000000Zr',
            session_name: 'shop',
            run_type: 'llm',
            start_time: 1,
            inputs: {},
            extra: { metadata: { a: 1 }, runtime: {}, invocation_params: {} },
            tags: ['a'],
            events: [{ name: 'new_token', time: iso(1) }],
            outputs: { generations: [[{ message: { kwargs: { usage_metadata: {} } } }]] },
          },
        ],
        patch: [
          {
            id: 'r',
            trace_id: 't',
            end_time: iso(0),
            error: 'e',
            outputs: { usage_metadata: { input_tokens: 1 } },
          },
        ],
      },
    ],
    [
      '/logs3',
      {
        rows: [
          {
            id: 'b',
            span_id: 's',
            root_span_id: 't',
            project_id: 'shop',
            span_parents: ['p'],
            metrics: { start: 1.5, end: 2 },
            metadata: {},
            scores: { a: 1 },
            span_attributes: { name: 'n', type: 'llm' },
            tags: ['a'],
          },
          {
            id: 'b',
            _is_merge: true,
            output: 'o',
            scores: { a: null },
            comment: { text: 'c' },
            origin: { id: 'b' },
          },
        ],
      },
    ],
    [
      '/feedback',
      {
        id: 'f',
        run_id: 'r',
        key: 'k',
        score: 1,
        value: 'v',
        comment: 'c',
        feedback_source: { type: 'api' },
      },
    ],
    ['/v1/project', { name: 'shop' }],
    [
      '/v1/projects/shop/spans',
      {
        data: [
          {
            ...{ name: 'n', span_kind: 'LLM', start_time: iso(1), end_time: iso(0), events: [{ name: 'e' }] },
            context: { trace_id: 't', span_id: 's' },
            attributes: { a: { b: [{ c: 1 }] } },
          },
        ],
      },
    ],
  ];

  /** Copies a value and replaces some of the values in it. */
  function mutated(value: unknown, next: () => number): unknown {
    if (next() < 0.08) return VALUES[Math.floor(next() * VALUES.length)];
    if (Array.isArray(value)) return value.map((item) => mutated(item, next));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
      next() < 0.03 ? '__proto__' : key,
      mutated(item, next),
    ]);
    return Object.fromEntries(entries);
  }

  it('are never a failure of the server', async () => {
    const next = numbers(7);
    const statuses = new Set<number>();
    // A part that names a span of an unknown project or trace is looked up in the store, so there are not many rounds.
    for (let round = 0; round < 25; round++) {
      const answers = await Promise.all(BODIES.map(([path, body]) => post(path, mutated(body, next), BASIC)));
      for (const [index, { status, body }] of answers.entries()) {
        statuses.add(status);
        if (status >= 500) throw new Error(`${BODIES[index]?.[0]}: ${status} ${JSON.stringify(body)}`);
      }
    }
    expect([...statuses].sort()).toEqual([200, 202, 207, 400]);
    expect(server.complaints).toEqual([]);
    expect({}).not.toHaveProperty('a');
  });
});
