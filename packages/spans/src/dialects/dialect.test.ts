import { describe, expect, it } from 'vitest';
import { count, oneOf, text, typedText, whenAny } from '../attributes/attribute-readers.ts';
import { createContentMapper } from '../mapping/map-content.ts';
import { createFactMapper } from '../mapping/map-facts.ts';
import { createPricer } from '../pricing/pricing.ts';
import { type RawSpanSketch, rawSpan } from '../testing/raw-span.ts';
import { createClassifier } from './classify-attribute.ts';
import type { Dialect } from './dialect.ts';
import { DIALECTS } from './dialects.ts';

const acme: Dialect = {
  name: 'acme',
  title: 'acme',
  describes: 'acme',
  kind: oneOf('acme.kind', { model: 'llm' }),
  impliedKind: whenAny('tool', 'acme.tool'),
  facts: { requestModel: text('acme.model'), userId: text('acme.user') },
  usage: {
    cachedTokens: 'outside',
    tokens: { inputTokens: count('acme.in'), cacheReadTokens: count('acme.cached') },
  },
  content: { input: typedText('acme.question'), metadata: () => ({ a: 'acme', b: 'acme' }) },
  inputText: { keys: ['acme.question'] },
};
const other: Dialect = {
  name: 'other',
  title: 'other',
  describes: 'other',
  kind: oneOf('other.kind', { agent: 'agent' }),
  facts: { userId: text('other.user'), sessionId: text('other.session') },
  usage: {
    cachedTokens: 'inside',
    tokens: { inputTokens: count('other.in'), outputTokens: count('other.out') },
  },
  content: { output: typedText('other.answer'), metadata: () => ({ b: 'other', c: 'other' }) },
  outputText: { prefixes: ['other.answers.'] },
};
const mapFacts = createFactMapper([acme, other], createPricer());
const mapContent = createContentMapper([acme, other]);
const facts = (attributes: NonNullable<RawSpanSketch['attributes']>) => mapFacts(rawSpan({ attributes }));

describe('mappers of several dialects', () => {
  it('take each field from the first dialect that has it', () => {
    expect(facts({ 'acme.user': 'a', 'other.user': 'o', 'other.session': 's' })).toMatchObject({
      userId: 'a',
      sessionId: 's',
    });
    expect(facts({ 'other.user': 'o' }).userId).toBe('o');
  });

  it('prefer an explicit kind of any dialect to an implied kind', () => {
    expect(facts({ 'acme.tool': 'x', 'other.kind': 'agent' }).kind).toBe('agent');
    expect(facts({ 'acme.tool': 'x' }).kind).toBe('tool');
  });

  it('count cached tokens as the dialect of the input tokens does', () => {
    expect(facts({ 'acme.in': 500, 'acme.cached': 300, 'other.out': 5 }).usage).toEqual({
      inputTokens: 800,
      outputTokens: 5,
      cacheReadTokens: 300,
    });
    expect(facts({ 'other.in': 500, 'acme.cached': 300 }).usage).toEqual({
      inputTokens: 500,
      cacheReadTokens: 300,
    });
  });

  it('can take input and output from different dialects, and merge metadata', () => {
    expect(mapContent(rawSpan({ attributes: { 'acme.question': 'q', 'other.answer': 'a' } }))).toEqual({
      input: { text: 'q' },
      output: { text: 'a' },
      metadata: { a: 'acme', b: 'acme', c: 'other' },
    });
  });

  it('classify attributes by the keys that the dialects declare', () => {
    const classify = createClassifier([acme, other]);
    expect(['acme.question', 'other.answers.anything', 'other.answer', 'llm.x'].map(classify)).toEqual([
      'input',
      'output',
      'other',
      'other',
    ]);
  });

  it('have dialects with unique names', () => {
    expect(new Set(DIALECTS.map(({ name }) => name)).size).toBe(DIALECTS.length);
  });
});
