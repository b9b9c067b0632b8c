import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartialSpan } from './merge-patch.ts';
import { CREATED, type SpanPatch, UPDATED } from './span-patch.ts';

const KEY = { project: 'shop', traceId: 'trace', spanId: 'span' };
const START = 1_796_000_000_000_000_000n;

function part(order: number, fields: Partial<SpanPatch> = {}): SpanPatch {
  return { ...KEY, order, attributes: new Map(), ...fields };
}

function merged(parts: readonly SpanPatch[]) {
  const span = new PartialSpan(KEY);
  for (const each of parts) span.apply(each);
  return span.toSpan(0n);
}

/** A run as LangSmith sends it, with an update between. */
const PARTS = [
  part(CREATED, {
    name: 'model',
    parentSpanId: 'root',
    startTimeUnixNano: START,
    attributes: new Map([
      ['input', 'question'],
      ['model', 'gpt-4o'],
      ['metadata', '{"a":1,"b":{"c":1}}'],
    ]),
    combined: new Set(['metadata']),
  }),
  part(UPDATED + 1, {
    attributes: new Map([
      ['model', 'gpt-4o-mini'],
      ['metadata', '{"b":{"d":2}}'],
    ]),
    combined: new Set(['metadata']),
  }),
  part(UPDATED + 2, {
    endTimeUnixNano: START + 5n,
    statusCode: 'error',
    statusMessage: 'timeout',
    attributes: new Map([
      ['output', 'answer'],
      ['metadata', '{"a":3}'],
    ]),
    combined: new Set(['metadata']),
  }),
];

describe('a span whose parts arrive in several requests', () => {
  it('has the fields of all parts, and the latest value of each', () => {
    const span = merged(PARTS);
    expect(span).toMatchObject({
      ...{ traceId: 'trace', spanId: 'span', parentSpanId: 'root', name: 'model' },
      startTimeUnixNano: START,
      endTimeUnixNano: START + 5n,
      statusCode: 'error',
      statusMessage: 'timeout',
    });
    expect(Object.fromEntries(span.attributes)).toEqual({
      input: 'question',
      output: 'answer',
      model: 'gpt-4o-mini',
      metadata: '{"a":3,"b":{"c":1,"d":2}}',
    });
  });

  it('is the same in any order, and if parts are repeated', () => {
    const comparable = (parts: readonly SpanPatch[]) => {
      const { attributes, ...span } = merged(parts);
      const values = Object.fromEntries(attributes);
      return { ...span, attributes: { ...values, metadata: JSON.parse(String(values.metadata)) } };
    };
    const expected = comparable(PARTS);
    fc.assert(
      fc.property(fc.shuffledSubarray([...PARTS, ...PARTS], { minLength: PARTS.length * 2 }), (parts) => {
        expect(comparable(parts)).toEqual(expected);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('keeps the start of its row within the minute, which is part of the key of the row', () => {
    const span = new PartialSpan(KEY);
    span.apply(part(UPDATED, { endTimeUnixNano: START }));
    expect(span.toSpan(START).startTimeUnixNano).toBe(START);
    span.apply(part(CREATED, { startTimeUnixNano: START - 1_000_000n }));
    expect(span.toSpan(START).startTimeUnixNano).toBe(START - 1_000_000n);
    span.apply(part(CREATED, { startTimeUnixNano: START - 120_000_000_000n }));
    expect(span.toSpan(START).startTimeUnixNano).toBe(START - 1_000_000n);
  });

  it('fills gaps from its stored row, and an older part does not replace what was stored', () => {
    const stored = merged([part(CREATED, { name: 'stored', startTimeUnixNano: START }), ...PARTS.slice(1)]);
    const span = new PartialSpan(KEY);
    span.applyStored(stored);
    span.apply(part(CREATED, { name: 'again', attributes: new Map([['model', 'old']]) }));
    span.apply(part(UPDATED, { attributes: new Map([['output', 'corrected']]) }));
    const result = span.toSpan(0n);
    expect(result.name).toBe('stored');
    expect(result.attributes.get('model')).toBe('gpt-4o-mini');
    expect(result.attributes.get('output')).toBe('corrected');
    expect(result.endTimeUnixNano).toBe(START + 5n);
  });
});

it('every text that clients can make long counts as memory', () => {
  const long = 'x'.repeat(1000);
  const attributes = new Map([[long, long]]);
  const source = { attributes, droppedAttributesCount: 0, schemaUrl: long };
  const span = new PartialSpan(KEY);
  const before = span.bytes;
  span.apply(
    part(CREATED, {
      name: long,
      parentSpanId: long,
      statusMessage: long,
      attributes,
      events: [{ name: long, timeUnixNano: START, attributes, droppedAttributesCount: 0 }],
      scope: { ...source, name: long, version: long },
      resource: source,
    }),
  );
  // Three fields, attributes, event, scope and resource, with two bytes for each character.
  expect(span.bytes - before).toBeGreaterThanOrEqual(2 * 1000 * (3 + 2 + 3 + 5 + 3));
});
