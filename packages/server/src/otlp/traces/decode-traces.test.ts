import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { type AttributeValue, DoubleValue, type RawSpan } from '@throughline/spans';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryRawSpan } from '../../testing/otlp/arbitrary-raw-span.ts';
import { CollectingSink } from '../../testing/otlp/collecting-sink.ts';
import { encodeTracesJson, encodeTracesProtobuf } from '../../testing/otlp/encode-traces.ts';
import { bytes, fixed64, rawVarint, text, varint } from '../../testing/otlp/encode-values.ts';
import { MAX_DEPTH, MAX_VALUES } from '../value-budget.ts';
import { decodeTracesJson } from './decode-traces-json.ts';
import { decodeTracesProtobuf } from './decode-traces-protobuf.ts';

const fromProtobuf = (body: Uint8Array): CollectingSink => {
  const sink = new CollectingSink();
  decodeTracesProtobuf(body, sink);
  return sink;
};
const fromJson = (body: unknown): CollectingSink => {
  const sink = new CollectingSink();
  decodeTracesJson(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), sink);
  return sink;
};

const NO_ATTRIBUTES: ReadonlyMap<string, AttributeValue> = new Map();
const span = (change: Partial<RawSpan> = {}): RawSpan => ({
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: '',
  traceState: '',
  flags: 0,
  name: 'chat',
  otelKind: 'internal',
  startTimeUnixNano: 1_544_712_660_000_000_001n,
  endTimeUnixNano: 1_544_712_661_000_000_002n,
  attributes: NO_ATTRIBUTES,
  droppedAttributesCount: 0,
  events: [],
  droppedEventsCount: 0,
  links: [],
  droppedLinksCount: 0,
  statusCode: 'unset',
  statusMessage: '',
  resource: { attributes: NO_ATTRIBUTES, droppedAttributesCount: 0, schemaUrl: '' },
  scope: { name: '', version: '', attributes: NO_ATTRIBUTES, droppedAttributesCount: 0, schemaUrl: '' },
  ...change,
});

