/**
 * A coding agent that looks for the most expensive failed trace of a day, through MCP alone, and the shop whose traces it
 * reads. It follows the answers as a model would: it takes ids and numbers from their text.
 */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import type { RawSpan } from '../../packages/spans/src/index.ts';

const MS = 1_000_000n;
const DAY_MS = 86_400_000;

/** The day that the agent queries, as dates in UTC. */
export interface Day {
  readonly from: string;
  readonly to: string;
  readonly startNs: bigint;
}

export function dayBefore(nowMs: number): Day {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return { from: dateOf(today - DAY_MS), to: dateOf(today), startNs: BigInt(today - DAY_MS) * MS };
}

/** The trace that the agent should find: the most expensive one that failed on that day. */
export const CULPRIT = '4bf92f3577b34da6a3ce929d0e0e4736';
/** The same request, which succeeded. */
export const GOOD_RUN = '0af7651916cd43dd8448eb211c80319c';

export const REASON = 'order "A-1003 " not found: the id ends with a space';

/**
 * Forty answers on that day, of which four failed, and an even more expensive failure on the day before. Every answer is an
 * agent with two model calls, a search and a tool.
 */
export function shopTraces({ startNs }: Day): RawSpan[] {
  const hours = (count: number) => startNs + BigInt(count) * 3_600_000n * MS;
  const ordinary = Array.from({ length: 38 }, (_, index) =>
    answer({
      traceId: String(index + 1).padStart(32, '0'),
      atNs: hours(1) + BigInt(index) * 60_000n * MS,
      inputTokens: 800 + 20 * index,
      orderId: 'A-1001',
      failure: index % 13 === 0 ? 'the order service did not answer within 2 s' : undefined,
    }),
  );
  return [
    ...ordinary.flat(),
    ...answer({
      traceId: GOOD_RUN,
      atNs: hours(13),
      inputTokens: 21_000,
      orderId: 'A-1003',
      failure: undefined,
    }),
    ...answer({
      traceId: CULPRIT,
      atNs: hours(14),
      inputTokens: 24_000,
      orderId: 'A-1003 ',
      failure: REASON,
    }),
    ...answer({
      traceId: 'f'.repeat(32),
      atNs: startNs - 3_600_000n * MS,
      inputTokens: 90_000,
      orderId: 'A-9',
      failure: 'other day',
    }),
  ];
}

interface Answer {
  readonly traceId: string;
  readonly atNs: bigint;
  readonly inputTokens: number;
  readonly orderId: string;
  readonly failure: string | undefined;
}

function answer({ traceId, atNs, inputTokens, orderId, failure }: Answer): RawSpan[] {
  const step = (
    number: number,
    parent: number,
    name: string,
    [fromMs, toMs]: readonly [number, number],
    more: Parameters<typeof rawSpan>[0],
  ) =>
    rawSpan({
      traceId,
      spanId: traceId.slice(0, 12) + String(number).padStart(4, '0'),
      parentSpanId: parent === 0 ? '' : traceId.slice(0, 12) + String(parent).padStart(4, '0'),
      name,
      startTimeUnixNano: atNs + BigInt(fromMs) * MS,
      endTimeUnixNano: atNs + BigInt(toMs) * MS,
      ...more,
    });
  const call = (tokens: number, output: string) => ({
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': tokens,
      'gen_ai.usage.output_tokens': 200,
      'gen_ai.input.messages': JSON.stringify([
        { role: 'system', parts: [{ type: 'text', content: `You help customers of a shop. ${HANDBOOK}` }] },
        { role: 'user', parts: [{ type: 'text', content: `Where is my order ${orderId}?` }] },
      ]),
      'gen_ai.output.messages': JSON.stringify([
        { role: 'assistant', parts: [{ type: 'text', content: output }], finish_reason: 'stop' },
      ]),
    },
  });
  const failed = (message: string) => ({ statusCode: 'error' as const, statusMessage: message });
  return [
    step(1, 0, 'answer_question', [0, 4200], {
      attributes: {
        'openinference.span.kind': 'AGENT',
        'input.value': `Where is my order ${orderId}?`,
        'output.value': failure === undefined ? 'Your order was shipped on Monday.' : 'Something went wrong.',
        'user.id': `u-${orderId.trim()}`,
      },
      ...(failure !== undefined && failed('a tool failed')),
    }),
    step(2, 1, 'search_policies', [10, 900], {
      attributes: { 'openinference.span.kind': 'RETRIEVER', 'input.value': 'shipping times' },
    }),
    step(3, 1, 'plan', [900, 2400], call(inputTokens, 'I look the order up.')),
    step(4, 1, 'lookup_order', [2400, 2600], {
      attributes: {
        'openinference.span.kind': 'TOOL',
        'tool.name': 'lookup_order',
        'input.value': JSON.stringify({ orderId }),
        ...(failure === undefined && { 'output.value': '{"status":"shipped"}' }),
      },
      ...(failure !== undefined && {
        ...failed(failure),
        events: [
          {
            name: 'exception',
            timeUnixNano: atNs + 2600n * MS,
            attributes: new Map([
              ['exception.type', 'OrderError'],
              ['exception.message', failure],
              ['exception.stacktrace', `OrderError: ${failure}\n    at lookupOrder (shop/orders.ts:41:11)`],
            ]),
            droppedAttributesCount: 0,
          },
        ],
      }),
    }),
    step(
      5,
      1,
      'answer',
      [2600, 4100],
      call(Math.floor(inputTokens / 4), failure === undefined ? 'It was shipped on Monday.' : 'Sorry.'),
    ),
  ];
}

