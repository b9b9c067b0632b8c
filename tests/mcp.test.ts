import { readFile } from 'node:fs/promises';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CodingAgent,
  CULPRIT,
  type Day,
  dayBefore,
  explainMostExpensiveFailure,
  GOOD_RUN,
  REASON,
  shopTraces,
} from './support/coding-agent.ts';
import { startTestServer, type TestServer } from './support/start-server.ts';

const tokenizer = new Tiktoken(o200k);
/** Connects with the key of the server. */
const connect = (path: string, headers: Record<string, string> = {}) =>
  CodingAgent.connect(`${server.url}${path}`, { ...server.keyHeaders, ...headers });
const tokensOf = (text: string) => tokenizer.encode(text).length;

let server: TestServer;
let day: Day;
let agent: CodingAgent;
beforeAll(async () => {
  day = dayBefore(Date.now());
  server = await startTestServer('shop', { THROUGHLINE_API_KEY: 'a-key-with-0123456789' });
  await server.send('shop', shopTraces(day));
  await server.send('other', shopTraces(day).slice(0, 5));
  agent = await connect('/mcp?project=shop');
});
afterAll(async () => {
  await agent?.close();
  await server?.stop();
});

describe('a coding agent', () => {
  it('finds the most expensive failed trace of yesterday and the reason why it failed', async () => {
    const found = await explainMostExpensiveFailure(agent, day);
    expect(found.traceId).toBe(CULPRIT);
    expect(found.costUsd).toBe('$0.0790');
    expect(found.span).toBe('#4');
    expect(found.error).toContain(REASON);
    expect(found.error).toContain('at lookupOrder (shop/orders.ts:41:11)');
  });

  it('needs no more tokens for that than the guide says', async () => {
    const fresh = await connect('/mcp?project=shop');
    await explainMostExpensiveFailure(fresh, day);
    const tools = (await fresh.tools()).map(({ name, description, inputSchema }) => ({
      name,
      description,
      inputSchema,
    }));
    const measured = {
      'tool definitions': tokensOf(JSON.stringify(tools)) + tokensOf(fresh.instructions),
      ...Object.fromEntries(fresh.answers.map(({ tool, text }) => [tool, tokensOf(text)])),
    };
    await fresh.close();
    const guide = await readFile(new URL('../docs/mcp.md', import.meta.url), 'utf8');
    const stated = Object.fromEntries(
      [...guide.matchAll(/^\| `?([a-z_ ]+?)`? +\| (?:about )?([\d,]+) +\|$/gm)].map(([, name, count]) => [
        name as string,
        Number((count as string).replace(',', '')),
      ]),
    );
    expect(Object.keys(stated).sort()).toEqual(Object.keys(measured).sort());
    for (const [name, count] of Object.entries(measured)) {
      const statedCount = stated[name] as number;
      expect({ name, count, isWithin: count <= statedCount && count >= statedCount * 0.7 }).toEqual({
        name,
        count,
        isWithin: true,
      });
    }
  });

  it('compares the failed trace with a good one', async () => {
    const text = await agent.call('compare_traces', { trace_a: GOOD_RUN, trace_b: CULPRIT });
    expect(text).toMatch(
      /b compared with a: duration ±0, cost \+\$0\.00937, tokens \+3,750, spans ±0, failed spans \+2/,
    );
    expect(text).toMatch(/^~ {3}lookup_order .*now fails, error none → OrderError/m);
    expect(text).toContain(`b error: OrderError: ${REASON}`);
    expect(text).toContain('a input: {"orderId":"A-1003"}\nb input: {"orderId":"A-1003 "}');
  });

  it('counts failures in total and by the values of a field', async () => {
    const text = await agent.call('get_totals', {
      from: day.from,
      to: day.to,
      by: 'user',
      filter: 'model:gpt-4o',
    });
    expect(text).toMatch(/^all \| 40 \| 4 \(10\.0 %\) \| 4\.20 s \| 4\.20 s \| \$0\.\d+$/m);
    expect(text).toMatch(/^u-A-1001 \| 38 \| 3 \(7\.9 %\)/m);
    expect(text).toMatch(/^u-A-1003 \| 2 \| 1 \(50\.0 %\) .*\| \$0\.149$/m);
  });

  it('lists the fields of the filter and the values of a field', async () => {
    expect(await agent.call('list_fields')).toContain('model: Model that answered. model:gpt-4o*');
    expect(await agent.call('list_fields', { field: 'tool', from: day.from })).toBe(
      'tool | traces\nlookup_order | 40',
    );
  });

  it('finds spans of all traces', async () => {
    const text = await agent.call('find_spans', {
      filter: 'kind:tool status:error',
      from: day.from,
      to: day.to,
      limit: 2,
    });
    expect(text.split('\n')).toEqual([
      'started | facts | span id | trace id',
      expect.stringMatching(
        new RegExp(
          `^${day.from}T14:00:02Z \\| tool lookup_order 200 ms ✗ OrderError: .* \\| 4bf92f3577b30004 \\| ${CULPRIT}$`,
        ),
      ),
      expect.stringContaining('the order service did not answer within 2 s'),
      expect.stringMatching(/^More spans match\. Next page: cursor \S+$/),
    ]);
  });

  it('lists spans of a trace by kind, and scores', async () => {
    const spans = await agent.call('list_spans', { trace_id: CULPRIT, kind: 'llm' });
    expect(spans).toMatch(/^2 of 5 spans match/);
    expect(spans).toMatch(
      /^#3 \| 4bf92f3577b30003 \| #1 \| llm plan 1\.50 s \$0\.0620 24,000→200 tok gpt-4o$/m,
    );
    const response = await fetch(`${server.url}/api/v1/scores?project=shop`, {
      method: 'POST',
      headers: { ...server.keyHeaders, 'content-type': 'application/json' },
      body: JSON.stringify({
        traceId: CULPRIT,
        name: 'thumbs',
        value: false,
        comment: 'no answer',
        source: 'human',
      }),
    });
    expect(response.status).toBe(200);
    await server.send('shop', []);
    expect(await agent.call('list_scores', { trace_id: CULPRIT })).toMatch(
      new RegExp(`\\| thumbs \\| false \\| human \\| – \\| trace ${CULPRIT} \\| no answer$`, 'm'),
    );
  });
});

