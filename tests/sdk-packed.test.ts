/** The SDK as it is published: its package is installed into an empty folder, as docs/sdk.md explains. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { EdgeVM } from '@edge-runtime/vm';
import { build } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestModelServer } from './support/model-server.ts';
import { writeSnippet } from './support/snippets.ts';
import { startTestServer, type TestServer } from './support/start-server.ts';
import { waitFor } from './support/wait-for.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const guide = join(root, 'docs/sdk.md');
const readme = join(root, 'packages/sdk/README.md');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const run = promisify(execFile);

let throughline: TestServer;
let models: Awaited<ReturnType<ReturnType<typeof createTestModelServer>['listen']>>;
/** Contains `throughline`, which is the clone, and `rag`, which the guide creates. */
let desk: string;
let rag: string;

const environment = () => ({
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
  HOME: process.env.HOME ?? desk,
  OPENAI_API_KEY: 'any',
  OPENAI_BASE_URL: `${models.url}/v1`,
  THROUGHLINE_URL: throughline.url,
});

beforeAll(async () => {
  [throughline, models] = await Promise.all([startTestServer('my-app'), createTestModelServer().listen(0)]);
  desk = await mkdtemp(join(tmpdir(), 'throughline-desk-'));
  rag = join(desk, 'rag');
  await symlink(root, join(desk, 'throughline'));
  // The same steps as `npm run build` for the two packages.
  await run(process.execPath, [join(root, 'node_modules/.bin/tsc'), '--build', 'packages/spans'], {
    cwd: root,
  });
  await run(process.execPath, ['packages/sdk/build.mjs'], { cwd: root });
  const script = await writeSnippet(guide, 'install.sh', desk, throughline.url);
  // npm settings of the user, without those that npm sets for child processes of this test.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config)_/.test(name));
  const options = { npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' };
  const env = { ...Object.fromEntries(own), ...environment(), ...options, NODE_OPTIONS: '' };
  await run('bash', ['-e', script], { cwd: desk, env });
});
afterAll(async () => {
  await rm(desk, { recursive: true, force: true });
  await models?.close();
  await throughline?.stop();
});

/** The only trace of that name in a project, complete, as span names with the names of their parents. */
async function treeOf(project: string, name: string, spanCount: number) {
  const found = await waitFor(`the trace ${name} of ${project}`, async () =>
    (await throughline.listTraces(20, project)).find(
      (trace) => trace.name === name && trace.spanCount >= spanCount,
    ),
  );
  const response = await fetch(`${throughline.url}/api/v1/traces/${found.traceId}?project=${project}`);
  const { spans } = (await response.json()) as Awaited<ReturnType<TestServer['getTrace']>>;
  const names = new Map(spans.map((span) => [span.spanId, span.name]));
  const tree = Object.fromEntries(
    spans.map((span) => [span.name, names.get(span.parentSpanId ?? '') ?? null]),
  );
  return { tree, spans, traceId: found.traceId };
}

it('the steps of the guide lead from an empty folder to a traced RAG answer', async () => {
  await writeSnippet(guide, 'rag.mjs', rag, throughline.url);
  const script = await writeSnippet(guide, 'run.sh', rag, throughline.url);
  const { stdout, stderr } = await run('bash', ['-e', script], { cwd: rag, env: environment() });
  expect([stdout, stderr]).toEqual(['Unused items can be returned within 60 days. [returns]\n', '']);
  const { tree, spans } = await treeOf('my-app', 'answer', 4);
  expect(tree).toEqual({
    answer: null,
    search: 'answer',
    'embeddings text-embedding-3-small': 'search',
    'chat gpt-4o-mini': 'answer',
  });
  const model = spans.find(({ kind }) => kind === 'llm');
  expect(model).toMatchObject({ outputTokens: 14, ttftMs: expect.any(Number), costUsd: expect.any(Number) });
});

describe('the package', () => {
  it('works with every module resolution', async () => {
    const { messages } = await publint({ pkgDir: join(rag, 'node_modules/@throughline/sdk'), pack: false });
    expect(messages.filter(({ type }) => type !== 'suggestion')).toEqual([]);
    const tarball = await readFile(join(rag, 'throughline-sdk-0.1.0.tgz'));
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
    if (!('problems' in result) || result.problems === undefined) throw new Error('Expected types');
    // Resolution without `exports` as in Node before 12.
    const problems = result.problems.filter(
      (problem) => !('resolutionKind' in problem) || problem.resolutionKind !== 'node10',
    );
    expect(problems).toEqual([]);
  });

  it('contains the build, the README and the license, and no test helpers', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json'], { cwd: join(root, 'packages/sdk') });
    const [{ files }] = Object.values(
      JSON.parse(stdout) as Record<string, { files: { path: string }[] }>,
    ) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toContain('dist/index.js');
    expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    const helpers = (await readdir(join(root, 'packages/sdk/test-support'))).map((file) =>
      file.replace(/\.\w+$/, ''),
    );
    expect(helpers).toContain('receiver');
    expect(
      paths.filter(
        (path) => path.includes('test-support') || helpers.some((name) => path.includes(`/${name}.`)),
      ),
    ).toEqual([]);
  });

  const consumer = (imported: string) => `${imported}
    init({ exporter: new InMemoryExporter(), capture: { kinds: { tool: false } } });
    export const search = retriever(async (query: string) => [{ id: 'a', text: query }]);
    export const found: Promise<{ id: string; text: string }[]> = search('x');
    // @ts-expect-error A number is not a query.
    search(1);
    export const add = observe((a: number, b: number) => a + b, { output: (sum) => sum });
    export const sum: number = add(1, 2);
  `;
  const esm = `import { init, observe, retriever } from '@throughline/sdk';
    import '@throughline/sdk/register';
    import { InMemoryExporter } from '@throughline/sdk/testing';`;
  const cjs = `import sdk = require('@throughline/sdk');
    import testing = require('@throughline/sdk/testing');
    const { init, observe, retriever } = sdk;
    const { InMemoryExporter } = testing;`;

  it.each([
    ['ESM with nodenext', 'esm.mts', esm, ['--module', 'nodenext']],
    ['CommonJS with nodenext', 'cjs.cts', cjs, ['--module', 'nodenext']],
    ['a bundler', 'bundled.ts', esm, ['--module', 'esnext', '--moduleResolution', 'bundler']],
    [
      'an edge bundler',
      'edge.ts',
      esm.replace(/import '.*register';/, ''),
      ['--module', 'esnext', '--moduleResolution', 'bundler', '--customConditions', 'workerd'],
    ],
  ])('has its types for %s', async (_, file, imported, options) => {
    await writeFile(join(rag, file), consumer(imported));
    const strict = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noEmit',
      '--target',
      'es2024',
      '--lib',
      'es2024,dom',
      '--types',
      '',
    ];
    const args = [tsc, ...strict, ...options, '--ignoreConfig', file];
    const { stdout } = await run(process.execPath, args, { cwd: rag }).catch((error) => error);
    expect(stdout).toBe('');
  });

  it('has decorators that TypeScript compiles', async () => {
    const source = await writeSnippet(readme, 'decorators.ts', rag, throughline.url);
    const options = [
      '--ignoreConfig',
      '--strict',
      '--target',
      'es2022',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules/@types'),
    ];
    await run(process.execPath, [tsc, ...options, '--outDir', join(rag, 'compiled'), source], { cwd: rag });
    await writeFile(join(rag, 'compiled/package.json'), '{ "type": "module" }');
    const { stdout } = await run(process.execPath, [join(rag, 'compiled/decorators.js')], {
      cwd: rag,
      env: environment(),
    });
    expect(stdout).toBe('Where is A-1001? shipped\n');
  });
});

