import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Score } from '../contract/score.ts';
import { scoreList } from '../contract/score.ts';
import type { SpanDetail } from '../contract/span.ts';
import { spanDetail } from '../contract/span.ts';
import type { Trace } from '../contract/trace.ts';
import { trace } from '../contract/trace.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const ORIGIN = 'https://chat.example';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { corsOrigins: [ORIGIN] } });
});
afterAll(() => server.stop());

const post = (body: unknown, headers: Record<string, string> = {}, project = 'scores') =>
  fetch(`${server.url}/api/v1/scores?project=${project}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function list(
  query: string,
  project = 'scores',
): Promise<{ scores: Score[]; nextCursor: string | null }> {
  const response = await fetch(`${server.url}/api/v1/scores?project=${project}&${query}`);
  expect(response.status).toBe(200);
  return scoreList.parse(await response.json());
}

/** Waits until the list has `count` scores, and returns them. */
const listed = (query: string, count: number, project?: string): Promise<Score[]> =>
  waitFor(`${count} scores of ${query}`, async () => {
    const { scores } = await list(query, project);
    return scores.length === count && scores;
  });

describe('POST /scores', () => {
  test('keeps every field of a score, and the type of its value', async () => {
    const before = Date.now();
    const response = await post([
      {
        traceId: 'A'.repeat(32),
        spanId: 'B'.repeat(16),
        name: 'faithfulness',
        value: 0.82,
        label: 'mostly',
        unit: 'ratio',
        source: 'llm',
        evaluator: 'judge-1',
        comment: 'The second claim is not in the documents.',
        metadata: { claims: 3, nested: { deep: [1, null, 'x'] } },
        createdAt: '2026-11-20T10:00:00.123456789Z',
      },
      { traceId: 'a'.repeat(32), name: 'helpful', value: true },
      { sessionId: 'chat 7', name: 'mood', value: 'angry', source: 'human' },
    ]);
    expect(response.status).toBe(200);
    const { scores: ids } = (await response.json()) as { scores: { id: string }[] };
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3);
    const [faithfulness] = await listed('name=faithfulness', 1);
    const { updatedAt, ...rest } = faithfulness as Score;
    expect(rest).toEqual({
      id: ids[0]?.id,
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      sessionId: null,
      name: 'faithfulness',
      value: 0.82,
      label: 'mostly',
      unit: 'ratio',
      source: 'llm',
      evaluator: 'judge-1',
      comment: 'The second claim is not in the documents.',
      metadata: { claims: 3, nested: { deep: [1, null, 'x'] } },
      createdAt: '2026-11-20T10:00:00.123456789Z',
    });
    expect(Date.parse(updatedAt)).toBeGreaterThanOrEqual(before - 1);
    const [helpful] = await listed('name=helpful', 1);
    expect(helpful).toMatchObject({ value: true, spanId: null, source: 'api', label: null, metadata: null });
    const [mood] = await listed('sessionId=chat%207', 1);
    expect(mood).toMatchObject({ value: 'angry', traceId: null, sessionId: 'chat 7', source: 'human' });
  });

  test('treats null as an absent field', async () => {
    const nulls = {
      spanId: null,
      sessionId: null,
      label: null,
      unit: null,
      evaluator: null,
      createdAt: null,
    };
    const score = {
      id: null,
      traceId: 'nulls',
      name: 'n',
      value: 3,
      source: null,
      comment: null,
      metadata: null,
    };
    expect((await post({ ...score, ...nulls })).status).toBe(200);
    const [found] = await listed('traceId=nulls', 1);
    expect(found).toMatchObject({ value: 3, source: 'api', comment: null, metadata: null, label: null });
  });

  test('a score with the same target, name, source and evaluator replaces the earlier one and keeps its creation time', async () => {
    const target = { traceId: 'upsert', name: 'correct', source: 'code', evaluator: 'regex' };
    await post({ ...target, value: false });
    const [first] = await listed('traceId=upsert', 1);
    await post({ ...target, value: true, comment: 'after the fix' });
    await post({ ...target, value: false, evaluator: 'another' });
    const scores = await listed('traceId=upsert', 2);
    const second = scores.find(({ evaluator }) => evaluator === 'regex');
    expect(second).toMatchObject({ id: first?.id, value: true, comment: 'after the fix' });
    expect(second?.createdAt).toBe(first?.createdAt);
    expect((second?.updatedAt ?? '') > (first?.updatedAt ?? '')).toBe(true);
  });

  test('a score that is replaced before it is readable keeps its creation too', async () => {
    const score = { traceId: 'quickly', name: 'correct' };
    await Promise.all([post({ ...score, value: 1 }), post({ ...score, value: 2 })]);
    await post({ ...score, value: 3 });
    const [found] = await waitFor('the last value', async () => {
      const { scores } = await list('traceId=quickly');
      return scores[0]?.value === 3 ? scores : undefined;
    });
    const { createdAt, updatedAt } = found as Score;
    expect(createdAt < updatedAt).toBe(true);
    // It is found by its creation, and not by its change.
    const at = (from: string, to: string) => list(`traceId=quickly&from=${from}&to=${to}`);
    const year = (await at('2020-01-01T00:00:00Z', updatedAt)).scores;
    expect(year.map(({ value }) => value)).toEqual([3]);
    expect((await at(updatedAt, '2200-01-01T00:00:00Z')).scores).toEqual([]);
    await post({ ...score, value: 4, createdAt: '2019-05-05T00:00:00Z' });
    await waitFor('the time that was given', async () =>
      (await list('traceId=quickly')).scores[0]?.createdAt === '2019-05-05T00:00:00.000000000Z'
        ? true
        : undefined,
    );
  });

  test('a score with the id of an earlier one replaces it, even if its name differs', async () => {
    await post({ id: 'mine', traceId: 'by-id', name: 'draft', value: 1 });
    await listed('traceId=by-id', 1);
    await post({ id: 'mine', traceId: 'by-id', name: 'final', value: 2 });
    const [score] = await waitFor('the score with its new name', async () => {
      const { scores } = await list('traceId=by-id');
      return scores[0]?.name === 'final' && scores;
    });
    expect(score).toMatchObject({ id: 'mine', name: 'final', value: 2 });
  });

  test('if a list contains the same score twice, the later one is kept', async () => {
    await post([
      { traceId: 'twice', name: 'n', value: 1 },
      { traceId: 'twice', name: 'n', value: 2 },
    ]);
    const [score] = await listed('traceId=twice', 1);
    expect(score?.value).toBe(2);
  });

  test.each([
    ['no target', { name: 'n', value: 1 }, /either traceId or sessionId/],
    ['two targets', { traceId: 't', sessionId: 's', name: 'n', value: 1 }, /either traceId or sessionId/],
    [
      'a span without its trace',
      { sessionId: 's', spanId: 's', name: 'n', value: 1 },
      /spanId requires traceId/,
    ],
    ['no name', { traceId: 't', value: 1 }, /name/],
    ['no value', { traceId: 't', name: 'n' }, /value/],
    ['an unknown field', { traceId: 't', name: 'n', value: 1, scroe: 2 }, /scroe/],
    ['an invalid time', { traceId: 't', name: 'n', value: 1, createdAt: 'now' }, /ISO 8601/],
    ['an empty list', [], /./],
    [
      'a list of more than 1,000',
      Array.from({ length: 1001 }, () => ({ traceId: 't', name: 'n', value: 1 })),
      /1000/,
    ],
    ['large metadata', { traceId: 't', name: 'n', value: 1, metadata: { x: 'x'.repeat(70_000) } }, /64 kB/],
  ])('rejects %s', async (_what, body, detail) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid-request',
      detail: expect.stringMatching(detail),
    });
  });

  test('rejects a body that is too large', async () => {
    const response = await post({ traceId: 't', name: 'n', value: 1, comment: 'x'.repeat(5 << 20) });
    expect([response.status, await response.json()]).toEqual([
      413,
      expect.objectContaining({ code: 'body-too-large' }),
    ]);
  });

  test('metadata nested 5,000 levels deep is rejected, 32 levels are accepted', async () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const send = (depth: number) =>
      fetch(`${server.url}/api/v1/scores?project=scores`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"traceId":"deep","name":"n","value":1,"metadata":${nested(depth)}}`,
      });
    const refused = await send(5000);
    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'malformed-body', detail: expect.stringContaining('64 levels') }),
    ]);
    expect((await send(32)).status).toBe(200);
  });

  test('a metadata key such as __proto__ changes no prototype', async () => {
    const response = await fetch(`${server.url}/api/v1/scores`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"traceId":"t","name":"n","value":1,"metadata":{"__proto__":{"polluted":true}}}',
    });
    expect(response.status).toBe(400);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('GET /scores', () => {
  test('returns every score exactly once over several pages, the latest first', async () => {
    for (let batch = 0; batch < 3; batch++)
      await post(
        Array.from({ length: 5 }, (_, index) => ({ traceId: `t${batch}`, name: `n${index}`, value: index })),
        {},
        'paged',
      );
    await listed('limit=100', 15, 'paged');
    const seen: Score[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { scores: Score[]; nextCursor: string | null } = await list(
        `limit=4${cursor ? `&cursor=${cursor}` : ''}`,
        'paged',
      );
      seen.push(...page.scores);
      cursor = page.nextCursor;
    }
    expect(seen.map(({ traceId }) => traceId)).toEqual([
      ...Array(5).fill('t2'),
      ...Array(5).fill('t1'),
      ...Array(5).fill('t0'),
    ]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(15);
  });

  test('does not return scores of other projects', async () => {
    expect(await list('', 'other')).toEqual({ scores: [], nextCursor: null });
  });

  test.each(['nonsense', Buffer.from('["-updatedAt","1.5","x"]').toString('base64url')])(
    'rejects the cursor %s',
    async (cursor) => {
      const response = await fetch(`${server.url}/api/v1/scores?cursor=${cursor}`);
      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({ code: 'invalid-cursor' }),
      ]);
    },
  );
});

