/** For tests: generates random values that OTLP can represent. */
import {
  type Attributes,
  type AttributeValue,
  DoubleValue,
  type RawResource,
  type RawScope,
} from '@throughline/spans';
import fc from 'fast-check';

const MAX_TIME = 2n ** 63n - 2n;

export const hexId = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((id) => /[1-9a-f]/.test(id));

/** Well-formed text, because lone surrogates cannot be encoded in UTF-8. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.toWellFormed()),
  fc.constantFrom('', '__proto__', 'constructor', '\uFEFFbom', 'nul\0', '漢字 😀', 'x'.repeat(300)),
);

export const int64 = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
export const double = fc.double().map((value) => (Number.isInteger(value) ? new DoubleValue(value) : value));

export const anyValue: fc.Arbitrary<AttributeValue> = fc.letrec<{
  value: AttributeValue;
  attributes: Attributes;
}>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyText,
    fc.boolean(),
    int64,
    fc.maxSafeInteger(),
    double,
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('attributes'),
  ),
  attributes: fc.array(fc.tuple(anyText, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
})).value;

export const attributes: fc.Arbitrary<Attributes> = fc
  .array(fc.tuple(anyText, anyValue), { maxLength: 6 })
  .map((entries) => new Map(entries));
export const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
export const time = fc.oneof(
  fc.bigInt({ min: 1n, max: MAX_TIME }),
  fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_800_000_000_000_000_000n }),
);

export const arbitraryResource: fc.Arbitrary<RawResource> = fc.record({
  attributes,
  droppedAttributesCount: uint32,
  schemaUrl: anyText,
});

export const arbitraryScope: fc.Arbitrary<RawScope> = fc.record({
  name: anyText,
  version: anyText,
  attributes,
  droppedAttributesCount: uint32,
  schemaUrl: anyText,
});
