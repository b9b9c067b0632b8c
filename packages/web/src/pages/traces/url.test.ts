import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECENT, type Recent, type TimeRange } from '../../url/time-range.ts';
import { parseTracesView, printTracesView, TRACE_SORTS, type TracesView } from './url.ts';

const range: fc.Arbitrary<TimeRange> = fc.oneof(
  fc
    .constantFrom(...(Object.keys(RECENT) as Recent[]))
    .map((recent) => ({ kind: 'recent' as const, recent })),
  fc
    .tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 1e12 }))
    .map(([fromMs, length]) => ({ kind: 'between' as const, fromMs, toMs: fromMs + length })),
);
const word = fc.string({ minLength: 1 });

const view: fc.Arbitrary<TracesView> = fc
  .record({
    project: fc.option(word, { nil: undefined }),
    range,
    q: fc.string().map((text) => text.trim()),
    sort: fc.constantFrom(...TRACE_SORTS),
    peek: fc.option(word, { nil: undefined }),
    live: fc.boolean(),
  })
  .map(({ project, peek, ...rest }) => ({ ...rest, ...(project && { project }), ...(peek && { peek }) }));

describe('the URL of the traces page', () => {
  it('is parsed back to the view that was printed', () => {
    fc.assert(
      fc.property(view, (wanted) => {
        expect(parseTracesView(printTracesView(wanted))).toEqual(wanted);
      }),
    );
  });

  it('leaves out default values', () => {
    expect(printTracesView(parseTracesView({}))).toEqual({});
    expect(printTracesView(parseTracesView({ range: '24h', sort: '-startTime', live: '0' }))).toEqual({});
  });

  it.each([
    ['an unknown range', { range: '9y' }],
    ['a range named like a property of every object', { range: 'constructor' }],
    ['a range that ends before it begins', { from: '2026-11-20T10:00:00Z', to: '2026-11-20T09:00:00Z' }],
    ['a text that is not a time', { from: 'yesterday', to: '2026-11-20T09:00:00Z' }],
    ['an unknown sort order', { sort: 'colour' }],
  ])('reads %s as the default', (_, search) => {
    expect(parseTracesView(search)).toEqual(parseTracesView({}));
  });

  it('accepts only sort orders that the API supports', () => {
    expect(parseTracesView({ sort: 'costUsd' }).sort).toBe('-startTime');
    expect(parseTracesView({ sort: '-costUsd' }).sort).toBe('-costUsd');
  });
});
