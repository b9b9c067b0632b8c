/** The chunks of a stream are the same, in the same order, with and without the SDK. */
import Anthropic from '@anthropic-ai/sdk';
import { init, instrument, shutdown } from '@throughline/sdk';
import { InMemoryExporter } from '@throughline/sdk/testing';
import fc from 'fast-check';
import OpenAI7 from 'openai';
import OpenAI6 from 'openai6';
import { afterEach, beforeEach, expect, it } from 'vitest';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(() => shutdown());

const delta = fc.record(
  {
    role: fc.constantFrom('assistant', 'tool'),
    content: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(null)),
    refusal: fc.string(),
    reasoning_content: fc.string(),
    tool_calls: fc.array(
      fc.record(
        {
          index: fc.nat(3),
          id: fc.string(),
          function: fc.record({ name: fc.string(), arguments: fc.string() }),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    ),
    unknown: fc.jsonValue(),
  },
  { requiredKeys: [] },
);
const chunk = fc.record(
  {
    id: fc.string(),
    model: fc.string(),
    choices: fc.array(
      fc.record(
        { index: fc.nat(2), delta, finish_reason: fc.constantFrom(null, 'stop', 'length') },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    ),
    'x-vendor': fc.jsonValue(),
  },
  { requiredKeys: [] },
);

/** Sends usage only if it is requested, and then with null in all other chunks, as OpenAI does. */
function serve(chunks: readonly object[], cuts: readonly number[]): typeof fetch {
  return async (_url, request) => {
    const { stream_options } = JSON.parse(String(request?.body));
    const asked = stream_options?.include_usage === true;
    const sent = [
      ...chunks.map((one) => (asked ? { ...one, usage: null } : one)),
      ...(asked ? [{ id: 'last', choices: [], usage: { prompt_tokens: 5, completion_tokens: 7 } }] : []),
    ];
    const bytes = new TextEncoder().encode(
      [...sent.map((one) => `data: ${JSON.stringify(one)}\n\n`), 'data: [DONE]\n\n'].join(''),
    );
    const body = new ReadableStream({
      start: (controller) => {
        let from = 0;
        for (const cut of [...cuts].sort((a, b) => a - b)) {
          const to = Math.floor(cut * bytes.length);
          if (to > from) controller.enqueue(bytes.subarray(from, to));
          from = Math.max(from, to);
        }
        controller.enqueue(bytes.subarray(from));
        controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}

it.each([
  ['7', OpenAI7],
  ['6', OpenAI6 as unknown as typeof OpenAI7],
])('openai %s', async (_, OpenAI) => {
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(chunk, { maxLength: 12 }),
      cuts,
      fc.nat(14),
      async (chunks, where, stopAfter) => {
        const read = async (client: OpenAI7, limit: number) => {
          const seen: unknown[] = [];
          const stream = await client.chat.completions.create({ model: 'm', messages: [], stream: true });
          for await (const one of stream) {
            seen.push(one);
            if (seen.length > limit) break;
          }
          return seen;
        };
        const make = () => new OpenAI({ apiKey: 'any', fetch: serve(chunks, where) });
        spans.clear();
        expect(await read(instrument(make()), 100)).toEqual(await read(make(), 100));
        expect(spans.spans).toHaveLength(1);
        expect(spans.spans[0]?.attributes['gen_ai.usage.output_tokens']).toBe(7);
        expect(await read(instrument(make()), stopAfter)).toEqual(await read(make(), stopAfter));
        expect(spans.spans).toHaveLength(2);
      },
    ),
    { numRuns: 60 },
  );
});

/** Events with random content, and events that the providers use with invalid content. Neither may change the result. */
const event = (types: readonly string[]) =>
  fc.record(
    {
      type: fc.oneof(fc.constantFrom(...types), fc.string()),
      index: fc.oneof(fc.nat(3), fc.string()),
      output_index: fc.nat(3),
      delta: fc.oneof(fc.string(), fc.jsonValue()),
      item: fc.jsonValue(),
      content_block: fc.jsonValue(),
      usage: fc.oneof(fc.record({ output_tokens: fc.nat() }), fc.jsonValue()),
    },
    { requiredKeys: ['type'] },
  );

function serveEvents(events: readonly { type: string }[], name: (type: string) => string): typeof fetch {
  const text = events.map((one) => `event: ${name(one.type)}\ndata: ${JSON.stringify(one)}\n\n`).join('');
  return async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
}

const RESPONSE_EVENTS = [
  'response.created',
  'response.output_item.added',
  'response.output_text.delta',
  'response.function_call_arguments.delta',
  'response.output_item.done',
  'response.completed',
];
const MESSAGE_EVENTS = [
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
];

async function readUntil(stream: AsyncIterable<unknown>, limit: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const one of stream) {
    seen.push(one);
    if (seen.length > limit) break;
  }
  return seen;
}

it('the Responses API', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event(RESPONSE_EVENTS), { maxLength: 12 }),
      fc.nat(14),
      async (events, limit) => {
        const make = () => new OpenAI7({ apiKey: 'any', fetch: serveEvents(events, () => 'message') });
        const read = async (client: OpenAI7) =>
          readUntil(await client.responses.create({ model: 'm', input: 'x', stream: true }), limit);
        spans.clear();
        expect(await read(instrument(make()))).toEqual(await read(make()));
        expect(spans.spans).toHaveLength(1);
      },
    ),
    { numRuns: 60 },
  );
});

it('@anthropic-ai/sdk', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event(MESSAGE_EVENTS), { maxLength: 12 }),
      fc.nat(14),
      async (events, limit) => {
        const known = (type: string) => (MESSAGE_EVENTS.includes(type) ? type : 'ping');
        const make = () =>
          new Anthropic({ apiKey: 'any', openTelemetry: false, fetch: serveEvents(events, known) });
        const read = async (client: Anthropic) =>
          readUntil(
            await client.messages.create({ model: 'm', max_tokens: 9, messages: [], stream: true }),
            limit,
          );
        spans.clear();
        expect(await read(instrument(make()))).toEqual(await read(make()));
        expect(spans.spans).toHaveLength(1);
      },
    ),
    { numRuns: 60 },
  );
});
