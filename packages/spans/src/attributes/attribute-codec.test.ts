import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attributes, type AttributeValue, DoubleValue } from '../model/raw-span.ts';
import { decodeAttributes, encodeAttributes } from './attribute-codec.ts';
import { attributesToJson } from './attribute-json.ts';

const key = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '$', '$d', '$i', '$b', '$$d', '0', '42', '-1', 'toString', ''),
);
const double = fc.double().map((value) => (Number.isInteger(value) ? new DoubleValue(value) : value));
const wideInt = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value) =>
    BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value,
  );

const { value } = fc.letrec<{ value: AttributeValue; map: Attributes }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    wideInt,
    double,
    fc.uint8Array(),
    fc.array(tie('value')),
    tie('map'),
  ),
  map: fc.array(fc.tuple(key, tie('value'))).map((pairs) => new Map(pairs)),
}));
const attributes = fc.array(fc.tuple(key, value)).map((pairs): Attributes => new Map(pairs));

describe('encodeAttributes', () => {
  it('can be decoded to the same types, keys and order', () => {
    fc.assert(
      fc.property(attributes, (given) => {
        const back = decodeAttributes(encodeAttributes(given));
        expect([...back]).toEqual([...given]);
        expect([...back.keys()]).toEqual([...given.keys()]);
      }),
      { numRuns: 500 },
    );
  });

  it('writes plain JSON for the common types', () => {
    const given: Attributes = new Map<string, AttributeValue>([
      ['llm.model_name', 'gpt-4o'],
      ['n', 3],
      ['t', 0.5],
      ['list', ['a', true, null]],
    ]);
    expect(encodeAttributes(given)).toBe('{"llm.model_name":"gpt-4o","n":3,"t":0.5,"list":["a",true,null]}');
  });

  it('tags values that JSON cannot distinguish', () => {
    const given: Attributes = new Map<string, AttributeValue>([
      ['one', new DoubleValue(1)],
      ['minus zero', new DoubleValue(-0)],
      ['nan', Number.NaN],
      ['inf', Number.NEGATIVE_INFINITY],
      ['big', 2n ** 63n - 1n],
      ['bytes', new Uint8Array([0, 1, 255])],
      ['$d', 'a key, not a tag'],
      ['7', 'not first'],
    ]);
    expect(encodeAttributes(given)).toBe(
      '{"one":{"$d":1},"minus zero":{"$d":"-0"},"nan":{"$d":"NaN"},"inf":{"$d":"-Infinity"},' +
        '"big":{"$i":"9223372036854775807"},"bytes":{"$b":"AAH/"},"$$d":"a key, not a tag","$7":"not first"}',
    );
  });

  it('does not overflow the stack for values with 100,000 levels', () => {
    let deep: AttributeValue = 'bottom';
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const text = encodeAttributes(new Map([['deep', deep]]));
    expect(text).toContain('[null]');
    expect(decodeAttributes(text).size).toBe(1);
    expect(JSON.stringify(attributesToJson(new Map([['deep', deep]])))).toContain('[null]');
  });
});

describe('attributesToJson', () => {
  it('returns plain values in objects without a prototype', () => {
    const json = attributesToJson(
      new Map<string, AttributeValue>([
        ['__proto__', new Map([['polluted', true]])],
        ['big', -(2n ** 62n)],
        ['bytes', new Uint8Array([1])],
        ['nan', Number.NaN],
        ['inf', Number.POSITIVE_INFINITY],
        ['whole', new DoubleValue(2)],
        ['list', [1, new Map([['a', null]])]],
      ]),
    );
    expect(Object.getPrototypeOf(json)).toBe(null);
    expect(JSON.stringify(json)).toBe(
      '{"__proto__":{"polluted":true},"big":"-4611686018427387904","bytes":"AQ==","nan":"NaN","inf":"Infinity",' +
        '"whole":2,"list":[1,{"a":null}]}',
    );
    expect(({} as Record<string, unknown>).polluted).toBe(undefined);
  });
});