describe('scores of a trace', () => {
  const spans = [
    rawSpan({ traceId: '1'.repeat(32), spanId: '1'.repeat(16) }),
    rawSpan({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), parentSpanId: '1'.repeat(16) }),
  ];

  test('are part of the list, the trace and their span, even if they arrived before the trace', async () => {
    await post(
      [
        { traceId: '1'.repeat(32), spanId: '2'.repeat(16), name: 'relevance', value: 0.5, source: 'llm' },
        { traceId: '1'.repeat(32), name: 'thumb', value: true, source: 'human' },
      ],
      {},
      'judged',
    );
    await server.send('judged', spans);
    await listed('', 2, 'judged');
    const get = async <Body>(path: string): Promise<Body> =>
      (await fetch(`${server.url}/api/v1${path}?project=judged`)).json() as Promise<Body>;
    const thumb = {
      name: 'thumb',
      value: true,
      label: null,
      unit: null,
      spanId: null,
      source: 'human',
      evaluator: null,
    };
    const relevance = { ...thumb, name: 'relevance', value: 0.5, spanId: '2'.repeat(16), source: 'llm' };
    const { traces } = await get<{ traces: Trace[] }>('/traces');
    expect(traces.map(({ scores }) => scores)).toEqual([[thumb, relevance]]);
    const found = trace.parse(await get(`/traces/${'1'.repeat(32)}`));
    expect(found.scores).toEqual([thumb, relevance]);
    const child = spanDetail.parse(
      await get<SpanDetail>(`/traces/${'1'.repeat(32)}/spans/${'2'.repeat(16)}`),
    );
    expect(child.scores).toEqual([
      expect.objectContaining({ ...relevance, traceId: '1'.repeat(32), comment: null }),
    ]);
    const root = await get<SpanDetail>(`/traces/${'1'.repeat(32)}/spans/${'1'.repeat(16)}`);
    expect(root.scores).toEqual([]);
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string) =>
    fetch(`${server.url}/api/v1/scores`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'sec-fetch-site': 'cross-site' },
    });

  test('may send scores if their origin is configured', async () => {
    const asked = await preflight(ORIGIN);
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
    expect(asked.headers.get('access-control-allow-headers')).toBe(
      'authorization, content-type, x-api-key, x-throughline-project',
    );
    const score = { traceId: 'cors', name: 'thumb', value: true, source: 'human' };
    const sent = await post(score, { origin: ORIGIN, 'sec-fetch-site': 'cross-site' });
    expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([200, ORIGIN]);
  });

  test('may not send scores if their origin is not configured', async () => {
    const asked = await preflight('https://evil.example');
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    const score = { traceId: 'cors', name: 'evil', value: true };
    const sent = await post(score, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });

  test('may never read data', async () => {
    const response = await fetch(`${server.url}/api/v1/scores`, { headers: { origin: ORIGIN } });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });
});