describe('a token budget', () => {
  it.each([500, 800, 2000, 10_000])(
    'read_trace returns at most %d tokens and says what it left out',
    async (max_tokens) => {
      const text = await agent.call('read_trace', { trace_id: CULPRIT, max_tokens });
      expect(tokensOf(text)).toBeLessThanOrEqual(max_tokens);
      expect(text).toContain(`Errors started in: #4 lookup_order (OrderError: ${REASON})`);
      expect(text).toContain('read_span');
    },
  );

  it('is used for the origin of the error before everything else', async () => {
    const text = await agent.call('read_trace', { trace_id: CULPRIT, max_tokens: 1500 });
    expect(text.indexOf('#4 lookup_order (error started here)')).toBeLessThan(
      text.indexOf('#1 answer_question (root)'),
    );
    expect(text).toContain('at lookupOrder (shop/orders.ts:41:11)');
  });

  it('cuts a long part of a span, and the pages together are the part', async () => {
    let whole = '';
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const page: string = await agent.call('read_span', {
        trace_id: CULPRIT,
        span: '#3',
        part: 'input',
        max_tokens: 700,
        offset,
      });
      expect(tokensOf(page)).toBeLessThanOrEqual(700);
      const body = page.slice(page.indexOf(':\n') + 2);
      const cut = /\n\[cut; [\d,]+ more characters: call again with offset (\d+)\]$/.exec(body);
      whole += cut ? body.slice(0, cut.index) : body;
      offset = cut ? Number(cut[1]) : undefined;
    }
    expect(whole).toMatch(/^\[system\] You help customers of a shop\. Rule 1: .*Rule 120: /);
    expect(whole).toMatch(/\[user\] Where is my order A-1003 \?$/);
  });

  it('shortens the tree of a large trace and keeps the error', async () => {
    const start = day.startNs;
    const [root] = shopTraces(day);
    if (!root) throw new Error('no span');
    const traceId = 'e'.repeat(32);
    const step = (index: number) => ({
      ...root,
      traceId,
      spanId: String(index + 1).padStart(16, '0'),
      parentSpanId: index === 0 ? '' : String(Math.floor((index - 1) / 40) + 1).padStart(16, '0'),
      name: `step ${index}`,
      statusCode: index === 1_234 ? ('error' as const) : ('unset' as const),
      statusMessage: index === 1_234 ? 'disk full' : '',
      startTimeUnixNano: start + BigInt(index) * 1_000_000n,
      endTimeUnixNano: start + 5_000_000_000n,
    });
    await server.send(
      'shop',
      Array.from({ length: 3_000 }, (_, index) => step(index)),
    );
    const text = await agent.call('read_trace', { trace_id: traceId, max_tokens: 2000 });
    expect(tokensOf(text)).toBeLessThanOrEqual(2000);
    expect(text).toMatch(/#\d+ agent step 1234 .* ✗ disk full/);
    expect(text).toMatch(/… \d+ more: \d+ agent/);
  });
});