/** A program with a streamed call and a search below a span with a user, which ends without a flush like a plain script. */
const BODY = `
  const openai = instrument(new OpenAI());
  const search = retriever(async (query) => [{ id: 'a', text: query, score: 1 }], { name: 'search' });
  const answer = chain(async (question) => {
    await search(question);
    const stream = await openai.chat.completions.create({
      model: 'gpt-4o-mini', stream: true, messages: [{ role: 'user', content: question }],
    });
    let chunks = 0;
    for await (const chunk of stream) { chunks += chunk.choices.length; void chunk.usage; }
    return chunks > 1;
  }, { name: 'answer' });
  withContext({ userId: 'u-17' }, () => answer('What is the capital of France?')).then((is) => console.log(is));
`;
const NAMES = '{ chain, init, instrument, retriever, withContext }';
const PROGRAMS = {
  'program.mjs': `import ${NAMES} from '@throughline/sdk'; import OpenAI from 'openai'; init(); ${BODY}`,
  'program.cjs': `const ${NAMES} = require('@throughline/sdk'); const { OpenAI } = require('openai'); init(); ${BODY}`,
};

async function expectWhole(project: string): Promise<void> {
  const { tree, spans } = await treeOf(project, 'answer', 3);
  expect(tree).toEqual({ answer: null, search: 'answer', 'chat gpt-4o-mini': 'answer' });
  const model = spans.find(({ kind }) => kind === 'llm');
  expect(model?.inputTokens).toBeGreaterThan(3);
  expect(model?.outputTokens).toBeGreaterThan(3);
  expect(model?.ttftMs).toBeGreaterThan(0);
}

