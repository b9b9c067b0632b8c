import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requirePrevious } from '../../../test-support/previous-major.ts';
import { seen } from '../../../test-support/seen.ts';
import { InMemoryExporter, init, shutdown } from '../../index.ts';
import { tracedClaudeQuery } from './claude-agent.ts';

const CLI = join(import.meta.dirname, '../../../test-support/claude-cli.mjs');

interface Parameters {
  prompt: string;
  options?: { pathToClaudeCodeExecutable?: string; executable?: string };
}
type Query = (
  parameters: Parameters,
) => AsyncGenerator<{ type: string }> & { interrupt?: () => Promise<unknown> };

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

const require = createRequire(import.meta.url);
const NAME = '@anthropic-ai/claude-agent-sdk';

/** Uses the real package with a replacement for the program that it starts, so that all messages are known. */
describe.each([
  ['0.3', () => (require(NAME) as { query: Query }).query],
  ['0.2', () => requirePrevious<{ query: Query }>(NAME).query],
])('Claude Agent SDK %s', (_version, load) => {
  const options = { pathToClaudeCodeExecutable: CLI, executable: process.execPath };

  it('records the agent, its model calls and its tool call', async () => {
    const query = tracedClaudeQuery(load());
    const types: string[] = [];
    for await (const { type } of query({ prompt: 'Where is A-1001?', options })) types.push(type);
    expect(types).toEqual(['system', 'assistant', 'assistant', 'user', 'assistant', 'result']);
    const agent = spans.find({ kind: 'agent' });
    expect(agent).toMatchObject({ parentSpanId: undefined, output: 'It has shipped.' });
    expect(seen(agent)).toMatchObject({
      sessionId: 'session-9',
      usage: { inputTokens: 270, outputTokens: 14, cacheReadTokens: 220 },
      cost: { usd: 0.0042 },
    });
    const [first, second] = spans.filter({ kind: 'llm' });
    expect(seen(first)).toMatchObject({
      name: 'chat claude-sonnet-4-5',
      provider: 'anthropic',
      usage: { inputTokens: 120, outputTokens: 9, cacheReadTokens: 100 },
      content: {
        inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Where is A-1001?' }] }],
        outputMessages: [
          {
            role: 'assistant',
            parts: [
              { type: 'text', content: 'I look.' },
              { type: 'tool_call', id: 'toolu-1', name: 'Read', arguments: { file_path: 'orders.md' } },
            ],
          },
        ],
      },
    });
    expect(seen(second).content.inputMessages).toHaveLength(3);
    expect(seen(second)).toMatchObject({
      usage: { inputTokens: 150, outputTokens: 5 },
      content: { outputMessages: [{ parts: [{ content: 'It has shipped.' }] }] },
    });
    const tool = spans.find({ kind: 'tool' });
    expect(seen(tool)).toMatchObject({
      name: 'execute_tool Read',
      content: {
        tool: { callId: 'toolu-1', arguments: { file_path: 'orders.md' }, result: 'A-1001 shipped' },
      },
    });
    expect(tool?.durationMs).toBeGreaterThan(10);
    for (const span of [first, second, tool]) expect(span?.parentSpanId).toBe(agent?.spanId);
  });

  it('ends all spans if the application stops reading', async () => {
    const query = tracedClaudeQuery(load());
    for await (const { type } of query({ prompt: 'Where is A-1001?', options }))
      if (type === 'assistant') break;
    const agent = spans.find({ kind: 'agent' });
    expect(agent?.attributes['throughline.cancelled']).toBe(true);
    expect(spans.filter({ kind: 'llm' })).toHaveLength(1);
  });

  it('records nothing after shutdown', async () => {
    const bare = load();
    const query = tracedClaudeQuery(bare);
    await shutdown();
    const types: string[] = [];
    for await (const { type } of query({ prompt: 'Hello', options })) types.push(type);
    expect(types.at(-1)).toBe('result');
    expect(spans.spans).toEqual([]);
  });
});
