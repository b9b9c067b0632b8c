/** The chunks of a stream are the same, in the same order, with and without the SDK. */
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

/** Tells usage only to those who ask, and then says in every other chunk that there is none, as OpenAI does. */
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
