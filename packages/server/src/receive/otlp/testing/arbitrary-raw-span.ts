/** For tests: any `RawSpan` that OTLP can carry and that is accepted. */
import { type Attributes, type AttributeValue, DoubleValue, type RawSpan } from '@throughline/spans';
import fc from 'fast-check';

const MAX_TIME = 2n ** 63n - 1n;

const hexId = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((id) => /[1-9a-f]/.test(id));

/** Well-formed, because lone surrogates do not survive UTF-8. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.toWellFormed()),
  fc.constantFrom('', '__proto__', 'constructor', '\uFEFFbom', 'nul\0', '漢字 😀', 'x'.repeat(300)),
);

const int64 = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const double = fc.double().map((value) => (Number.isInteger(value) ? new DoubleValue(value) : value));

const value: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue; attributes: Attributes }>(
  (tie) => ({
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
    attributes: fc
      .array(fc.tuple(anyText, tie('value')), { maxLength: 4 })
      .map((entries) => new Map(entries)),
  }),
).value;

const attributes: fc.Arbitrary<Attributes> = fc
  .array(fc.tuple(anyText, value), { maxLength: 6 })
  .map((entries) => new Map(entries));
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const time = fc.oneof(
  fc.bigInt({ min: 1n, max: MAX_TIME }),
  fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_800_000_000_000_000_000n }),
);

export const arbitraryRawSpan: fc.Arbitrary<RawSpan> = fc.record({
  traceId: hexId(32),
  spanId: hexId(16),
  parentSpanId: fc.oneof(fc.constant(''), hexId(16)),
  traceState: anyText,
  flags: uint32,
  name: anyText,
  otelKind: fc.constantFrom('unspecified', 'internal', 'server', 'client', 'producer', 'consumer'),
  startTimeUnixNano: time,
  endTimeUnixNano: fc.oneof(fc.constant(0n), time),
  attributes,
  droppedAttributesCount: uint32,
  events: fc.array(
    fc.record({ name: anyText, timeUnixNano: time, attributes, droppedAttributesCount: uint32 }),
    { maxLength: 2 },
  ),
  droppedEventsCount: uint32,
  links: fc.array(
    fc.record({
      traceId: hexId(32),
      spanId: hexId(16),
      traceState: anyText,
      attributes,
      droppedAttributesCount: uint32,
      flags: uint32,
    }),
    { maxLength: 2 },
  ),
  droppedLinksCount: uint32,
  statusCode: fc.constantFrom('unset', 'ok', 'error'),
  statusMessage: anyText,
  resource: fc.record({ attributes, droppedAttributesCount: uint32, schemaUrl: anyText }),
  scope: fc.record({
    name: anyText,
    version: anyText,
    attributes,
    droppedAttributesCount: uint32,
    schemaUrl: anyText,
  }),
});
