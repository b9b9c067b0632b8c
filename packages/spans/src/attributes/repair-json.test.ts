import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCutJson } from './repair-json.ts';

describe('JSON that was cut', () => {
  it.each([
    ['{"a":"hel', { a: 'hel' }],
    ['{"a":"x","b', { a: 'x' }],
    ['{"a":"x","b"', { a: 'x' }],
    ['{"a":"x","b":', { a: 'x' }],
    ['{"a":"x","b":12', { a: 'x' }],
    ['{"a":"x","b":12,', { a: 'x', b: 12 }],
    ['{"a":[1,2,{"b":tr', { a: [1, 2, {}] }],
    ['[{"role":"user","content":"And the warr', [{ role: 'user', content: 'And the warr' }]],
    ['[{"role":"user","content":"a\\', [{ role: 'user', content: 'a' }]],
    ['[{"role":"user","content":"a\\\\', [{ role: 'user', content: 'a\\' }]],
    ['[{"role":"user","content":"a\\u00', [{ role: 'user', content: 'a' }]],
    ['[{"role":"user","content":"say \\"hi\\" to', [{ role: 'user', content: 'say "hi" to' }]],
    ['{"a":[{"b":"x"},...(truncated, 200 more)', { a: [{ b: 'x' }] }],
    ['{"a":"x","b":…', { a: 'x' }],
    ['[', []],
    ['{', {}],
  ])('%s is read up to the cut', (text, expected) => {
    expect(parseCutJson(text)).toEqual(expected);
  });

  it.each(['', 'hello', '12', '"a', '{"a":1}', '{"a":1} and more', '[1}', 'a [1, 2'])(
    '%s is not the start of a structure, or is not cut',
    (text) => {
      expect(parseCutJson(text)).toBeUndefined();
    },
  );

  it('is read wherever it was cut', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.nat(), (json, at) => {
        const text = JSON.stringify([JSON.parse(json)]);
        const cut = text.slice(0, at % text.length);
        const value = parseCutJson(cut);
        expect(value === undefined ? cut : Array.isArray(value)).toEqual(cut === '' ? '' : true);
      }),
      { numRuns: 2000 },
    );
  });

  it('nested without end is not read', () => {
    expect(parseCutJson('['.repeat(100_000))).toBeUndefined();
  });
});
