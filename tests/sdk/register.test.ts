/** `node --import @throughline/sdk/register app.js`: programs that do not use the SDK, in ESM and CommonJS. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { INTEGRATIONS } from '../../packages/sdk/src/register/integrations.ts';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { createProviderServer } from './support.ts';

const modelServer = createProviderServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'throughline-register-'));

beforeAll(async () => {
  models = await modelServer.listen(0);
  server = await startTestServer();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.stop();
  await models?.close();
});

const REGISTER = pathToFileURL(join(import.meta.dirname, '../../packages/sdk/src/register.ts')).href;

function run(app: string, env: Record<string, string> = {}) {
  return promisify(execFile)(
    process.execPath,
    ['--conditions=throughline-source', '--disable-warning=ExperimentalWarning', '--import', REGISTER, app],
    {
      env: {
        PATH: process.env.PATH,
        MODELS_URL: models.url,
        THROUGHLINE_URL: server.url,
        THROUGHLINE_PROJECT: server.project,
        ...env,
      },
    },
  );
}

it.each(['openai-app.mjs', 'openai-app.cjs'])('%s is traced, with usage and cost', async (app) => {
  const serviceName = app.replace('.', '-');
  const { stdout, stderr } = await run(join(import.meta.dirname, 'apps', app), {
    OTEL_SERVICE_NAME: serviceName,
  });
  expect(stdout).toBe('Paris is the capital of France. true function\n');
  expect(stderr).toBe('');
  const trace = await waitFor(`a trace of ${serviceName}`, async () => {
    const found = (await server.listTraces(20)).find(({ services }) => services.includes(serviceName));
    return found && server.getTrace(found.traceId, 1);
  });
  expect(trace.spans).toHaveLength(1);
  const span = await server.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    name: 'chat gpt-4o',
    provider: 'openai',
    model: 'gpt-4o',
    inputTokens: 9,
    outputTokens: 8,
    finishReasons: ['stop'],
    status: 'unset',
  });
  expect(span.costUsd).toBeCloseTo(priceOf('gpt-4o', { input: 9, output: 8 }), 12);
});

it.each(['all-providers.mjs', 'all-providers.cjs'])('%s: every provider is traced, once', async (app) => {
  const serviceName = app.replace('.', '-');
  const { stderr } = await run(join(import.meta.dirname, 'apps', app), { OTEL_SERVICE_NAME: serviceName });
  expect(stderr).toBe('');
  const traces = await waitFor(`six traces of ${serviceName}`, async () => {
    const found = (await server.listTraces(50)).filter(({ services }) => services.includes(serviceName));
    return found.length >= 6 ? found : undefined;
  });
  expect(traces.map(({ name, models, spanCount }) => [name, models, spanCount]).sort()).toEqual([
    ['chat amazon.nova-pro-v1:0', ['amazon.nova-pro-v1:0'], 1],
    ['chat claude-sonnet-4-20250514', ['claude-sonnet-4-20250514'], 1],
    ['chat command-r-plus', ['command-r-plus'], 1],
    ['chat command-r-plus', ['command-r-plus'], 1],
    ['chat mistral-large-2411', ['mistral-large-2411'], 1],
    ['generate_content gemini-2.5-flash', ['gemini-2.5-flash'], 1],
  ]);
  for (const { costUsd } of traces) expect(costUsd).toBeGreaterThan(0);
});

it('an unsupported version is reported once and not traced', async () => {
  const pkg = join(folder, 'node_modules/openai');
  mkdirSync(pkg, { recursive: true });
  writeFileSync(join(pkg, 'package.json'), '{ "name": "openai", "version": "3.3.0", "main": "index.js" }');
  writeFileSync(
    join(pkg, 'index.js'),
    'exports.OpenAI = class { static Chat = { Completions: class { create() { return 1; } } } };',
  );
  const app = join(folder, 'app.mjs');
  writeFileSync(
    app,
    `import { OpenAI } from 'openai';
     import { createRequire } from 'node:module';
     createRequire(import.meta.url)('openai');
     console.log(new OpenAI.Chat.Completions().create());`,
  );
  const { stdout, stderr } = await run(app);
  expect(stdout).toBe('1\n');
  expect(stderr).toBe(
    '[throughline] openai 3.3.0 is not traced: this SDK supports the versions >=6.0.0 <8.0.0\n',
  );
});

it('the next major version of every package is reported once and not traced', async () => {
  const apart = join(folder, 'next-majors');
  const imports: string[] = [];
  const expected: string[] = [];
  for (const { package: name, modules = [name], supported, patch } of INTEGRATIONS) {
    if (patch === undefined) continue;
    const pkg = join(apart, 'node_modules', name);
    mkdirSync(pkg, { recursive: true });
    writeFileSync(
      join(pkg, 'package.json'),
      JSON.stringify({ name, version: '99.0.0', exports: { './*': './index.js', '.': './index.js' } }),
    );
    writeFileSync(join(pkg, 'index.js'), 'exports.query = () => 1;');
    imports.push(`import ${JSON.stringify(modules[0])};`);
    expected.push(`[throughline] ${name} 99.0.0 is not traced: this SDK supports the versions ${supported}`);
  }
  const app = join(apart, 'app.mjs');
  writeFileSync(app, imports.join('\n'));
  const { stderr } = await run(app);
  expect(stderr.trim().split('\n').sort()).toEqual(expected.sort());
  expect(expected.length).toBeGreaterThan(17);
});

it('packages can be excluded by name', async () => {
  const { stdout } = await run(join(import.meta.dirname, 'apps/openai-app.mjs'), {
    THROUGHLINE_INSTRUMENTATIONS: '-openai',
    OTEL_SERVICE_NAME: 'left-out',
  });
  expect(stdout).toContain('Paris');
  const traces = await server.listTraces(20);
  expect(traces.some(({ services }) => services.includes('left-out'))).toBe(false);
});
