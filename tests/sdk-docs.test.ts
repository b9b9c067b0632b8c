/** Runs the programs of docs/sdk.md and of the package's README as printed, each against a server. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../packages/server/src/contract/trace.ts';
import { createTestModelServer } from './support/model-server.ts';
import { listSnippets, listUntested, writeSnippet } from './support/snippets.ts';
import { startTestServer, type TestServer } from './support/start-server.ts';
import { waitFor } from './support/wait-for.ts';

const guide = fileURLToPath(new URL('../docs/sdk.md', import.meta.url));
const providers = fileURLToPath(new URL('../docs/sdk-providers.md', import.meta.url));
const readme = fileURLToPath(new URL('../packages/sdk/README.md', import.meta.url));
const run = promisify(execFile);

let throughline: TestServer;
let models: Awaited<ReturnType<ReturnType<typeof createTestModelServer>['listen']>>;
let folder: string;
const started = new Set<string>();

beforeAll(async () => {
  throughline = await startTestServer('my-app');
  models = await createTestModelServer().listen(0);
  folder = await mkdtemp(fileURLToPath(new URL('.snippet-', import.meta.url)));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await models?.close();
  await throughline?.stop();
});

function snippet(name: string, page = guide, before = ''): Promise<string> {
  started.add(name);
  return writeSnippet(page, name, folder, throughline.url, before);
}

/** Runs Node like a reader of the guide, who would not expect any output on stderr. */
async function runNode(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, args, {
    cwd: folder,
    timeout: 30_000,
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      NODE_OPTIONS: '--conditions=throughline-source --disable-warning=ExperimentalWarning',
      OPENAI_API_KEY: 'any',
      OPENAI_BASE_URL: `${models.url}/v1`,
      // Settings for `--import`. Programs that call `init` contain them.
      THROUGHLINE_URL: throughline.url,
      THROUGHLINE_PROJECT: throughline.project,
    },
  });
  expect(stderr).toBe('');
  return stdout;
}

const runSnippet = async (name: string) => runNode(await snippet(name));

/** The newest complete trace of that name. */
async function traceNamed(name: string, spanCount: number): Promise<Trace> {
  const found = await waitFor(`the trace ${name}`, async () =>
    (await throughline.listTraces(50)).find((trace) => trace.name === name),
  );
  return throughline.getTrace(found.traceId, spanCount);
}

/** Each span with the name of its parent. */
function treeOf({ spans }: Trace) {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return Object.fromEntries(
    spans.map(({ name, kind, parentSpanId }) => [name, [kind, names.get(parentSpanId ?? '') ?? null]]),
  );
}

it('a RAG answer is one trace with documents, tokens, cost and time to first token', async () => {
  const stdout = await runNode('--import', '@throughline/sdk/register', await snippet('rag.mjs'));
  expect(stdout).toBe('Unused items can be returned within 60 days. [returns]\n');
  const trace = await traceNamed('answer', 4);
  expect(treeOf(trace)).toEqual({
    answer: ['chain', null],
    search: ['retriever', 'answer'],
    'embeddings text-embedding-3-small': ['embedding', 'search'],
    'chat gpt-4o-mini': ['llm', 'answer'],
  });
  expect(trace).toMatchObject({ costIncomplete: false });
  const found = await throughline.findSpan(trace, ({ kind }) => kind === 'retriever');
  expect(found.retrieval).toMatchObject({ query: 'Within how many days can items be returned?' });
  expect(found.documents).toMatchObject([
    { id: 'returns', content: 'Unused items can be returned within 60 days.' },
    {},
  ]);
  const model = await throughline.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(model.inputTokens).toBeGreaterThan(30);
  expect(model.outputTokens).toBe(14);
  expect(model.ttftMs).toBeGreaterThan(0);
  expect(model.costUsd).toBeGreaterThan(0);
});

it('all levels together: an instrumented client below an agent below manual spans', async () => {
  expect(await runSnippet('levels.mjs')).toBe('You said: Say hello.\n');
  const trace = await traceNamed('nightly run', 5);
  expect(treeOf(trace)).toEqual({
    'nightly run': ['span', null],
    'first question': ['span', 'nightly run'],
    support: ['agent', 'first question'],
    weather: ['tool', 'support'],
    'chat gpt-4o-mini': ['llm', 'support'],
  });
  const agent = await throughline.findSpan(trace, ({ kind }) => kind === 'agent');
  expect(agent.metadata).toEqual({ degrees: 7 });
});

