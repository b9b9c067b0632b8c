import { expect, it } from 'vitest';
import { BIN_BOUNDS, binOf, endOfBin } from './bins.ts';
import { hasDimension, isOrdinal, parseDimension, printDimension } from './dimensions.ts';
import { FILTER_FIELDS } from './fields.ts';
import { describeMeasure, parseMeasure, printMeasure, QUERY_MEASURES, unitOf } from './query-measures.ts';

it('finds measures by their name, by the name of the filter field, and by the name of a score', () => {
  const parsed = (name: string) => {
    const measure = parseMeasure(name);
    return measure && [printMeasure(measure), describeMeasure(measure).aggregations[0]];
  };
  expect(parsed('COST')).toEqual(['cost', 'sum']);
  expect(parsed('latency')).toEqual(['durationMs', 'p50']);
  expect(parsed('ttft')).toEqual(['ttftMs', 'p50']);
  expect(parsed('user')).toEqual(['user', 'unique']);
  expect(parsed('score.answer.quality')).toEqual(['score.answer.quality', 'avg']);
  expect(parsed('score.')).toBeUndefined();
  expect(parsed('costs')).toBeUndefined();
});

it('knows the unit of a measure after its aggregation', () => {
  const unit = (name: string, aggregation: Parameters<typeof unitOf>[1]) => {
    const measure = parseMeasure(name);
    return measure && unitOf(measure, aggregation);
  };
  expect(unit('cost', 'p99')).toBe('usd');
  expect(unit('cost', 'rate')).toBe('usd/min');
  expect(unit('cost', 'count')).toBe('count');
  expect(unit('cacheHitRate', 'ratio')).toBe('ratio');
  expect(unit('score.verdict', 'passRate')).toBe('ratio');
});

it('describes every measure and every dimension in a sentence', () => {
  for (const { describes, of, aggregations } of Object.values(QUERY_MEASURES)) {
    expect(describes).toMatch(/^[A-Z].*\.$/);
    expect([of.length, aggregations.length]).not.toContain(0);
  }
});

it('offers every filter field as a dimension under its name', () => {
  for (const field of Object.keys(FILTER_FIELDS)) {
    const dimension = parseDimension(field);
    expect(dimension && printDimension(dimension)).toBe(field);
  }
  for (const name of ['attr.customer.tier', 'resource.k8s.pod.name', 'hourOfDay', 'dayOfWeek', 'traceName'])
    expect(printDimension(parseDimension(name) as never)).toBe(name);
  expect(['attr.', 'nothing', ''].map(parseDimension)).toEqual([undefined, undefined, undefined]);
});

it('knows which dimensions have an order, and which only spans or traces have', () => {
  const of = (name: string) => parseDimension(name) as NonNullable<ReturnType<typeof parseDimension>>;
  expect(['cost', 'hourOfDay', 'feature'].map((name) => isOrdinal(of(name)))).toEqual([true, true, false]);
  expect([hasDimension('traces', of('attr.x')), hasDimension('spans', of('attr.x'))]).toEqual([false, true]);
  expect([hasDimension('traces', of('ttft')), hasDimension('spans', of('spans'))]).toEqual([false, false]);
});

it('divides numbers into ranges of nearly equal width on a logarithmic scale', () => {
  expect([0, -1, 1, 1.49, 1.5, 9.9, 0.02].map(binOf)).toEqual([0, 0, 1, 1, 1.5, 7, 0.02]);
  expect(endOfBin(1.5)).toBe(2);
  expect(endOfBin(7)).toBe(10);
  expect(binOf(1e-20)).toBe(BIN_BOUNDS[0]);
  expect(binOf(1e20)).toBe(BIN_BOUNDS.at(-1));
});