/** The package with the binary of a platform. Absent on other platforms. */
function binary(name: string, path: string): string | undefined {
  try {
    const found = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
    return existsSync(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** The Node version of the machine, in addition to that of the project. */
const hostNode = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'))
  .find(existsSync);
const bun = binary('@oven/bun-linux-x64', 'bin/bun');
const workerd = binary('@cloudflare/workerd-linux-64', 'bin/workerd');
for (const [name, found] of Object.entries({ hostNode, bun, workerd }))
  if (found === undefined) console.warn(`The SDK is not tried with ${name}: it is not installed.`);

describe.each([
  ["the project's Node", process.execPath],
  ["the machine's Node", hostNode],
  ['Bun', bun],
])('in %s', (name, executable) => {
  it.skipIf(executable === undefined).each(Object.entries(PROGRAMS))(
    '%s is traced completely',
    async (file, text) => {
      const project = `${name} ${file}`.replace(/\W+/g, '-').toLowerCase();
      await writeFile(join(rag, file), text);
      const env = { ...environment(), THROUGHLINE_PROJECT: project };
      const { stdout, stderr } = await run(executable ?? '', [file], { cwd: rag, env, timeout: 20_000 });
      expect([stdout, stderr]).toEqual(['true\n', '']);
      await expectWhole(project);
    },
  );
});

it.skipIf(bun === undefined)('--preload in Bun explains the alternative', async () => {
  const args = ['--preload', '@throughline/sdk/register', '-e', 'console.log("runs")'];
  const { stdout, stderr } = await run(bun ?? '', args, { cwd: rag, env: environment() });
  expect(stdout).toBe('runs\n');
  expect(stderr).toContain('use instrument(client)');
});

/** Bundles the program to one file for an edge runtime. */
async function bundleForEdge(entry: string, condition: string, format: 'esm' | 'iife'): Promise<string> {
  const outfile = join(rag, `${entry}.bundle.js`);
  const conditions = [condition, 'worker', 'browser'];
  const options = { bundle: true, platform: 'browser', logLevel: 'error' } as const;
  await build({ ...options, absWorkingDir: rag, entryPoints: [entry], outfile, format, conditions });
  return outfile;
}

it("the program of the guide runs in Vercel's edge runtime", async () => {
  await writeSnippet(guide, 'worker.mjs', rag, throughline.url);
  const bindings = JSON.stringify({ OPENAI_API_KEY: 'any', OPENAI_BASE_URL: `${models.url}/v1` });
  await writeFile(
    join(rag, 'vercel.mjs'),
    `import worker from './worker.mjs';
    addEventListener('fetch', (event) =>
      event.respondWith(worker.fetch(event.request, ${bindings}, event)));`,
  );
  const runtime = new EdgeVM({
    // As in that runtime, the class is a global, and nothing else of the process exists.
    extend: (globals) =>
      Object.assign(globals, { AsyncLocalStorage, process: { env: {}, version: 'v22.0.0' } }),
  });
  runtime.evaluate(await readFile(await bundleForEdge('vercel.mjs', 'edge-light', 'iife'), 'utf8'));
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
  const response = await runtime.dispatchFetch('http://edge/?q=What is the capital of France?', { headers });
  expect(await response.text()).toMatch(/^Paris/);
  await response.waitUntil();
  const { spans } = await throughline.getTrace(traceId, 2);
  const [root, model] = ['chain', 'llm'].map((kind) => spans.find((span) => span.kind === kind));
  expect(root?.parentSpanId).toBe('b7ad6b7169203331');
  expect(model?.parentSpanId).toBe(root?.spanId);
});

describe('in a Cloudflare Worker', () => {
  let child: ChildProcess | undefined;
  afterAll(() => child?.kill());

  it.skipIf(workerd === undefined)('the program of the guide continues the trace of its caller', async () => {
    await writeSnippet(guide, 'worker.mjs', rag, throughline.url);
    await bundleForEdge('worker.mjs', 'workerd', 'esm');
    await writeFile(join(rag, 'worker.capnp'), WORKER.replace('MODELS', `${models.url}/v1`));
    child = spawn(workerd ?? '', ['serve', 'worker.capnp', '--control-fd=3'], {
      cwd: rag,
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    const control = child.stdio[3] as Readable;
    const port = await new Promise<number>((resolve, reject) => {
      child?.on('exit', (code) => reject(new Error(`workerd ended with ${code}`)));
      control.on('data', (line) => resolve(JSON.parse(String(line)).port));
    });
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    // The second request in the same isolate must not be affected by the first.
    for (const question of ['slowly', 'What is the capital of France?']) {
      const response = await fetch(`http://127.0.0.1:${port}/?q=${encodeURIComponent(question)}`, {
        headers,
      });
      expect(await response.text()).toMatch(/^(Slow and steady|Paris is the capital)/);
    }
    const { spans } = await throughline.getTrace(traceId, 4);
    expect(spans.map(({ name }) => name).sort()).toEqual([
      'at the edge',
      'at the edge',
      'chat gpt-4o-mini',
      'chat gpt-4o-mini',
    ]);
    expect(spans.filter(({ parentSpanId }) => parentSpanId === '00f067aa0ba902b7')).toHaveLength(2);
    expect(spans.filter(({ kind, ttftMs }) => kind === 'llm' && (ttftMs ?? 0) > 0)).toHaveLength(2);
  });
});

/** A Worker with the flag that provides AsyncLocalStorage. It can reach this machine. */
const WORKER = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.mjs.bundle.js")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [
    (name = "OPENAI_API_KEY", text = "any"),
    (name = "OPENAI_BASE_URL", text = "MODELS"),
  ],
  globalOutbound = "internet",
);
`;
