import { cpuMsOf } from '@throughline/tests/cpu-time';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextLimits } from '../core/text-limits.ts';
import { toText } from './serialize.ts';

const limits: TextLimits = { maxCharacters: 1_000, media: 'keep' };
const text = (value: unknown, more: Partial<TextLimits> = {}) => toText(value, { ...limits, ...more });

describe('toText', () => {
  it('returns the same text as JSON.stringify for plain JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const json = JSON.stringify(value);
        if (typeof value !== 'string' && json.length <= limits.maxCharacters) expect(text(value)).toBe(json);
      }),
    );
  });

  it('never throws and never exceeds its limit for any value', () => {
    const limited = { maxCharacters: 300, media: 'drop' } as const;
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (value) => {
          const result = toText(value, limited);
          if (result === undefined) return;
          expect(result.length).toBeLessThanOrEqual(300);
          if (typeof value !== 'string' && !result.startsWith('[unreadable')) JSON.parse(result);
        },
      ),
    );
  });

  const circular: Record<string, unknown> = { name: 'a' };
  circular.self = circular;
  class Answer {
    readonly text = 'hello';
    readonly #secret = 1;
    ask() {
      return this.#secret;
    }
  }
  const rows: [string, unknown, unknown][] = [
    ['a string', 'plain', 'plain'],
    ['nothing', undefined, undefined],
    ['a cycle', circular, '{"name":"a","self":"[circular]"}'],
    ['big integers', { n: 10n }, '{"n":"10"}'],
    [
      'numbers that JSON lacks',
      { a: Number.NaN, b: new Date(0) },
      '{"a":"NaN","b":"1970-01-01T00:00:00.000Z"}',
    ],
    ['bytes', { image: Buffer.from('abc') }, '{"image":"[binary, 3 bytes]"}'],
    ['vectors', new Float32Array(3), '"[binary, 12 bytes]"'],
    ['maps and sets', new Map<unknown, unknown>([['a', new Set([1])]]), '{"a":[1]}'],
    ['errors', { e: new TypeError('no') }, '{"e":{"name":"TypeError","message":"no"}}'],
    ['class instances', new Answer(), '{"text":"hello"}'],
    ['toJSON', { toJSON: () => ({ a: 1 }) }, '{"a":1}'],
    [
      'a getter that throws',
      Object.create(null, { a: { enumerable: true, get: () => fail() } }),
      '{"a":"[unreadable: Error]"}',
    ],
    ['hostile keys', JSON.parse('{"__proto__":{"polluted":1}}'), '{"__proto__":{"polluted":1}}'],
    ['promises and streams', [Promise.resolve(1), new ReadableStream()], '["[promise]","[stream]"]'],
  ];
  it.each(rows)('writes %s', (_, value, expected) => {
    expect(text(value)).toBe(expected);
  });
  function fail(): never {
    throw new Error('no');
  }

  it('does not pollute the prototype of objects', () => {
    text(JSON.parse('{"__proto__":{"polluted":1},"deep":{"constructor":{"prototype":{"polluted":1}}}}'), {
      mask: (t) => t,
    });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('truncates long texts inside and keeps the JSON valid', () => {
    const messages = [
      { role: 'user', content: 'x '.repeat(2_500) },
      { role: 'assistant', content: 'short' },
    ];
    const parsed = JSON.parse(text(messages) ?? '');
    expect(parsed[1]).toEqual({ role: 'assistant', content: 'short' });
    expect(parsed[0].content).toMatch(/^(x )+x?… \[5000 characters\]$/);
  });

  it('does not split surrogate pairs', () => {
    const result = text('😀'.repeat(1_000)) ?? '';
    expect(result).toMatch(/^(😀)+… \[2000 characters\]$/u);
  });

  it('masks only texts and long integers', () => {
    const seen: string[] = [];
    const mask = (value: string) => {
      seen.push(value);
      return value.replaceAll('ann@example.com', '[e-mail]').replace('4111111111111111', '[card]');
    };
    const value = { to: ['line\nann@example.com'], card: 4_111_111_111_111_111, n: 7, ok: true };
    expect(text(value, { mask })).toBe('{"to":["line\\n[e-mail]"],"card":"[card]","n":7,"ok":true}');
    expect(seen).toEqual(['line\nann@example.com', '4111111111111111']);
  });

  it('replaces media with a note of their size if media are dropped', () => {
    const url = `data:image/png;base64,${'A'.repeat(400)}`;
    const value = [{ image_url: { url } }, { type: 'blob', content: 'B'.repeat(400) }];
    expect(text(value, { media: 'drop' })).toBe(
      '[{"image_url":{"url":"[image/png, 300 bytes]"}},{"type":"blob","content":"[base64, 300 bytes]"}]',
    );
    expect(text(value)).toBe(JSON.stringify(value));
  });

  it('replaces an image that does not fit with a note instead of truncating it', () => {
    const url = `data:image/png;base64,${'A'.repeat(4_000)}`;
    expect(text({ url })).toBe('{"url":"[image/png, 3000 bytes]"}');
  });

  it('reads huge values only up to the limit', () => {
    const giant = { list: Array.from({ length: 2_000_000 }, (_, i) => i), text: 'y'.repeat(20_000_000) };
    // Serializing all of it takes seconds; up to the limit it takes less than a millisecond.
    expect(cpuMsOf(() => expect(text(giant)?.length).toBeLessThanOrEqual(1_000))).toBeLessThan(500);
  });
});
