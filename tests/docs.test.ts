import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestModelServer } from './support/model-server.ts';
import { writeSnippet } from './support/snippets.ts';
import { startTestServer, type TestServer } from './support/start-server.ts';
import { waitFor } from './support/wait-for.ts';

/*
 * The snippets of the guide run as printed: a block after `<!-- test: name -->` is written to a new file of that name. The
 * address of the server is set through the environment, or replaces the default one.
 */
const guide = fileURLToPath(new URL('../docs/getting-started.md', import.meta.url));
const run = promisify(execFile);

let throughline: TestServer;
let models: Awaited<ReturnType<ReturnType<typeof createTestModelServer>['listen']>>;
let folder: string;

beforeAll(async () => {
  throughline = await startTestServer('my-app');
  models = await createTestModelServer().listen(0);
  folder = await mkdtemp(fileURLToPath(new URL('.snippet-', import.meta.url)));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await models.close();
  await throughline.stop();
});

const snippet = (name: string) => writeSnippet(guide, name, folder, throughline.url);

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_OPTIONS: '',
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: `${models.url}/v1`,
    OTEL_EXPORTER_OTLP_ENDPOINT: throughline.url,
  };
}

async function newestTrace(name: string) {
  return waitFor(`the trace ${name}`, async () =>
    (await throughline.listTraces(10)).find((trace) => trace.name === name),
  );
}

it('a trace sent with curl is accepted and can be read', async () => {
  const { stdout } = await run('bash', [await snippet('curl.sh')]);
  expect(JSON.parse(stdout)).toEqual({});
  expect(await newestTrace('chat gpt-4o-mini')).toMatchObject({
    traceId: '5b8efff798038103d269b633813fc60c',
    durationMs: 750,
    inputTokens: 12,
    outputTokens: 5,
    models: ['gpt-4o-mini'],
    inputPreview: 'Say hello.',
    outputPreview: 'Hello!',
  });
  expect(await throughline.getTextTree('5b8efff798038103d269b633813fc60c')).toBe(
    'chat gpt-4o-mini   750 ms   <$0.0001   17 tok  gpt-4o-mini\n',
  );
});

it('a price is set as the guide about prices shows', async () => {
  const prices = fileURLToPath(new URL('../docs/prices.md', import.meta.url));
  const { stdout } = await run('bash', [await writeSnippet(prices, 'prices.sh', folder, throughline.url)]);
  expect(JSON.parse(stdout)).toMatchObject({
    model: 'acme-*',
    usdPerMillion: { input: 3, cachedInput: 0.3, output: 15 },
    tiers: [{ aboveInputTokens: 200_000, input: 6, output: 22.5 }],
    serviceTiers: { batch: 0.5 },
    from: '2026-01-01T00:00:00.000000000Z',
  });
});

it('the Node program sends its model call', async () => {
  const { stdout } = await run(process.execPath, [await snippet('node-openai.mjs')], { env: environment() });
  const trace = await newestTrace('OpenAI Chat Completions');
  expect(trace).toMatchObject({
    services: ['my-service'],
    inputPreview: 'Say hello.',
    outputPreview: stdout.trim(),
    costIncomplete: false,
  });
  expect(trace.costUsd).toBeGreaterThan(0);
});

const python = ['openai', 'opentelemetry.sdk', 'openinference.instrumentation.openai'];
const hasPython = spawnSync('python3', ['-c', `import ${python.join(', ')}`]).status === 0;
if (!hasPython)
  console.warn(`The Python snippet is skipped: python3 with ${python.join(', ')} is not installed.`);

it.skipIf(!hasPython)('the Python program sends its model call', async () => {
  const { stdout } = await run('python3', [await snippet('python_openai.py')], { env: environment() });
  const trace = await newestTrace('ChatCompletion');
  expect(trace).toMatchObject({
    services: ['my-service'],
    inputPreview: 'Say hello.',
    outputPreview: stdout.trim(),
  });
});