it('context reaches the trace, and sampling keeps one feature and drops the other', async () => {
  await runSnippet('context.mjs');
  const trace = await traceNamed('handle', 1);
  const span = await throughline.findSpan(trace, () => true);
  expect(span).toMatchObject({
    feature: 'checkout',
    userId: 'u-17',
    sessionId: 's-4',
    metadata: { plan: 'pro' },
  });
  const handled = (await throughline.listTraces(50)).filter(({ name }) => name === 'handle');
  expect(handled).toMatchObject([{ feature: 'checkout', tags: ['beta'] }]);
});

it('masked or disabled content does not leave the process', async () => {
  await runSnippet('privacy.mjs');
  const trace = await traceNamed('write letter', 2);
  const chain = await throughline.findSpan(trace, ({ kind }) => kind === 'chain');
  expect(chain.input?.text).toBe('Tell [EMAIL] about [PROJECT]');
  const tool = await throughline.findSpan(trace, ({ kind }) => kind === 'tool');
  expect(tool.toolName).toBe('payroll');
  expect(JSON.stringify(tool)).not.toMatch(/ada@|earns/);
});

it('scores arrive with their trace', async () => {
  await runSnippet('scores.mjs');
  const { traceId } = await traceNamed('judged answer', 1);
  const scores = await waitFor('two scores', async () => {
    const response = await fetch(`${throughline.url}/api/v1/scores?project=my-app&traceId=${traceId}`);
    const { scores } = (await response.json()) as { scores: { name: string }[] };
    return scores.length === 2 ? scores.sort((a, b) => a.name.localeCompare(b.name)) : undefined;
  });
  expect(scores).toMatchObject([
    { name: 'has-sources', value: false, source: 'code' },
    { name: 'helpful', value: 0.8, source: 'human', comment: 'said thanks' },
  ]);
});

it('the console shows the tree', async () => {
  const printed = await runSnippet('console.mjs');
  expect(
    printed
      .replace(/[\d.]+ (µs|ms)/g, '#')
      .replace(/ {2,}/g, '  ')
      .trim(),
  ).toBe('answer  #\n└─ search  #  1 document');
});

