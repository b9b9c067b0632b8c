/** Tests both versions of the package with the program that it includes, against the model server. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModelServer, when } from '@throughline/example-model-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { requirePrevious } from '../../../test-support/previous-major.ts';
import { seen } from '../../../test-support/seen.ts';
import { InMemoryExporter, init, shutdown, startTrace } from '../../index.ts';
import { tracedClaudeQuery } from './claude-agent.ts';

interface Message {
  readonly type: string;
  readonly total_cost_usd?: number;
  readonly result?: string;
}
interface Package {
  readonly query: (parameters: { prompt: string; options: object }) => AsyncGenerator<Message>;
}

const require = createRequire(import.meta.url);
const NAME = '@anthropic-ai/claude-agent-sdk';
const PROGRAM = `${NAME}-${process.platform}-${process.arch}`;
/** The program is an optional package for each platform and may be missing. */
const hasProgram = existsSync(join(require.resolve(NAME), '../../', PROGRAM.split('/')[1] ?? ''));

const MODEL = 'claude-sonnet-4-20250514';
let folder: string;
const file = (name: string) => ({ name: 'Read', arguments: { file_path: join(folder, name) } });
const modelServer = createModelServer({
  scripts: [
    (request) =>
      request.turns.at(-1)?.role === 'tool'
        ? { text: 'Both have shipped.', firstTokenMs: 60, tokenMs: 8 }
        : undefined,
    when({ user: 'Where are' }, () => ({
      text: 'I look.',
      toolCalls: [file('A-1001.md'), file('A-1002.md')],
    })),
    when({ user: 'refuse' }, { fault: { kind: 'status', status: 400, message: 'no such thing' } }),
    when({ user: 'endless' }, { text: 'word '.repeat(400), tokenMs: 5 }),
    when({ user: /Say (one|two)/ }, (request) => ({
      text: /Say (one|two)/.exec(request.turns.at(-1)?.text ?? '')?.[1] ?? '',
    })),
    () => ({ text: 'Paris is the capital of France.' }),
  ],
});
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let spans: InMemoryExporter;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-claude-'));
  for (const id of ['A-1001', 'A-1002']) await writeFile(join(folder, `${id}.md`), `${id} shipped\n`);
  models = await modelServer.listen(0);
});
afterAll(async () => {
  await models.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

const options = () => ({
  model: MODEL,
  cwd: folder,
  settingSources: [],
  allowedTools: ['Read'],
  env: {
    PATH: process.env.PATH,
    HOME: folder,
    CLAUDE_CONFIG_DIR: folder,
    ANTHROPIC_BASE_URL: models.url,
    ANTHROPIC_API_KEY: 'any',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
  },
});

describe.runIf(hasProgram).each([
  ['0.3', () => require(NAME) as Package],
  ['0.2', () => requirePrevious<Package>(NAME)],
])('Claude Agent SDK %s with its program', (_version, load) => {
  const ask = async (prompt: string, more: object = {}) => {
    const messages: Message[] = [];
    const query = tracedClaudeQuery(load().query);
    for await (const message of query({ prompt, options: { ...options(), ...more } })) messages.push(message);
    return messages;
  };

  it('records the agent with its cost and the model call with its complete input', async () => {
    const messages = await ask('What is the capital of France?');
    const result = messages.at(-1);
    expect(result?.result).toBe('Paris is the capital of France.');
    const agent = spans.find({ kind: 'agent' });
    expect(seen(agent)).toMatchObject({
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      requestModel: MODEL,
      usage: { outputTokens: 8 },
      cost: { usd: result?.total_cost_usd },
    });
    const [call, ...others] = spans.filter({ kind: 'llm' });
    expect(others).toEqual([]);
    expect(call?.parentSpanId).toBe(agent?.spanId);
    expect(seen(call)).toMatchObject({
      name: `chat ${MODEL}`,
      provider: 'anthropic',
      model: MODEL,
      responseId: expect.stringMatching(/^msg_/),
      content: {
        inputMessages: [{ role: 'user', parts: [{ content: 'What is the capital of France?' }] }],
        outputMessages: [{ parts: [{ type: 'text', content: 'Paris is the capital of France.' }] }],
      },
    });
    expect(seen(call).usage?.inputTokens).toBe(seen(agent).usage?.inputTokens);
    // The program adds its own instructions and tools before the prompt, which are written to the cache.
    expect(seen(call).usage?.cacheWriteTokens).toBeGreaterThan(5_000);
  });

  it('records parallel tools, and exact tokens and time to first token with partial messages', async () => {
    const messages = await ask('Where are A-1001 and A-1002?', { includePartialMessages: true });
    expect(messages.at(-1)?.result).toBe('Both have shipped.');
    const agent = spans.find({ kind: 'agent' });
    const calls = spans.filter({ kind: 'llm' });
    expect(calls.map((call) => seen(call).finishReasons)).toEqual([['tool_use'], ['end_turn']]);
    const tools = spans.filter({ kind: 'tool' });
    expect(
      tools
        .map((tool) => [seen(tool).toolName, String(seen(tool).content.tool?.result).slice(2, 16)])
        .sort(([, a = ''], [, b = '']) => (a < b ? -1 : 1)),
    ).toEqual([
      ['Read', 'A-1001 shipped'],
      ['Read', 'A-1002 shipped'],
    ]);
    for (const span of [...calls, ...tools]) expect(span.parentSpanId).toBe(agent?.spanId);
    const sum = (read: (usage: NonNullable<ReturnType<typeof seen>['usage']>) => number | undefined) =>
      calls.reduce((total, call) => total + (read(seen(call).usage ?? {}) ?? 0), 0);
    expect(sum(({ outputTokens }) => outputTokens)).toBe(seen(agent).usage?.outputTokens);
    expect(sum(({ inputTokens }) => inputTokens)).toBe(seen(agent).usage?.inputTokens);
    const { ttftMs, content } = seen(calls[1]);
    expect(ttftMs).toBeGreaterThan(0);
    expect(ttftMs).toBeLessThanOrEqual(calls[1]?.durationMs ?? 0);
    expect(content.inputMessages?.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'user']);
  });

  it('records an error of the model once and rethrows it', async () => {
    await expect(ask('refuse')).rejects.toThrow('no such thing');
    const agent = spans.find({ kind: 'agent' });
    expect(agent).toMatchObject({ status: 'error', errorType: 'ClaudeAgentError' });
    expect(agent?.otel.events.filter(({ name }) => name === 'exception')).toHaveLength(1);
    const [call, ...others] = spans.filter({ kind: 'llm' });
    expect(others).toEqual([]);
    expect(call).toMatchObject({ name: `chat ${MODEL}`, status: 'error' });
    expect(seen(call).statusMessage).toContain('400');
    expect(seen(call).usage).toBeUndefined();
  });

  it('records one span for a retried call and counts the retries', async () => {
    modelServer.addScript(
      when(
        { user: 'overloaded', times: 1 },
        { fault: { kind: 'status', status: 529, retryAfterSeconds: 0 } },
      ),
    );
    await ask('overloaded');
    const [call, ...others] = spans.filter({ kind: 'llm' });
    expect(others).toEqual([]);
    expect(call).toMatchObject({ status: 'unset', attributes: { 'http.request.resend_count': 1 } });
  });

  it('marks aborted runs and runs that are left early as cancelled', async () => {
    const abortController = new AbortController();
    const query = tracedClaudeQuery(load().query);
    const reading = (async () => {
      const stream = query({
        prompt: 'endless',
        options: { ...options(), includePartialMessages: true, abortController },
      });
      for await (const { type } of stream) if (type === 'stream_event') abortController.abort();
    })();
    await reading.catch(() => {});
    for await (const { type } of query({ prompt: 'Hello', options: options() }))
      if (type === 'assistant') break;
    const agents = spans.filter({ kind: 'agent' });
    expect(agents.map(({ attributes, status }) => [attributes['throughline.cancelled'], status])).toEqual([
      [true, 'unset'],
      [true, 'unset'],
    ]);
    expect(spans.filter({ kind: 'llm' })).toHaveLength(2);
  });

  it('records parallel runs in their own traces', async () => {
    const roots = await Promise.all(
      ['one', 'two'].map(async (word) => {
        const root = startTrace(word);
        await root.run(() => ask(`Say ${word}`));
        root.end();
        return root;
      }),
    );
    for (const [index, word] of ['one', 'two'].entries()) {
      const inTrace = spans.filter({}).filter(({ traceId }) => traceId === roots[index]?.traceId);
      expect(inTrace.map(({ kind }) => kind).sort()).toEqual(['agent', 'llm', 'span']);
      expect(inTrace.find(({ kind }) => kind === 'agent')?.output).toBe(word);
    }
  });
});

if (!hasProgram) it.skip(`with the program: the package ${PROGRAM} is not installed`, () => {});
