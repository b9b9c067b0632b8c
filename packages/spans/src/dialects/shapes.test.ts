import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createContentMapper } from '../mapping/map-content.ts';
import { createFactMapper } from '../mapping/map-facts.ts';
import { createPricer } from '../pricing/pricing.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { DIALECTS } from './dialects.ts';
import { perShape, Shapes } from './shapes.ts';

const WORDS =
  'openinference span kind llm input_messages output_messages input output value message role content model_name gen_ai ' +
  'operation name provider system request model usage input_tokens output_tokens cost prompt messages tool call arguments ' +
  'result retrieval documents reranker document embedding embeddings text ai values response toolCalls operationId chat ' +
  'ranking mastra type model_generation metadata userId anthropic throughline user id session feature tags LLM RETRIEVER 0 1';
const word = fc.constantFrom(...WORDS.split(' '));
/** Keys that the dialects declare for input and output text, and keys of kinds, models, usage and cost. */
const KNOWN = DIALECTS.flatMap(({ inputText, outputText }) => [
  ...(inputText?.keys ?? []),
  ...(outputText?.keys ?? []),
  ...[...(inputText?.lists ?? []), ...(outputText?.lists ?? [])].flatMap((list) => [
    `${list}0.message.content`,
    `${list}0.document.content`,
    `${list}0`,
  ]),
]).concat(
  'openinference.span.kind',
  'gen_ai.operation.name',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.total_tokens',
  'gen_ai.usage.cost',
  'llm.model_name',
  'llm.token_count.prompt',
  'llm.cost.total',
  'ai.operationId',
  'ai.model.provider',
  'ai.embeddings',
  'ai.ranking',
  'mastra.span.type',
  'mastra.completion_start_time',
  'user.id',
  'session.id',
  'metadata',
);
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KNOWN) },
  fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('.')),
);
const value = fc.oneof(
  word,
  fc.constantFrom(
    '[{"role":"user","content":"hello"}]',
    '{"ls_provider":"openai"}',
    '[{"id":"a","score":0.5}]',
    '2026-11-20T10:00:00.500Z',
  ),
  fc.nat(1000),
  fc.boolean(),
);
const span = fc
  .uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 12 })
  .map((attributes) => rawSpan({ attributes: Object.fromEntries(attributes) }));

describe('perShape', () => {
  const price = createPricer();
  const facts = createFactMapper(DIALECTS, price);
  const content = createContentMapper(DIALECTS);
  const shapes = new Shapes(DIALECTS);
  const factsPerShape = perShape(shapes, (dialects) => createFactMapper(dialects, price));
  const contentPerShape = perShape(shapes, (dialects) => createContentMapper(dialects));

  it('gives the same result as all dialects together, on the first and on the fourth span of a shape', () => {
    fc.assert(
      fc.property(span, (given) => {
        for (let visit = 1; visit <= 4; visit++) {
          // A new object of the same shape, like a span of the next request.
          const again = { ...given, attributes: new Map(given.attributes) };
          expect(factsPerShape(again)).toEqual(facts(given));
          expect(contentPerShape(again)).toEqual(content(given));
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('creates one mapper for a shape', () => {
    let made = 0;
    const map = perShape(new Shapes(DIALECTS), (dialects) => {
      made++;
      return () => dialects.length;
    });
    for (let visit = 0; visit < 10; visit++) map(rawSpan({ attributes: { a: visit, b: 'x' } }));
    // One mapper with all dialects for the first spans, then one with the dialects that matter for this shape.
    expect(made).toBe(2);
  });

  it('remembers at most a few hundred shapes', () => {
    const all = new Shapes(DIALECTS);
    const shapeOf = (key: string) => all.of(rawSpan({ attributes: { [key]: 1 } }));
    for (let visit = 0; visit < 3; visit++) shapeOf('first');
    const first = shapeOf('first');
    expect(first).not.toBe(DIALECTS);
    for (let number = 0; number < 600; number++)
      for (let visit = 0; visit < 3; visit++) shapeOf(`key${number}`);
    expect(shapeOf('first')).toBe(DIALECTS);
    for (let visit = 0; visit < 2; visit++) shapeOf('first');
    const names = (dialects: readonly { readonly name: string }[]) => dialects.map(({ name }) => name);
    expect(names(shapeOf('first'))).toEqual(names(first));
  });

  it('uses all dialects for spans with many different keys', () => {
    const all = new Shapes(DIALECTS);
    const wide = Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, at]));
    for (let visit = 0; visit < 5; visit++) expect(all.of(rawSpan({ attributes: wide }))).toBe(DIALECTS);
  });

  it('has one shape for flattened conversations of any length', () => {
    const all = new Shapes(DIALECTS);
    const conversation = (length: number) =>
      rawSpan({
        attributes: Object.fromEntries([
          ['openinference.span.kind', 'LLM'],
          ...Array.from({ length }, (_, at) => [`llm.input_messages.${at}.message.role`, 'user']),
          ...Array.from({ length }, (_, at) => [`llm.input_messages.${at}.message.content`, `text ${at}`]),
        ]),
      });
    for (const length of [40, 50, 60]) all.of(conversation(length));
    const found = all.of(conversation(70));
    expect(found).not.toBe(DIALECTS);
    expect(all.of(conversation(200))).toBe(found);
    const map = createContentMapper(found);
    expect(map(conversation(70))).toEqual(createContentMapper(DIALECTS)(conversation(70)));
  });

  it('finds no reader that needs an index other than 0, because all indexes of wide spans count as 0', () => {
    const prefixes = ['gen_ai.prompt.', 'gen_ai.completion.', 'llm.input_messages.', 'retrieval.documents.'];
    const readers = DIALECTS.flatMap(({ facts = {}, content = {} }) => [
      ...Object.values(facts),
      ...Object.values(content),
    ]);
    for (const prefix of prefixes)
      for (const { needs } of readers) if (needs?.(`${prefix}7.x`)) expect(needs(`${prefix}0.x`)).toBe(true);
  });
});