it('the test in the guide passes', async () => {
  const path = await snippet('answer.test.mjs');
  expect(await runNode('--test', '--test-reporter=tap', path)).toMatch(/^# pass 1$/m);
});

it('a queue carries the trace and its user', async () => {
  await runSnippet('queue.mjs');
  const trace = await traceNamed('ask', 2);
  expect(treeOf(trace)).toEqual({ ask: ['chain', null], work: ['tool', 'ask'] });
  const worked = await throughline.findSpan(trace, ({ name }) => name === 'work');
  expect(worked.userId).toBe('u-17');
});

it('a serverless function has sent everything when it returns', async () => {
  const { href } = pathToFileURL(await snippet('serverless.mjs'));
  const program = `
    const { handler } = await import(${JSON.stringify(href)});
    console.log(JSON.stringify(await handler({ question: 'now?' })));
    process.kill(process.pid, 'SIGKILL');`;
  await expect(runNode('--input-type=module', '-e', program)).rejects.toMatchObject({
    signal: 'SIGKILL',
    stdout: '{"statusCode":200,"body":"You asked: now?"}\n',
  });
  expect((await traceNamed('function', 1)).spans).toMatchObject([{ kind: 'chain', status: 'unset' }]);
});

/** Queues in memory that pass on the same as real ones: JSON, headers as bytes, attributes by name. */
const QUEUES = `
import { chain, init, tool } from '@throughline/sdk';
init();
const question = 'count the tents';
const answer = tool(async (asked) => 'done: ' + asked, { name: 'answer it' });
let onJob, onMessage;
const waiting = [];
const queue = { add: async (name, data) => waiting.push(JSON.stringify({ data })) };
class Worker { constructor(name, work) { onJob = work; } }
const producer = { send: async ({ messages: [{ value, headers }] }) => waiting.push({ message: { value: Buffer.from(value),
  headers: Object.fromEntries(Object.entries(headers).map(([key, text]) => [key, Buffer.from(text)])) } }) };
const consumer = { run: async ({ eachMessage }) => { onMessage = eachMessage; } };
const QueueUrl = 'https://sqs.example/1';
class SendMessageCommand { constructor(input) { this.sent = { Body: input.MessageBody, ...input }; } }
class ReceiveMessageCommand {}
const sqs = { send: async (command) => (command.sent ? void waiting.push(command.sent) : { Messages: [waiting.pop()] }) };
await chain(async () => {
`;

describe('the README of the package', () => {
  it('its first program is one trace of three steps', async () => {
    expect(await runNode(await snippet('intro.mjs', readme))).toMatch(/^You said: /);
    const trace = await traceNamed('assist', 3);
    expect(treeOf(trace)).toEqual({
      assist: ['chain', null],
      search: ['retriever', 'assist'],
      'chat gpt-4o-mini': ['llm', 'assist'],
    });
  });

  it('decorators, compiled by esbuild', async () => {
    const source = await snippet('decorators.ts', readme);
    const { code } = await transform(await readFile(source, 'utf8'), { loader: 'ts', target: 'es2022' });
    await writeFile(join(folder, 'decorators.mjs'), code);
    expect(await runNode(join(folder, 'decorators.mjs'))).toBe('Where is A-1001? shipped\n');
    const trace = await traceNamed('support agent', 2);
    expect(treeOf(trace)).toEqual({ 'support agent': ['agent', null], lookUp: ['tool', 'support agent'] });
    const tool = await throughline.findSpan(trace, ({ kind }) => kind === 'tool');
    expect(tool).toMatchObject({ toolName: 'lookUp', tool: { arguments: 'A-1001' } });
  });

  it('manual spans have their usage, cost and messages', async () => {
    await runNode(await snippet('manual.mjs', readme));
    const trace = await traceNamed('nightly import', 2);
    expect(trace).toMatchObject({ inputTokens: 812, outputTokens: 96, sessionId: 'import-7' });
    const model = await throughline.findSpan(trace, ({ kind }) => kind === 'llm');
    expect(model).toMatchObject({
      inputMessages: [{ role: 'user', parts: [{ content: 'Is this a complaint?' }] }],
      outputMessages: [{ role: 'assistant', parts: [{ content: 'It is.' }] }],
    });
    expect(model.costUsd).toBeGreaterThan(0);
  });

  it('BullMQ, Kafka and SQS: the consumers are below the producer', async () => {
    const path = await snippet('queues.mjs', readme);
    const [imported = '', ...body] = (await readFile(path, 'utf8')).split('\n');
    const program = `${imported}\n${QUEUES}${body.join('\n')}
      while (waiting.length > 0) {
        const next = waiting.shift();
        await (typeof next === 'string' ? onJob(JSON.parse(next)) : onMessage(next));
      }
    }, { name: 'produce' })();`;
    await writeFile(path, program);
    await runNode(path);
    const trace = await traceNamed('produce', 4);
    const [root] = trace.spans.filter(({ parentSpanId }) => parentSpanId === null);
    const below = trace.spans.filter(({ name }) => name === 'answer it');
    expect(below.map(({ parentSpanId }) => parentSpanId)).toEqual(Array(3).fill(root?.spanId));
  });

  it('a custom provider of the application', async () => {
    await runNode(await snippet('own-provider.mjs', readme));
    expect((await traceNamed('weather of one’s own', 1)).spans).toMatchObject([{ kind: 'tool' }]);
  });

  it('the matchers, in Vitest', async () => {
    await snippet('spans.test.mjs', readme);
    const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
    await writeFile(join(folder, 'vitest.config.mjs'), 'export default {};');
    const args = [vitest, 'run', '--root', folder, '--dir', folder, 'spans.test.mjs', '--reporter=tap'];
    expect(await runNode(...args)).toMatch(/^ +ok 1 - the search gets the question in lower case/m);
  });
});

it('a single client is instrumented without output', async () => {
  expect(await runNode(await snippet('instrument.mjs', providers))).toBe('');
});

it('every program of the pages is tested', async () => {
  // Programs that need the packed package are in sdk-packed.test.ts.
  const packed = ['install.sh', 'run.sh', 'worker.mjs'];
  const pages = [guide, readme, providers];
  const listed = (await Promise.all(pages.map(listSnippets))).flat();
  expect([...started, ...packed].sort()).toEqual(listed.sort());
  expect((await Promise.all(pages.map(listUntested))).flat()).toEqual([]);
});
