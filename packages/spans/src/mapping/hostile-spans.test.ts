import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAttributes } from '../attributes/attribute-codec.ts';
import { attributesToJson } from '../attributes/attribute-json.ts';
import { classifyAttribute } from '../dialects/classify-attribute.ts';
import { type AttributeValue, DoubleValue, type RawEvent } from '../model/raw-span.ts';
import { MAX_SEARCH_BYTES, searchTextOf } from '../search/search-text.ts';
import { spansFromOtlpJson } from '../testing/otlp-json.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { mapContent, mapTexts } from './map-content.ts';
import { mapFacts } from './map-facts.ts';
import { previews } from './previews.ts';

/** The keys and values of all message formats, so that random messages are nearly valid. */
const WORDS = (
  'type text content parts role user assistant tool system message messages tool_calls function name arguments id ' +
  'tool_call tool_call_response image image_url url source data base64 media_type blob uri file file_id reasoning ' +
  'thinking summary output output_text input function_call call_id kwargs lc choices candidates generations contents ' +
  'functionCall inlineData args response result finish_reason reason score metadata document __proto__ constructor'
).split(' ');
const KEYS = (
  'openinference.span.kind gen_ai.operation.name gen_ai.input.messages gen_ai.output.messages gen_ai.prompt ' +
  'gen_ai.completion gen_ai.system_instructions gen_ai.tool.definitions gen_ai.tool.call.arguments ' +
  'gen_ai.tool.call.result gen_ai.retrieval.documents gen_ai.memory.records gen_ai.response.finish_reasons ' +
  'gen_ai.usage.input_tokens gen_ai.usage.cost gen_ai.request.model gen_ai.provider.name gen_ai.request.top_k ' +
  'gen_ai.event.content content tool_calls message index ' +
  'input.value output.value input.mime_type metadata llm.invocation_parameters llm.model_name llm.finish_reason ' +
  'llm.tools llm.tools.0.tool.json_schema llm.prompt_template.variables tool.parameters tag.tags user.id ' +
  'llm.input_messages.0.message.role llm.input_messages.0.message.content llm.input_messages.0.message.tool_call_id ' +
  'llm.input_messages.0.message.contents.0.message_content.type llm.input_messages.0.message.contents.0.message_content.text ' +
  'llm.input_messages.0.message.contents.0.message_content.image llm.input_messages.0.message.tool_calls.0.tool_call.id ' +
  'llm.output_messages.0.message.tool_calls.0.tool_call.function.name llm.output_messages.0.message.role ' +
  'retrieval.documents.0.document.score reranker.output_documents.0.document.metadata embedding.embeddings.0.embedding.vector ' +
  'ai.values ai.embeddings ai.documents ai.ranking ai.prompt.toolChoice ai.settings.context.a anthropic.message.stop_reason ' +
  'exception.type exception.escaped error.type service.name'
).split(' ');
/** Keys of the fixtures: all vocabularies, and keys that look like theirs. */
const FIXTURES = join(import.meta.dirname, '../dialects/fixtures');
const SPANS = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .sort()
  .flatMap((name) => spansFromOtlpJson(JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')).otlp));
const FIXTURE_KEYS = [...new Set(SPANS.flatMap(({ attributes }) => [...attributes.keys()]))];
const SCOPES = [...new Set(SPANS.map(({ scope }) => scope.name))];
const NAMES = [...new Set(SPANS.map(({ name }) => name))];
const EVENT_NAMES = [...new Set(SPANS.flatMap(({ events }) => events.map(({ name }) => name)))];

const KINDS = [
  'LLM',
  'TOOL',
  'CHAIN',
  'RETRIEVER',
  'EMBEDDING',
  'RERANKER',
  'chat',
  'execute_tool',
  'embeddings',
  'retrieval',
];

const word = fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...KINDS), fc.string());
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    word,
    fc.constant(null),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(word, tie('json'), { maxKeys: 5 }),
  ),
}));
const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    json.map((plain) => JSON.stringify(plain) ?? ''),
    word,
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.constant(null),
    fc.boolean(),
    fc.integer().map((whole) => new DoubleValue(whole)),
    fc.uint8Array({ maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(word, tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  ),
}));
const attributes = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...KEYS) },
        { weight: 6, arbitrary: fc.constantFrom(...FIXTURE_KEYS) },
        { weight: 1, arbitrary: fc.string() },
      ),
      value,
    ),
    {
      maxLength: 14,
    },
  )
  .map((pairs) => new Map(pairs));
