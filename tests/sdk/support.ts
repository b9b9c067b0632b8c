import { createModelServer, when } from '@throughline/example-model-server';
import { init, shutdown, startSpan } from '@throughline/sdk';
import { InMemoryExporter, type RecordedSpan } from '@throughline/sdk/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';

/** Responses and failures that the tests of all providers share. */
export function createProviderServer() {
  return createModelServer({
    scripts: [
      when({ user: 'limit me' }, { fault: { kind: 'status', status: 429, retryAfterSeconds: 30 } }),
      when(
        { user: 'stumble' },
        { text: 'one two three four', fault: { kind: 'stream-error', afterChunks: 3 } },
      ),
      when(
        { user: 'hang up' },
        { text: 'one two three four', fault: { kind: 'disconnect', afterChunks: 3 } },
      ),
      when({ user: 'slowly' }, { text: 'Slow and steady.', firstTokenMs: 60, tokenMs: 5 }),
      when({ user: 'endless' }, { text: 'word '.repeat(500), tokenMs: 2 }),
      when({ user: 'capital of France' }, { text: 'Paris is the capital of France.' }),
      when({ user: /^city \d+$/ }, (request) => ({
        text: `This is about ${request.turns.at(-1)?.text}.`,
        firstTokenMs: Number(/\d+/.exec(request.turns.at(-1)?.text ?? '')?.[0]) % 7,
      })),
    ],
  });
}

/** Starts the model server for the tests of a file, and restarts tracing for each test. Gives access to the spans. */
export function useProviderServer() {
  const modelServer = createProviderServer();
  const spans = new InMemoryExporter();
  let listening: Awaited<ReturnType<typeof modelServer.listen>> | undefined;
  beforeAll(async () => {
    listening = await modelServer.listen(0);
  });
  afterAll(() => listening?.close());
  beforeEach(() => {
    spans.clear();
    init({ exporter: spans });
  });
  afterEach(() => shutdown());
  return {
    modelServer,
    spans,
    models: {
      /** Set while the tests run. */
      get url(): string {
        return listening?.url ?? '';
      },
    },
  };
}

/** Makes the next request with this text fail in a way that clients retry. */
export function hiccupOnce(server: ReturnType<typeof createProviderServer>): void {
  server.addScript(
    when({ user: 'hiccup', times: 1 }, { fault: { kind: 'status', status: 503, retryAfterSeconds: 0 } }),
  );
}

/** Converts to plain data without classes, as a reader of a chunk sees it. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

export async function readAll<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** Removes attributes that differ between runs. */
export function facts(span: RecordedSpan | undefined): Record<string, unknown> {
  return { name: span?.name, kind: span?.kind, status: span?.status, ...span?.attributes };
}

/** The only message of a response. */
export function answerOf(span: RecordedSpan | undefined): unknown {
  return JSON.parse(String(span?.attributes['gen_ai.output.messages']));
}

export function questionOf(span: RecordedSpan | undefined): unknown {
  return JSON.parse(String(span?.attributes['gen_ai.input.messages']));
}

const PARALLEL_CALLS = 10;

/** Sends many questions at once, each below its own span, and expects every call below its own with its own answer. */
export async function expectCallsApart(
  spans: InMemoryExporter,
  ask: (question: string) => Promise<unknown>,
): Promise<void> {
  const parents = await Promise.all(
    Array.from({ length: PARALLEL_CALLS }, async (_, index) => {
      const parent = startSpan(`parent ${index}`);
      await parent.run(() => ask(`city ${index}`));
      parent.end();
      return parent.spanId;
    }),
  );
  const calls = spans.filter({ kind: 'llm' });
  expect(calls).toHaveLength(PARALLEL_CALLS);
  for (const [index, parentSpanId] of parents.entries()) {
    const call = calls.find((one) => one.parentSpanId === parentSpanId);
    expect(questionOf(call)).toMatchObject([{ parts: [{ content: `city ${index}` }] }]);
    expect(answerOf(call)).toMatchObject([{ parts: [{ content: `This is about city ${index}.` }] }]);
  }
}
