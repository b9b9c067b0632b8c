/**
 * The SDKs of Langfuse, LangSmith and Braintrust for Python, with nothing changed but the address. Each test runs if
 * `python3` has the package, in whichever version: put the `bin` folder of a virtual environment first in PATH.
 */
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

const run = promisify(execFile);
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer('shop');
});
afterAll(() => server?.stop());

const has = (name: string): boolean => spawnSync('python3', ['-c', `import ${name}`]).status === 0;
const program = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));

/** Traces of earlier tests. */
const seen = new Set<string>();

/** Every program records the same: a root `support` with a retriever or span and a model call below it, and a score. */
async function expectTrace(): Promise<void> {
  const trace = await waitFor('the complete trace', async () => {
    const newest = (await server.listTraces(10)).find(({ traceId }) => !seen.has(traceId));
    if (newest === undefined) return undefined;
    const found = await server.getTrace(newest.traceId, 3);
    for (const span of found.spans) expect(span.durationMs).not.toBeNull();
    expect(found.scores.map(({ name, value }) => [name, value])).toEqual([['helpful', 0.9]]);
    expect(found.outputPreview).toBe('It arrives on Monday.');
    return found;
  });
  seen.add(trace.traceId);
  expect(trace).toMatchObject({ name: 'support', sessionId: 'visit-1', inputTokens: 1000, outputTokens: 50 });
  const [root] = trace.spans.filter(({ parentSpanId }) => parentSpanId === null);
  const steps = trace.spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId);
  expect(steps.map(({ name }) => name).sort()).toEqual(['find_order', 'model']);
  expect(await server.findSpan(trace, ({ kind }) => kind === 'llm')).toMatchObject({
    name: 'model',
    model: 'gpt-4o',
    cacheReadTokens: 300,
    costUsd: priceOf('gpt-4o', { input: 1000, cacheRead: 300, output: 50 }),
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Where is order 7?' }] }],
    outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'It arrives on Monday.' }] }],
  });
}

for (const name of ['langfuse', 'langsmith', 'braintrust']) {
  const isInstalled = has(name);
  if (!isInstalled) console.warn(`The Python SDK ${name} is skipped: python3 does not have it.`);
  test.skipIf(!isInstalled)(`the Python SDK ${name} records a trace`, async () => {
    await run('python3', [program(`${name}_app.py`), server.url], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await expectTrace();
  });
}