const event = fc
  .tuple(fc.constantFrom('exception', 'First Token Stream Event', ...EVENT_NAMES), attributes)
  .map(
    ([name, given]): RawEvent => ({ name, timeUnixNano: 0n, attributes: given, droppedAttributesCount: 0 }),
  );

describe('a span with random content', () => {
  it('is mapped without an error to values that JSON can represent', () => {
    fc.assert(
      fc.property(
        attributes,
        fc.array(event, { maxLength: 3 }),
        fc.constantFrom(...KINDS),
        fc.constantFrom(...SCOPES),
        fc.constantFrom(...NAMES),
        (given, events, kind, scope, name) => {
          const span = {
            ...rawSpan({ name, scope: { name: scope } }),
            attributes: new Map([['openinference.span.kind', kind], ...given]),
            events,
          };
          const facts = mapFacts(span);
          const content = mapContent(span);
          const shown = previews(content);
          expect(JSON.stringify({ facts, content }).length).toBeGreaterThan(0);
          expect(previews(mapTexts(span))).toEqual(shown);
          expect(searchTextOf(span, mapTexts(span)).length).toBeLessThanOrEqual(MAX_SEARCH_BYTES);
          expect(shown.input?.length ?? 0).toBeLessThanOrEqual(200);
          for (const message of [...(content.inputMessages ?? []), ...(content.outputMessages ?? [])]) {
            expect(typeof message.role).toBe('string');
            for (const part of message.parts) expect(typeof part.type).toBe('string');
          }
          encodeAttributes(given);
          JSON.stringify(attributesToJson(given));
          for (const key of given.keys())
            expect(['input', 'output', 'other']).toContain(classifyAttribute(key));
          expect(Object.keys(Object.prototype)).toEqual([]);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('exchanged or cut values of any vocabulary are mapped without an error', () => {
    const exchanged = fc.tuple(fc.constantFrom(...SPANS), fc.constantFrom(...SPANS), value, fc.nat());
    fc.assert(
      fc.property(exchanged, ([span, other, some, seed]) => {
        const values = [...other.attributes.values()];
        const given = new Map<string, AttributeValue>();
        let at = seed;
        for (const [key, own] of span.attributes) {
          const pick = at++ % 5;
          const cut = typeof own === 'string' ? own.slice(0, seed % (own.length + 1)) : own;
          given.set(
            key,
            pick === 0 ? (values[at % values.length] ?? some) : pick === 1 ? some : pick === 2 ? cut : own,
          );
        }
        const changed = { ...span, attributes: given };
        const content = mapContent(changed);
        expect(JSON.stringify({ facts: mapFacts(changed), content }).length).toBeGreaterThan(0);
        expect(previews(mapTexts(changed))).toEqual(previews(content));
      }),
      { numRuns: 3000 },
    );
  });

  it('giant indexes, thousands of indexes and keys of prototypes give a small result', () => {
    for (const prefix of [
      'gen_ai.prompt.',
      'gen_ai.completion.',
      'llm.request.functions.',
      'llm.input_messages.',
    ]) {
      const keys = [
        `${prefix}999999999.content`,
        `${prefix}99999999999999999999.content`,
        `${prefix}__proto__.content`,
        `${prefix}0.tool_calls.888888888.name`,
        ...Array.from({ length: 20_000 }, (_, index) => `${prefix}${index}.name`),
      ];
      const span = { ...rawSpan({}), attributes: new Map(keys.map((key) => [key, 'x'])) };
      const { inputMessages = [], outputMessages = [], toolDefinitions = [] } = mapContent(span);
      for (const list of [inputMessages, outputMessages, toolDefinitions])
        expect(list.length).toBeLessThanOrEqual(10_000);
      expect(mapFacts(span).name).toBe('span');
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