describe('an error', () => {
  it('an error in a filter has its position and a filter to try', async () => {
    const { text, isError } = await agent.tryToCall('find_traces', { filter: 'status:error modle:gpt-4o' });
    expect(isError).toBe(true);
    expect(text.split('\n')).toEqual([
      expect.stringMatching(
        /^The filter is not valid at position 13: There is no field "modle"\. Did you mean model\?/,
      ),
      'status:error modle:gpt-4o',
      '             ^^^^^',
      'Try: status:error model:gpt-4o',
    ]);
  });

  it('an error in a time names the formats', async () => {
    const { text, isError } = await agent.tryToCall('find_traces', { from: 'last week' });
    expect({ text, isError }).toEqual({ text: expect.stringContaining('-24h or -7d'), isError: true });
  });

  it('the error for an unknown trace or span explains how to find one', async () => {
    const trace = await agent.tryToCall('read_trace', { trace_id: 'nope' });
    expect(trace).toEqual({
      text: expect.stringContaining('find_traces with the filter trace:'),
      isError: true,
    });
    const span = await agent.tryToCall('read_span', { trace_id: CULPRIT, span: '#9' });
    expect(span).toEqual({ text: expect.stringContaining('Its spans are #1 to #5'), isError: true });
  });

  it('an error in the input names the field', async () => {
    const { text, isError } = await agent.tryToCall('find_traces', { limit: 1000, colour: 'red' });
    expect(isError).toBe(true);
    expect(text).toMatch(/limit/);
    expect(text).toMatch(/colour/);
  });
});

describe('the project', () => {
  it('is that of the connection, and calls cannot choose another', async () => {
    const tools = await agent.tools();
    expect(tools.map(({ name }) => name)).not.toContain('list_projects');
    expect(tools.every(({ inputSchema }) => !Object.hasOwn(inputSchema.properties ?? {}, 'project'))).toBe(
      true,
    );
    expect((await agent.tryToCall('find_traces', { project: 'other' })).isError).toBe(true);
  });

  it('is chosen in each call if the connection does not name one', async () => {
    const open = await connect('/mcp');
    expect(await open.call('list_projects')).toMatch(/^other \| 5 \| /m);
    expect(await open.call('find_traces', {})).toContain('No traces match in project "default"');
    expect(await open.call('find_traces', { project: 'other' })).toContain('answer_question');
    await open.close();
  });

  it('can be given in a header', async () => {
    const pinned = await connect('/mcp', { 'x-throughline-project': 'other' });
    expect(await pinned.call('get_totals', { buckets: 0 })).toMatch(/^all \| 1 \| /m);
    await pinned.close();
  });
});

describe('the endpoint', () => {
  it('serves clients of the first version of the protocol', async () => {
    const client = new ClientV1({ name: 'old', version: '1' });
    await client.connect(
      new TransportV1(new URL(`${server.url}/mcp?project=shop`), {
        requestInit: { headers: server.keyHeaders },
      }),
    );
    const { content } = await client.callTool({ name: 'find_traces', arguments: { limit: 1 } });
    expect(content).toEqual([{ type: 'text', text: expect.stringContaining('answer_question') }]);
    await client.close();
  });

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: {
        ...server.keyHeaders,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify(body),
    });

  it('rejects batches, other methods, invalid projects and large bodies', async () => {
    expect((await post([{ jsonrpc: '2.0', id: 1, method: 'tools/list' }])).status).toBe(400);
    expect((await fetch(`${server.url}/mcp`, { headers: server.keyHeaders })).status).toBe(405);
    expect((await post({}, { 'x-throughline-project': ' ' })).status).toBe(400);
    expect(
      (await post({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { x: 'x'.repeat(300_000) } }))
        .status,
    ).toBe(413);
  });

  it('needs the API key of the server', async () => {
    await expect(CodingAgent.connect(`${server.url}/mcp`)).rejects.toThrow();
    expect((await fetch(`${server.url}/mcp`, { method: 'POST', body: '{}' })).status).toBe(401);
    const { authorization } = { authorization: `Bearer ${server.keyHeaders['x-api-key']}` };
    const allowed = await CodingAgent.connect(`${server.url}/mcp`, { authorization });
    expect(await allowed.call('list_projects')).toMatch(/^shop \| /m);
    await allowed.close();
  });
});