test('the OpenAPI document describes the routes', async () => {
  const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { requestBody?: unknown }>>;
  };
  const path = document.paths['/api/v1/scores'];
  expect(Object.keys(path ?? {}).sort()).toEqual(['get', 'post']);
  expect(JSON.stringify(path?.post?.requestBody)).toContain('"traceId"');
});

describe('the list of scores', () => {
  test('can be filtered by value and sorted by it, and pages leave nothing out', async () => {
    const traceId = 'f'.repeat(32);
    const values = [0.5, 0.1, 0.9, true, false, 'pass', 'fail'];
    await post(
      values.map((value, index) => ({ traceId, name: `s${index}`, value })),
      {},
      'values',
    );
    await listed('limit=100', values.length, 'values');
    const valuesOf = async (query: string) => {
      const found: Score[] = [];
      let cursor = '';
      do {
        const page = await list(`${query}&limit=2${cursor}`, 'values');
        found.push(...page.scores);
        cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
      } while (cursor !== '');
      return found.map(({ value }) => value);
    };
    expect(await valuesOf('value=pass')).toEqual(['pass']);
    expect(await valuesOf('value=true')).toEqual([true]);
    expect(await valuesOf('min=0.2&max=0.9&sort=value')).toEqual([0.5, 0.9]);
    const descending = await valuesOf('sort=-value');
    expect(descending.slice(0, 5)).toEqual([true, 0.9, 0.5, 0.1, false]);
    expect(descending.slice(5).sort()).toEqual(['fail', 'pass']);
    expect((await valuesOf('sort=value')).slice(0, 5)).toEqual([false, 0.1, 0.5, 0.9, true]);
    expect(await valuesOf('sort=updatedAt')).toHaveLength(values.length);
    const empty = await fetch(`${server.url}/api/v1/scores?project=values&min=`);
    expect(empty.status).toBe(400);
  });
});