describe('encoding and decoding', () => {
  test('protobuf: random spans are unchanged after encoding and decoding', () => {
    fc.assert(
      fc.property(fc.array(arbitraryRawSpan, { maxLength: 3 }), (spans) => {
        expect(fromProtobuf(encodeTracesProtobuf(spans))).toEqual({ spans, rejected: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('JSON: random spans are unchanged after encoding and decoding', () => {
    fc.assert(
      fc.property(fc.array(arbitraryRawSpan, { maxLength: 3 }), (spans) => {
        expect(fromJson(encodeTracesJson(spans))).toEqual({ spans, rejected: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('-0 and whole doubles remain doubles', () => {
    const attributes = new Map<string, AttributeValue>([
      ['minus zero', new DoubleValue(-0)],
      ['one', new DoubleValue(1)],
      ['int', 1],
    ]);
    for (const sink of [
      fromProtobuf(encodeTracesProtobuf([span({ attributes })])),
      fromJson(encodeTracesJson([span({ attributes })])),
    ]) {
      expect(sink.spans[0]?.attributes).toEqual(attributes);
      // toEqual distinguishes 0 and -0.
      expect(sink.spans[0]?.attributes.get('minus zero')).toEqual(new DoubleValue(-0));
    }
  });
});

describe("requests of OpenTelemetry's own exporters", () => {
  const sdkSpan = {
    name: 'chat gpt-4o',
    kind: SpanKind.CLIENT,
    spanContext: () => ({
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      traceFlags: TraceFlags.SAMPLED,
    }),
    parentSpanContext: {
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b173',
      traceFlags: TraceFlags.SAMPLED,
    },
    startTime: [1_544_712_660, 123_456_789] as [number, number],
    endTime: [1_544_712_661, 5] as [number, number],
    status: { code: SpanStatusCode.ERROR, message: 'no' },
    attributes: { text: 'ünï', count: 3, ratio: 0.5, yes: true, list: ['a', 'b'], __proto__x: 'y' },
    links: [
      { context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }, attributes: { l: 1 } },
    ],
    events: [
      { name: 'first token', time: [1_544_712_660, 200_000_000] as [number, number], attributes: { n: 1 } },
    ],
    duration: [0, 876_543_216] as [number, number],
    ended: true,
    resource: { attributes: { 'service.name': 'shop' }, getRawAttributes: () => [], merge: () => null },
    instrumentationScope: { name: 'lib', version: '1.2.3' },
    droppedAttributesCount: 1,
    droppedEventsCount: 2,
    droppedLinksCount: 3,
  };
  const request = [sdkSpan] as unknown as Parameters<typeof JsonTraceSerializer.serializeRequest>[0];
  const protobuf = fromProtobuf(ProtobufTraceSerializer.serializeRequest(request) ?? new Uint8Array());
  const json = fromJson(Buffer.from(JsonTraceSerializer.serializeRequest(request) ?? []).toString());

  test('are decoded to the same span from protobuf and JSON', () => {
    expect(protobuf.rejected).toEqual([]);
    expect(json).toEqual(protobuf);
  });

  test('are decoded to the expected values', () => {
    expect(protobuf.spans[0]).toMatchObject({
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      parentSpanId: 'eee19b7ec3c1b173',
      name: 'chat gpt-4o',
      otelKind: 'client',
      startTimeUnixNano: 1_544_712_660_123_456_789n,
      endTimeUnixNano: 1_544_712_661_000_000_005n,
      statusCode: 'error',
      statusMessage: 'no',
      droppedAttributesCount: 1,
      droppedEventsCount: 2,
      droppedLinksCount: 3,
      scope: { name: 'lib', version: '1.2.3' },
    });
    expect(protobuf.spans[0]?.attributes).toEqual(
      new Map<string, AttributeValue>([
        ['text', 'ünï'],
        ['count', 3],
        ['ratio', 0.5],
        ['yes', true],
        ['list', ['a', 'b']],
        ['__proto__x', 'y'],
      ]),
    );
    expect(protobuf.spans[0]?.resource.attributes).toEqual(new Map([['service.name', 'shop']]));
    expect(protobuf.spans[0]?.events).toEqual([
      {
        name: 'first token',
        timeUnixNano: 1_544_712_660_200_000_000n,
        attributes: new Map([['n', 1]]),
        droppedAttributesCount: 0,
      },
    ]);
  });
});

describe('an invalid span is rejected, and its neighbours are not', () => {
  const bad: [string, Partial<RawSpan>, string][] = [
    ['no trace id', { traceId: '' }, 'invalid-trace-id: the trace id is missing'],
    [
      'a short trace id',
      { traceId: 'abcd' },
      'invalid-trace-id: the trace id is 2 bytes long, expected 16 bytes',
    ],
    ['a zero trace id', { traceId: '0'.repeat(32) }, 'invalid-trace-id: the trace id is all zeros'],
    ['no span id', { spanId: '' }, 'invalid-span-id: the span id is missing'],
    [
      'a long span id',
      { spanId: 'ab'.repeat(16) },
      'invalid-span-id: the span id is 16 bytes long, expected 8 bytes',
    ],
    ['a zero span id', { spanId: '0'.repeat(16) }, 'invalid-span-id: the span id is all zeros'],
    [
      'a short parent',
      { parentSpanId: 'abcd' },
      'invalid-parent-span-id: the parent span id is 2 bytes long, expected 8 bytes or none',
    ],
    ['no start', { startTimeUnixNano: 0n }, 'missing-start-time: the start time is missing or 0'],
    [
      'a start after 2262',
      { startTimeUnixNano: 2n ** 63n },
      'time-out-of-range: a time is after 2262-04-11; times are nanoseconds since 1970',
    ],
    [
      'an end after 2262',
      { endTimeUnixNano: 2n ** 64n - 1n },
      'time-out-of-range: a time is after 2262-04-11; times are nanoseconds since 1970',
    ],
    [
      'an attribute that is nested too deeply',
      { attributes: new Map([['deep', nested(MAX_DEPTH + 1)]]) },
      `nested-too-deep: an attribute is nested more than ${MAX_DEPTH} levels deep`,
    ],
  ];
  test.each(bad)('%s', (_what, change, reason) => {
    const spans = [span({ name: 'before' }), span(change), span({ name: 'after' })];
    const expected = { spans: [spans[0], spans[2]], rejected: [reason] };
    expect(fromProtobuf(encodeTracesProtobuf(spans))).toEqual(expected);
    expect(fromJson(encodeTracesJson(spans))).toEqual(expected);
  });

  test('more values than a span can have', () => {
    const many = Array.from({ length: MAX_VALUES }, () => null);
    const spans = [span(), span({ attributes: new Map([['many', many]]) }), span()];
    const expected = {
      spans: [spans[0], spans[2]],
      rejected: [`too-many-values: more than ${MAX_VALUES} attribute values, events and links`],
    };
    expect(fromProtobuf(encodeTracesProtobuf(spans))).toEqual(expected);
    expect(fromJson(encodeTracesJson(spans))).toEqual(expected);
  });

  test('all spans of an invalid resource, but not those of the next one', () => {
    const resource = { ...span().resource, attributes: new Map([['deep', nested(MAX_DEPTH + 1)]]) };
    const spans = [span({ resource }), span()];
    const reason = `nested-too-deep: an attribute is nested more than ${MAX_DEPTH} levels deep`;
    expect(fromProtobuf(encodeTracesProtobuf(spans))).toEqual({
      spans: [spans[1]],
      rejected: [`${reason} in the resource`],
    });
    expect(fromJson(encodeTracesJson(spans))).toEqual({ spans: [spans[1]], rejected: [reason] });
  });

  test.each([
    ['a number as name', { name: 5 }, 'name is the number "5", expected a string'],
    [
      'an object as time',
      { startTimeUnixNano: {} },
      'startTimeUnixNano is an object, expected nanoseconds since 1970 as digits',
    ],
    [
      'a negative time',
      { endTimeUnixNano: -1 },
      'endTimeUnixNano is the number "-1", expected nanoseconds since 1970 as digits',
    ],
    ['attributes that are not a list', { attributes: {} }, 'attributes is an object, expected an array'],
    [
      'an int beyond 64 bits',
      { attributes: [{ key: 'k', value: { intValue: '9223372036854775808' } }] },
      'intValue is the string "9223372036854775808", expected an integer of 64 bits',
    ],
  ])('JSON: %s', (_what, change, detail) => {
    const request = encodeTracesJson([span(), span()]) as {
      resourceSpans: { scopeSpans: { spans: object[] }[] }[];
    };
    Object.assign(request.resourceSpans[0]?.scopeSpans[0]?.spans[0] ?? {}, change);
    expect(fromJson(request)).toEqual({ spans: [span()], rejected: [`malformed: ${detail}`] });
  });

  test('JSON: a span that is not an object', () => {
    const good = encodeTracesJson([span()]) as { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] };
    good.resourceSpans[0]?.scopeSpans[0]?.spans.push(5, null, 'x');
    const { spans, rejected } = fromJson(good);
    expect([spans.length, rejected.length]).toEqual([1, 3]);
  });
});

describe('unusual input that is accepted', () => {
  test('an end before the start, no end, no name and an all-zero parent', () => {
    const spans = [
      span({ startTimeUnixNano: 5n, endTimeUnixNano: 4n }),
      span({ endTimeUnixNano: 0n, name: '' }),
      span({ parentSpanId: '0'.repeat(16) }),
    ];
    for (const sink of [fromProtobuf(encodeTracesProtobuf(spans)), fromJson(encodeTracesJson(spans))])
      expect(sink).toEqual({ spans: [spans[0], spans[1], span()], rejected: [] });
  });

  test('protobuf: unknown fields, also of known numbers with another wire type, are skipped', () => {
    const known = encodeTracesProtobuf([span()]);
    const unknown = Buffer.concat([varint(1, 7), text(99, 'later'), varint(1000, 2n ** 64n - 1n)]);
    expect(fromProtobuf(Buffer.concat([unknown, known, unknown]))).toEqual({ spans: [span()], rejected: [] });
  });

  test('protobuf: the resource may come after its spans', () => {
    const scopeSpans = bytes(2, [
      bytes(2, [bytes(1, [Buffer.alloc(16, 1)]), bytes(2, [Buffer.alloc(8, 1)]), fixed64(7, 1n)]),
    ]);
    const resource = bytes(1, [bytes(1, [text(1, 'service.name'), bytes(2, [text(1, 'late')])])]);
    const { spans } = fromProtobuf(bytes(1, [scopeSpans, resource]));
    expect(spans[0]?.resource.attributes).toEqual(new Map([['service.name', 'late']]));
  });

  test('protobuf: text that is not UTF-8 gets U+FFFD', () => {
    const body = encodeTracesProtobuf([span()]);
    const marked = Buffer.from(body.toString('latin1').replace('chat', 'ch\xff\xfe'), 'latin1');
    expect(fromProtobuf(marked).spans[0]?.name).toBe('ch\uFFFD\uFFFD');
  });

  test('JSON: upper-case hex, base64 ids, snake_case, enum names, numbers for 64-bit integers, unknown fields, BOM', () => {
    const request = `\uFEFF{"resource_spans":[{"later":1,"scope_spans":[{"spans":[{
      "trace_id":"W47/95gDgQPSabYzgT/GDA==","span_id":"EEE19B7EC3C1B174","name":"chat","kind":"SPAN_KIND_INTERNAL",
      "start_time_unix_nano":1544712660000000001,"end_time_unix_nano":"1544712661000000002",
      "attributes":[{"key":"big","value":{"int_value":9223372036854775807}},{"key":"max","value":{"intValue":9007199254740991}},
        {"key":"double","value":{"doubleValue":"NaN"}},{"key":"none","value":{}},{"key":"nothing"}],
      "status":{"code":"STATUS_CODE_ERROR"},"unknown":{"a":[1]}}]}]}]}`;
    expect(fromJson(request)).toEqual({
      spans: [
        span({
          statusCode: 'error',
          attributes: new Map<string, AttributeValue>([
            ['big', 9223372036854775807n],
            ['max', 9007199254740991],
            ['double', Number.NaN],
            ['none', null],
            ['nothing', null],
          ]),
        }),
      ],
      rejected: [],
    });
  });

  test('JSON: enums out of range become unspecified, and __proto__ is not a field', () => {
    const request = encodeTracesJson([span()]);
    const hostile = JSON.stringify(request)
      .replace('"kind":1', '"kind":77,"__proto__":{"name":"evil","traceState":"evil"}')
      .replace('"code":0', '"code":-1');
    expect(fromJson(hostile).spans).toEqual([span({ otelKind: 'unspecified' })]);
    expect({}).not.toHaveProperty('name');
  });

  test('an empty request', () => {
    for (const sink of [
      fromProtobuf(Buffer.alloc(0)),
      fromJson(''),
      fromJson('{}'),
      fromJson({ resourceSpans: [] }),
    ])
      expect(sink).toEqual({ spans: [], rejected: [] });
  });
});

describe('an error of a whole request contains the position', () => {
  test('protobuf that is truncated anywhere is an error or a shorter list of complete spans', () => {
    const body = encodeTracesProtobuf([span(), span({ name: 'second' })]);
    for (let length = 0; length < body.length; length++) {
      const sink = new CollectingSink();
      try {
        decodeTracesProtobuf(body.subarray(0, length), sink);
        expect(sink.spans.length).toBeLessThan(2);
      } catch (error) {
        expect(String(error)).toMatch(
          /^ProtobufError: .* needed at byte \d+, but the message ends at byte \d+$/,
        );
      }
    }
  });

  test('protobuf: random bytes are either decoded or rejected', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        try {
          decodeTracesProtobuf(body, new CollectingSink());
        } catch (error) {
          expect((error as Error).name).toBe('ProtobufError');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['a varint that does not end', Buffer.alloc(11, 0xff), 'varint of more than 10 bytes at byte 0'],
    ['field number 0', Buffer.from([0x02, 0x00]), 'field number 0 or too large at byte 0'],
    ['a group', Buffer.from([0x0b]), 'wire type 3 before byte 1 does not exist in proto3'],
    [
      'a length beyond the end of the message',
      Buffer.from([0x0a, 0x05, 0x00]),
      '5 bytes needed at byte 1, but the message ends at byte 3',
    ],
    [
      'a huge length',
      Buffer.concat([Buffer.from([0x0a]), rawVarint(2n ** 63n)]),
      'more than 2^32 bytes needed at byte 1, but the message ends at byte 11',
    ],
  ])('protobuf: %s', (_what, body, message) => {
    expect(() => fromProtobuf(body)).toThrow(message);
  });

  test('protobuf: nesting of two thousand levels rejects only one span', () => {
    let value = text(1, 'deep');
    for (let depth = 0; depth < 2_000; depth++) value = bytes(5, [bytes(1, [value])]);
    const bad = bytes(1, [bytes(2, [bytes(2, [bytes(9, [text(1, 'k'), bytes(2, [value])])])])]);
    const { spans, rejected } = fromProtobuf(Buffer.concat([bad, encodeTracesProtobuf([span()])]));
    expect([spans.length, rejected.length]).toEqual([1, 1]);
  });

  test.each([
    ['no JSON', '{"resourceSpans":[', /^OtlpJsonError: not JSON: /],
    ['a list', '[]', /expected a JSON object, found an array/],
    [
      'resourceSpans that is not a list',
      '{"resourceSpans":5}',
      /resourceSpans is the number "5", expected an array/,
    ],
    [
      'scopeSpans that is not a list',
      '{"resourceSpans":[{"scopeSpans":{}}]}',
      /scopeSpans is an object, expected an array/,
    ],
    ['nesting of a million levels', '['.repeat(1_000_000), /not JSON/],
  ])('JSON: %s', (_what, body, message) => {
    let thrown: unknown;
    try {
      fromJson(body);
    } catch (error) {
      thrown = error;
    }
    expect(String(thrown)).toMatch(message);
  });

  test('JSON: random text is either decoded or rejected', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        try {
          fromJson(body);
        } catch (error) {
          expect((error as Error).name).toBe('OtlpJsonError');
        }
      }),
      { numRuns: 500 },
    );
  });
});

function nested(levels: number): AttributeValue {
  let value: AttributeValue = 'deep';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : new Map([['k', value]]);
  return value;
}
