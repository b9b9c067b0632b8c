import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readServerSentEvents } from '../cli/server-sent-events.ts';
import { liveEvent, liveFinished, liveScores } from '../contract/live.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function listen(project: string, q = '') {
  const controller = new AbortController();
  const query = new URLSearchParams({ project, ...(q !== '' && { q }) });
  const response = await fetch(`${server.url}/api/v1/live?${query}`, { signal: controller.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('content-encoding')).toBeNull();
  const events = readServerSentEvents(response);
  const next = async (name: string): Promise<unknown> => {
    const { value } = await events.next();
    // Traces are reported as finished at times that depend on the machine.
    if (value?.event === 'finished' && name !== 'finished') return next(name);
    expect(value?.event).toBe(name);
    return JSON.parse(value?.data ?? '');
  };
  return {
    next: async () => liveEvent.parse(await next('spans')),
    nextFinished: async () => liveFinished.parse(await next('finished')),
    nextScores: async () => liveScores.parse(await next('scores')),
    stop: () => controller.abort(),
  };
}

async function score(project: string, scores: readonly Record<string, unknown>[]): Promise<void> {
  const answer = await fetch(`${server.url}/api/v1/scores?project=${project}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(scores),
  });
  expect(answer.status).toBe(200);
}

describe('the live tail with a filter', () => {
  it('sends the matching spans of a segment, and nothing for a segment without any', async () => {
    const [failed, all] = [await listen('filtered', 'status:error'), await listen('filtered')];
    await server.send('filtered', [rawSpan({ name: 'fine', spanId: '1'.repeat(16) })]);
    await all.next();
    await server.send('filtered', [
      rawSpan({ name: 'fine', spanId: '2'.repeat(16) }),
      rawSpan({ name: 'broken', spanId: '3'.repeat(16), statusCode: 'error' }),
    ]);
    const event = await failed.next();
    expect({ names: event.spans.map(({ name }) => name), more: event.more }).toEqual({
      names: ['broken'],
      more: 0,
    });
    failed.stop();
    all.stop();
  });

  it('rejects a filter that is not valid or that selects traces', async () => {
    for (const q of ['status:', 'errors>0']) {
      const response = await fetch(`${server.url}/api/v1/live?q=${encodeURIComponent(q)}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid-filter' });
    }
  });
});

describe('the live tail', () => {
  it('sends each client the spans of its project when they are readable', async () => {
    const [mine, yours] = [await listen('mine'), await listen('yours')];
    await server.send('mine', [
      rawSpan({ name: 'first' }),
      rawSpan({ name: 'second', spanId: 'c'.repeat(16) }),
    ]);
    await server.send('yours', [rawSpan({ name: 'other' })]);
    const event = await mine.next();
    expect(event.spans.map((span) => span.name).sort()).toEqual(['first', 'second']);
    expect(event).toMatchObject({ more: 0, spans: [{ traceId: 'a'.repeat(32), userId: null }, {}] });
    expect((await yours.next()).spans.map((span) => span.name)).toEqual(['other']);
    mine.stop();
    yours.stop();
  });

  it('sends a trace when it is finished, and again when it got spans later', async () => {
    const listener = await listen('finished');
    const started = { startTimeUnixNano: 1_795_000_000_000_000_000n };
    const root = rawSpan({ ...started, name: 'root', endTimeUnixNano: 1_795_000_002_000_000_000n });
    const child = (spanId: string) =>
      rawSpan({ ...started, spanId, parentSpanId: root.spanId, statusCode: 'error' });
    await server.send('finished', [root]);
    await listener.next();
    const trace = { traceId: root.traceId, name: 'root', durationMs: 2000, running: false };
    expect(await listener.nextFinished()).toEqual({
      traces: [expect.objectContaining({ ...trace, spanCount: 1, errorCount: 0, again: false })],
      more: 0,
    });
    await server.send('finished', [child('c'.repeat(16))]);
    await listener.next();
    expect(await listener.nextFinished()).toEqual({
      traces: [expect.objectContaining({ ...trace, spanCount: 2, errorCount: 1, again: true })],
      more: 0,
    });
    listener.stop();
  });

  it('sends at most 500 spans per event, and the number of omitted spans', async () => {
    const listener = await listen('many');
    const spans = Array.from({ length: 730 }, (_, index) =>
      rawSpan({
        spanId: String(index + 1).padStart(16, '0'),
        startTimeUnixNano: 1_795_000_000_000_000_000n + BigInt(index),
      }),
    );
    await server.send('many', spans);
    const event = await listener.next();
    expect(event.spans).toHaveLength(500);
    expect(event.more).toBe(230);
    // The newest spans, in the order of their start.
    expect(event.spans.at(-1)?.spanId).toBe(String(730).padStart(16, '0'));
    listener.stop();
  });

  it('sends the latest version of each score when it is readable, without long fields', async () => {
    const [judged, other] = [await listen('judged'), await listen('other')];
    const traceId = 'a'.repeat(32);
    await score('judged', [
      { traceId, name: 'tone', value: 'rude' },
      { traceId, name: 'tone', value: 'kind', comment: 'x'.repeat(1000), metadata: { judge: 1 } },
      { traceId, spanId: 'b'.repeat(16), name: 'recall', value: 0.5, label: 'fail', source: 'llm' },
      { sessionId: 'chat-1', name: 'solved', value: true, source: 'human' },
    ]);
    const event = await judged.nextScores();
    const absent = { label: null, unit: null, evaluator: null, id: expect.stringMatching(/^[0-9a-f]{32}$/) };
    const byName = event.scores.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect({ ...event, scores: byName }).toEqual({
      more: 0,
      scores: [
        {
          ...absent,
          name: 'recall',
          value: 0.5,
          label: 'fail',
          source: 'llm',
          traceId,
          spanId: 'b'.repeat(16),
          sessionId: null,
        },
        {
          ...absent,
          name: 'solved',
          value: true,
          source: 'human',
          traceId: null,
          spanId: null,
          sessionId: 'chat-1',
        },
        { ...absent, name: 'tone', value: 'kind', source: 'api', traceId, spanId: null, sessionId: null },
      ],
    });
    const answer = await fetch(`${server.url}/api/v1/scores?project=judged`);
    const { scores } = (await answer.json()) as { scores: { id: string }[] };
    expect(scores.map(({ id }) => id).sort()).toEqual(event.scores.map(({ id }) => id).sort());

    await score('other', [{ traceId, name: 'mine', value: 1 }]);
    expect((await other.nextScores()).scores.map(({ name }) => name)).toEqual(['mine']);
    judged.stop();
    other.stop();
  });

  it('sends at most 500 scores per event, and the number of omitted scores', async () => {
    const listener = await listen('many-scores');
    await score(
      'many-scores',
      Array.from({ length: 620 }, (_, index) => ({ traceId: 't', name: `score ${index}`, value: index })),
    );
    const { scores, more } = await listener.nextScores();
    expect([scores.length, more]).toEqual([500, 120]);
    listener.stop();
  });

  it('does not prevent the server from stopping', async () => {
    const other = await listen('open');
    await server.stop();
    await expect(other.next()).rejects.toThrow();
    server = await startTestServer();
  });
});