const HANDBOOK = Array.from(
  { length: 120 },
  (_, index) =>
    `Rule ${index + 1}: parcels to zone ${index % 7} take ${(index % 5) + 2} working days, and returns are free for thirty days.`,
).join(' ');

/** A text that a tool returned. */
export interface ToolAnswer {
  readonly tool: string;
  readonly text: string;
}

/** Calls tools and records their answers. */
export class CodingAgent {
  readonly answers: ToolAnswer[] = [];
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async connect(url: string, headers: Readonly<Record<string, string>> = {}): Promise<CodingAgent> {
    const client = new Client({ name: 'coding-agent', version: '1' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { ...headers } } }),
    );
    return new CodingAgent(client);
  }

  get instructions(): string {
    return this.#client.getInstructions() ?? '';
  }

  async tools() {
    return (await this.#client.listTools()).tools;
  }

  /** The text of the answer. Throws if the tool reports an error. */
  async call(tool: string, input: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { text, isError } = await this.tryToCall(tool, input);
    if (isError) throw new Error(`${tool} failed: ${text}`);
    return text;
  }

  async tryToCall(
    tool: string,
    input: Readonly<Record<string, unknown>> = {},
  ): Promise<{ text: string; isError: boolean }> {
    const { content, isError } = await this.#client.callTool({ name: tool, arguments: { ...input } });
    const [first] = content as { type: string; text: string }[];
    if (first?.type !== 'text') throw new Error(`${tool} returned no text`);
    this.answers.push({ tool, text: first.text });
    return { text: first.text, isError: isError === true };
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

export interface Explanation {
  readonly traceId: string;
  readonly costUsd: string;
  /** Number of the span in which the error started. */
  readonly span: string;
  readonly error: string;
}

/** Finds the most expensive failed trace of a day and explains why it failed. */
export async function explainMostExpensiveFailure(
  agent: CodingAgent,
  { from, to }: Day,
): Promise<Explanation> {
  const found = await agent.call('find_traces', {
    filter: 'status:error',
    from,
    to,
    sort: '-costUsd',
    limit: 3,
  });
  const [started = '', , costUsd = '', ...rest] = (found.split('\n')[1] ?? '').split(' | ');
  const traceId = rest.at(-1) ?? '';
  if (!started.startsWith(from)) throw new Error(`no trace of ${from} in ${found}`);
  const trace = await agent.call('read_trace', { trace_id: traceId });
  const [, span = ''] = /^Errors started in: (#\d+)/m.exec(trace) ?? [];
  const content = await agent.call('read_span', { trace_id: traceId, span, part: 'error' });
  return { traceId, costUsd, span, error: content.split('\nerror:\n')[1] ?? content };
}
