import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsedOrText, parseJson, parseStructure } from './parse-json.ts';

describe('parseJson', () => {
  it('parses the output of JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        // Longer integers are covered by another test.
        fc.pre(!/\d{16}/.test(text));
        expect(JSON.stringify(parseJson(text))).toBe(text);
      }),
    );
  });

  it.each([
    '',
    ' ',
    'hello',
    '{',
    '[1',
    '{"a"}',
    'undefined',
    'NaN',
    "{'a':1}",
    '\u0000',
    '{"a":1} trailing',
  ])('returns undefined for %j', (text) => {
    expect(parseJson(text)).toBe(undefined);
  });

  it('returns integers that a double cannot hold as decimal strings', () => {
    expect(parseJson('{"id":9007199254740993,"neg":-9223372036854775808,"ok":9007199254740991}')).toEqual({
      id: '9007199254740993',
      neg: '-9223372036854775808',
      ok: 9007199254740991,
    });
    expect(parseJson('[1e30, 1125899906842624.5, "12345678901234567890"]')).toEqual([
      1e30,
      1125899906842624.5,
      '12345678901234567890',
    ]);
  });

  it('returns undefined for a value with more than 128 levels, without overflowing the stack', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseJson(nested(128))).toBeDefined();
    expect(parseJson(nested(129))).toBe(undefined);
    expect(parseJson(nested(1_000_000))).toBe(undefined);
    expect(parseJson('{"a":'.repeat(100_000))).toBe(undefined);
  });
});

describe('parseStructure', () => {
  it('returns undefined for anything but an object or array', () => {
    expect(parseStructure('42')).toBe(undefined);
    expect(parseStructure('"text"')).toBe(undefined);
    expect(parseStructure('null')).toBe(undefined);
    expect(parsedOrText('true')).toBe('true');
    expect(parsedOrText(' [1]\n')).toEqual([1]);
    expect(parsedOrText('[maybe a note]')).toBe('[maybe a note]');
  });
});

describe('an escape of half a surrogate pair', () => {
  it('becomes U+FFFD, because UTF-8 cannot represent it', () => {
    expect(parseJson('{"a":["cat \\ud83e sat","ok \\ud83e\\udd18"],"nul":"\\u0000"}')).toEqual({
      a: ['cat \ufffd sat', 'ok \u{1f918}'],
      nul: '\u0000',
    });
  });

  it('does not change prototypes', () => {
    const value = parseJson('{"__proto__":{"a":"\\ud83e"}}') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});
