import { request as httpRequest } from 'node:http';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../clickhouse/sql.ts';
import { problem } from '../contract/problem.ts';
import { session, turnList, user } from '../contract/session.ts';
import { spanDetail } from '../contract/span.ts';
import { spanList } from '../contract/span-list.ts';
import { trace, traceList, traceVolume } from '../contract/trace.ts';
import { sessionList, userList } from '../contract/trace-groups.ts';
import { ERROR_CODES } from '../errors/errors.ts';
import { insertRows } from '../settle/settle-traces.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
const TRACE = 'a'.repeat(32);
beforeAll(async () => {
  server = await startTestServer();
  await server.send('shop', [
    rawSpan({ name: 'answer' }),
    rawSpan({
      spanId: 'c'.repeat(16),
      parentSpanId: 'b'.repeat(16),
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"Where is my order?"}]}]',
      },
    }),
  ]);
});
afterAll(() => server.stop());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/v1${path}`, { headers });
async function getJson(path: string, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await get(path, headers);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(response.status).toBe(200);
  return response.json();
}
async function getProblem(path: string, headers: Record<string, string> = {}) {
  const response = await get(path, headers);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const body = problem.parse(await response.json());
  expect(body.status).toBe(response.status);
  return body;
}

describe('the API', () => {
  it('lists, summarises and returns the spans that were sent, as its schemas declare', async () => {
    const { traces } = traceList.parse(await getJson('/traces?project=shop'));
    expect(traces).toMatchObject([
      {
        traceId: TRACE,
        name: 'answer',
        spanCount: 2,
        inputTokens: 1000,
        models: ['gpt-4o'],
        inputPreview: 'Where is my order?',
      },
    ]);
    expect(traceVolume.parse(await getJson('/traces/summary?project=shop'))).toMatchObject({
      traces: 1,
      errors: 0,
    });
    expect(await getJson('/traces/values?project=shop&field=model&prefix=gpt')).toEqual({
      values: [{ value: 'gpt-4o', count: 1 }],
      more: false,
    });
    const found = trace.parse(await getJson(`/traces/${TRACE}?project=shop`));
    expect(found.spans.map((span) => span.kind)).toEqual(['span', 'llm']);
    const detail = spanDetail.parse(await getJson(`/traces/${TRACE}/spans/${'c'.repeat(16)}?project=shop`));
    expect(detail.inputMessages).toMatchObject([{ role: 'user' }]);
    expect(await getJson('/projects')).toMatchObject({ projects: [{ name: 'shop', spanCount: 2 }] });
  });

  it('lists spans, sessions and users, as its schemas declare', async () => {
    const traceId = '9'.repeat(32);
    await server.send('lists', [
      rawSpan({ traceId, name: 'answer', attributes: { 'session.id': 's1', 'user.id': 'u1', plan: 'pro' } }),
      rawSpan({ traceId, spanId: 'c'.repeat(16), parentSpanId: 'b'.repeat(16), name: 'lookup' }),
    ]);
    const { spans } = spanList.parse(await getJson('/spans?project=lists&q=name:answer&columns=attr.plan'));
    expect(spans).toMatchObject([
      { traceId, name: 'answer', sessionId: 's1', columns: { 'attr.plan': 'pro' } },
    ]);
    expect(sessionList.parse(await getJson('/sessions?project=lists')).sessions).toMatchObject([
      { sessionId: 's1', userId: 'u1', traceCount: 1, lastTraceId: traceId },
    ]);
    expect(userList.parse(await getJson('/users?project=lists&q=session:s1')).users).toMatchObject([
      { userId: 'u1', traceCount: 1 },
    ]);
    expect(session.parse(await getJson('/sessions/s1?project=lists'))).toMatchObject({
      sessionId: 's1',
      traceCount: 1,
      users: ['u1'],
    });
    expect(turnList.parse(await getJson('/sessions/s1/turns?project=lists')).turns).toMatchObject([
      { traceId, name: 'answer', userId: 'u1', question: null, tools: [] },
    ]);
    expect(user.parse(await getJson('/users/u1?project=lists'))).toMatchObject({
      userId: 'u1',
      sessionCount: 1,
    });
    expect(await getProblem('/spans?project=lists&q=errors>0')).toMatchObject({ code: 'invalid-filter' });
    expect(await getProblem('/spans?project=lists&columns=plan')).toMatchObject({
      code: 'invalid-request',
      detail: expect.stringContaining('attr.customer.tier'),
    });
    expect(spanList.parse(await getJson('/spans?project=nothing')).spans).toEqual([]);
  });

  it('uses the project of the query string, otherwise of the header, otherwise `default`', async () => {
    expect(await getJson('/traces', { 'x-throughline-project': 'shop' })).toMatchObject({
      traces: [{ traceId: TRACE }],
    });
    expect(await getJson('/traces?project=none', { 'x-throughline-project': 'shop' })).toMatchObject({
      traces: [],
    });
    expect(await getJson('/traces')).toMatchObject({ traces: [] });
  });

  it('returns the projects of a trace id', async () => {
    expect(await getJson(`/traces/${TRACE}/projects`)).toEqual({ traceId: TRACE, projects: ['shop'] });
    expect(await getJson(`/traces/${TRACE.slice(0, 8)}/projects`)).toEqual({
      traceId: TRACE,
      projects: ['shop'],
    });
  });

  it('prints the tree for Accept: text/plain', async () => {
    const response = await get(`/traces/${TRACE}?project=shop`, { accept: 'text/plain' });
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('vary')).toContain('accept');
    const [conclusion, empty, ...lines] = (await response.text()).split('\n');
    expect(conclusion).toMatch(
      /^chat gpt-4o took 1\.50 s of 1\.50 s \(100 %\)\. chat gpt-4o cost \$[\d.]+, all of the trace\.$/,
    );
    expect(empty).toBe('');
    expect(lines[0]).toMatch(/^answer +1\.50 s/);
    expect(lines[1]).toMatch(/^└─ chat +1\.50 s .*gpt-4o/);
  });

  it('returns the conclusion of a trace with links to its spans, unless it is not wanted', async () => {
    const { conclusion } = trace.parse(await getJson(`/traces/${TRACE}?project=shop`));
    expect(conclusion?.sentences[0]).toEqual({
      topic: 'time',
      cause: 'slow-step',
      text: 'chat gpt-4o took 1.50 s of 1.50 s (100 %).',
      parts: [
        { text: 'chat gpt-4o', spanIds: ['c'.repeat(16)] },
        { text: ' took 1.50 s of 1.50 s (100 %).' },
      ],
      figures: { criticalMs: 1500, totalMs: 1500, share: 1, count: 1 },
    });
    expect(await getJson(`/traces/${TRACE}?project=shop&conclusion=false`)).toMatchObject({
      conclusion: null,
    });
  });

  it('compresses responses', async () => {
    // `fetch` hides the encoding of the response.
    const { encoding, body } = await new Promise<{ encoding: unknown; body: Buffer }>((resolve, reject) => {
      httpRequest(
        `${server.url}/api/v1/openapi.json`,
        { headers: { 'accept-encoding': 'zstd' } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }),
          );
        },
      )
        .on('error', reject)
        .end();
    });
    expect(encoding).toBe('zstd');
    expect(JSON.parse(zstdDecompressSync(body).toString())).toHaveProperty('paths');
  });

  it('serves its OpenAPI document', async () => {
    const document = (await getJson('/openapi.json')) as {
      paths: Record<string, { get: { parameters: { name: string; description?: string }[] } }>;
    };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/traces',
        '/api/v1/traces/summary',
        '/api/v1/traces/{traceId}',
        '/api/v1/traces/{traceId}/spans/{spanId}',
        '/api/v1/projects',
        '/api/v1/live',
      ]),
    );
    const parameters = document.paths['/api/v1/traces']?.get.parameters ?? [];
    expect(parameters.map((parameter) => parameter.name)).toEqual(
      expect.arrayContaining(['project', 'from', 'to', 'sort', 'limit', 'cursor']),
    );
  });

  it('declares all error codes and the events of the live tail', async () => {
    const { components } = (await getJson('/openapi.json')) as {
      components: { schemas: Record<string, { enum?: string[]; properties?: object }> };
    };
    const { ErrorCode, Problem, LiveSpans, LiveScores } = components.schemas;
    expect(ErrorCode?.enum).toEqual(ERROR_CODES);
    expect(Problem?.properties).toMatchObject({ code: { $ref: '#/components/schemas/ErrorCode' } });
    expect(Object.keys(LiveSpans?.properties ?? {})).toEqual(['spans', 'more']);
    expect(Object.keys(LiveScores?.properties ?? {})).toEqual(['scores', 'more']);
    expect(Object.keys(components.schemas).filter((name) => name.endsWith('Input'))).toEqual([]);
  });

  it('forbids caching, content sniffing and use by other sites', async () => {
    const { headers } = await get('/traces', { origin: 'https://evil.example' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a request that fails', () => {
  it.each([
    ['/traces?limit=0', 'invalid-request', /limit/],
    ['/traces?limit=501', 'invalid-request', /limit/],
    ['/traces?limit=x', 'invalid-request', /limit/],
    ['/traces?sort=colour', 'invalid-request', /sort/],
    ['/traces?from=yesterday', 'invalid-request', /from.*ISO 8601/],
    ['/traces?q=colour:red', 'invalid-filter', /position 0.*"colour".*kind, name/],
    ['/traces/summary?q=cost>cheap', 'invalid-filter', /position 5/],
    ['/traces/values', 'invalid-request', /field/],
    ['/traces/values?field=trace', 'invalid-request', /field/],
    ['/traces/values?field=model&q=cost>cheap', 'invalid-filter', /position 5/],
    ['/traces?cursor=x', 'invalid-cursor', /cursor/],
    ['/traces?project=', 'invalid-project', /printable/],
    [`/traces?project=${'x'.repeat(200)}`, 'invalid-project', /128/],
    [`/traces/${'x'.repeat(801)}`, 'invalid-request', /traceId/],
    ['/traces/nope/projects', 'trace-not-found', /"nope" in any project/],
    ['/traces/nope?project=shop', 'trace-not-found', /"nope" in project "shop"/],
    [`/traces/${TRACE}`, 'trace-not-found', /project "default"/],
    [`/traces/${TRACE}/spans/x?project=shop`, 'span-not-found', /span "x"/],
    ['/sessions/a%2Fb?project=shop', 'session-not-found', /session "a\/b"/],
    ['/sessions/nope/turns?limit=101', 'invalid-request', /limit/],
    ['/users/nope?project=shop', 'user-not-found', /user "nope"/],
    ['/nonsense', 'not-found', /GET \/api\/v1\/nonsense/],
  ])('%s returns %s', async (path, code, detail) => {
    expect(await getProblem(path)).toMatchObject({ code, detail: expect.stringMatching(detail) });
  });

  it('finds a trace by an id of 800 characters with slashes and quotes', async () => {
    const id = `run/'1'\\${'é'.repeat(792)}`;
    expect(id).toHaveLength(800);
    await server.engine.command(
      `INSERT INTO spans (project, trace_id, span_id, name, kind, otel_kind, status, start)
       SELECT 'shop', concat('run/\\'1\\'\\\\', repeat('é', 792)), 's', 'x', 'span', 'client', 'ok', '2026-11-20 10:00:00'`,
    );
    await insertRows(server.engine, sql`trace_id = ${id}`);
    expect(await getJson(`/traces/${encodeURIComponent(id)}?project=shop`)).toMatchObject({ traceId: id });
  });

  it('is rejected if a foreign host name resolves to this machine', async () => {
    const status = await new Promise((resolve, reject) => {
      httpRequest(`${server.url}/api/v1/projects`, { headers: { host: 'evil.example:4318' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});
