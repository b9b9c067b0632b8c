import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTraceView, printTraceView, type TraceView } from './url.ts';

const word = fc.string({ minLength: 1 });
const id = fc.stringMatching(/^[0-9a-f]{1,16}$/);

const view: fc.Arbitrary<TraceView> = fc
  .record({
    project: fc.option(word, { nil: undefined }),
    as: fc.constantFrom('waterfall', 'flame', 'runs', 'conversation'),
    span: fc.option(id, { nil: undefined }),
    tab: fc.option(fc.constantFrom('messages', 'raw'), { nil: undefined }),
    find: fc.option(word, { nil: undefined }),
    found: fc.array(fc.constantFrom('refund policy', '退款', 'a~b'), { maxLength: 20 }),
    onlyMatches: fc.boolean(),
    zoom: fc.option(
      fc
        .tuple(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.double({ min: 1e-3, max: 1e9, noNaN: true }))
        .map(([fromMs, length]) => ({ fromMs: fromMs || 0, toMs: fromMs + length })),
      { nil: undefined },
    ),
    depth: fc.option(fc.nat(5000), { nil: undefined }),
    by: fc.constantFrom('step', 'model'),
    mark: fc.option(word, { nil: undefined }),
    order: fc.option(fc.constantFrom('label', '-costUsd'), { nil: undefined }),
    hidePath: fc.boolean(),
    width: fc.constantFrom('time', 'cost', 'tokens'),
    toggled: fc.array(id, { maxLength: 60 }),
  })
  .map(
    (wanted) =>
      Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as never,
  );

describe('the URL of a trace', () => {
  it('is parsed back to the view that was printed', () => {
    fc.assert(
      fc.property(view, (wanted) => {
        expect(parseTraceView(printTraceView(wanted))).toEqual(wanted);
      }),
    );
  });

  it('leaves out default values', () => {
    expect(printTraceView(parseTraceView({}))).toEqual({});
  });

  it.each(['', '5', '9~3', 'a~b', '1~Infinity', '-~5'])('ignores the zoom %j', (zoom) => {
    expect(parseTraceView({ zoom }).zoom).toBeUndefined();
  });

  it('stays short even if many rows were expanded or collapsed', () => {
    const toggled = Array.from({ length: 5000 }, (_, i) => i.toString(16).padStart(16, '0'));
    expect(printTraceView({ ...parseTraceView({}), toggled }).toggled?.length).toBe(60 * 17 - 1);
  });
});
