/** The core of the SDK with a running server, whose API returns the data. */
import {
  agent,
  flush,
  type InitOptions,
  init,
  markUsed,
  retriever,
  score,
  shutdown,
  startSpan,
  startTrace,
  stats,
  tool,
  withContext,
} from '@throughline/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer('sdk');
});
afterEach(() => shutdown());
afterAll(() => server?.stop());

function start(options: InitOptions = {}): void {
  init({ endpoint: server.url, project: 'sdk', serviceName: 'assistant', environment: 'test', ...options });
}

const search = retriever(
  async (query: string) => [{ id: 'refunds.md', text: `About ${query}`, score: 0.9 }],
  {
    name: 'search',
  },
);
const weather = tool((args: { city: string }) => ({ degrees: args.city.length }), { name: 'weather' });

describe('the SDK', () => {
  test('an agent with its steps is one tree, with kinds, usage, cost, context and content', async () => {
    start();
    let traceId = '';
    const answer = agent(
      async function answer(question: string) {
        const documents = await search(question);
        markUsed(documents);
        weather({ city: 'Oslo' });
        const model = startSpan('chat gpt-4o', {
          kind: 'llm',
          provider: 'openai',
          model: 'gpt-4o',
          inputMessages: [{ role: 'user', parts: [{ type: 'text', content: question }] }],
        });
        traceId = model.traceId;
        model.markFirstToken();
        model.update({
          usage: { inputTokens: 1_000, outputTokens: 200 },
          outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'Thirty days.' }] }],
        });
        model.end();
        return 'Thirty days.';
      },
      { name: 'answer' },
    );
    await withContext({ userId: 'ann', sessionId: 's1', feature: 'help', tags: ['beta'] }, () =>
      answer('refunds'),
    );
    expect(await flush()).toBe(true);
    expect(stats()).toMatchObject({ sent: 4, waiting: 0 });

    const trace = await server.getTrace(traceId, 4);
    expect(trace).toMatchObject({
      name: 'answer',
      userId: 'ann',
      sessionId: 's1',
      feature: 'help',
      inputTokens: 1_000,
    });
    expect(trace.costUsd).toBeCloseTo(0.0045, 6);
    expect(trace.spans.map(({ name, kind }) => [name, kind]).sort()).toEqual([
      ['answer', 'agent'],
      ['chat gpt-4o', 'llm'],
      ['search', 'retriever'],
      ['weather', 'tool'],
    ]);
    const model = await server.findSpan(trace, ({ kind }) => kind === 'llm');
    expect(model.outputMessages).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Thirty days.' }] },
    ]);
    expect(model.environment).toBe('test');
    const found = await server.findSpan(trace, ({ kind }) => kind === 'retriever');
    expect(found.documents).toMatchObject([{ id: 'refunds.md', content: 'About refunds', score: 0.9 }]);
    expect(await server.getTextTree(traceId)).toContain('└─ chat gpt-4o');
  });

  test('a long trace is visible while it runs, and is replaced when it ends', async () => {
    start({ running: { afterMs: 30 } });
    const root = startTrace('nightly import', { kind: 'agent', input: 'all' });
    const running = await server.getTrace(root.traceId, 1);
    expect(running.spans).toMatchObject([{ spanId: root.spanId, durationMs: null }]);
    root.update({ output: 'done' }).end();
    await flush();
    const ended = await waitFor('the end', async () => {
      const trace = await server.getTrace(root.traceId, 1);
      return trace.spans[0]?.durationMs === null ? undefined : trace;
    });
    expect(ended.spans).toHaveLength(1);
    expect((await server.findSpan(ended, () => true)).output).toMatchObject({ text: 'done' });
  });

  test('scores of a span, a trace and a session arrive', async () => {
    start();
    const root = startTrace('judged');
    root.run(() => {
      score('trace', 'helpful', true, { source: 'human', comment: 'solved it' });
      score('span', 'relevance', 0.8, { evaluator: 'overlap', metadata: { words: 3 } });
    });
    root.end();
    score({ sessionId: 'chat 9' }, 'mood', 'calm');
    expect(await flush()).toBe(true);
    expect(stats()).toMatchObject({ sent: 4, dropped: { refused: 0 } });
    const scores = await waitFor('three scores', async () => {
      const response = await fetch(`${server.url}/api/v1/scores?project=sdk`);
      const body = (await response.json()) as { scores: { name: string }[] };
      return body.scores.length === 3 ? body.scores : undefined;
    });
    expect(scores.toSorted((a, b) => a.name.localeCompare(b.name))).toMatchObject([
      {
        name: 'helpful',
        value: true,
        traceId: root.traceId,
        spanId: null,
        source: 'human',
        comment: 'solved it',
      },
      { name: 'mood', value: 'calm', sessionId: 'chat 9', traceId: null, source: 'code' },
      { name: 'relevance', value: 0.8, spanId: root.spanId, evaluator: 'overlap', metadata: { words: 3 } },
    ]);
  });

  test('unsampled traces are counted', async () => {
    start({ sampling: { features: { bulk: 0 } } });
    for (let i = 0; i < 5; i++)
      withContext({ feature: 'bulk' }, () => startTrace('job').startSpan('step').end());
    expect(await flush()).toBe(true);
    const series = await waitFor('the counters', async () => {
      const response = await fetch(`${server.url}/api/v1/otel-metrics?project=sdk`);
      const body = (await response.json()) as { series: { name: string }[] };
      return body.series.length === 2 ? body.series : undefined;
    });
    expect(series.map(({ name }) => name).sort()).toEqual([
      'throughline.sdk.unsampled.spans',
      'throughline.sdk.unsampled.traces',
    ]);
  });
});
