/** Invalid values, and values that only look invalid. */
import type { AttributeValue } from '@throughline/spans';
import { DoubleValue } from '@throughline/spans';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTracesProtobuf } from '../../packages/server/src/testing/otlp/encode-traces.ts';
import { bytes, fixed64, rawVarint, text } from '../../packages/server/src/testing/otlp/encode-values.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import {
  attribute,
  countedBy,
  type FaultServer,
  newSpanId,
  newTraceId,
  PROTOBUF_TYPE,
  request,
  START,
  span,
  startFaultServer,
  textAttribute,
} from './support.ts';

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer('decode');
});
afterAll(async () => {
  await server?.expectWell();
  await server?.expectNothingElse();
  await server?.stop();
});

const partial = (text: string): unknown => JSON.parse(text).partialSuccess;

describe('an invalid span is rejected with its reason, and its neighbours are not', () => {
  const DEPTH = 10_000;
  const nest = (
    levels: number,
    wrap: (inner: string, level: number) => readonly [string, string],
  ): string => {
    const parts = Array.from({ length: levels }, (_, level) => wrap('', level));
    return (
      parts.map(([before]) => before).join('') +
      '{"stringValue":"bottom"}' +
      parts
        .map(([, after]) => after)
        .reverse()
        .join('')
    );
  };
  const ARRAY = ['{"arrayValue":{"values":[', ']}}'] as const;
  const LIST = ['{"kvlistValue":{"values":[{"key":"k","value":', '}]}}'] as const;
  const TOO_DEEP = 'an attribute is nested more than 32 levels deep';

  it.each<readonly [what: string, value: string, message: string]>([
    ['arrays 10,000 deep', nest(DEPTH, () => ARRAY), TOO_DEEP],
    ['lists of keys 10,000 deep', nest(DEPTH, () => LIST), TOO_DEEP],
    ['both in turn, 10,000 deep', nest(DEPTH, (_inner, level) => (level % 2 ? ARRAY : LIST)), TOO_DEEP],
    [
      '2^63 as an integer of 64 bits',
      '{"intValue":"9223372036854775808"}',
      'intValue is the string "9223372036854775808", expected an integer of 64 bits',
    ],
    [
      'a fraction as an integer',
      '{"intValue":1.5}',
      'intValue is the number "1.5", expected an integer of 64 bits',
    ],
    ['a word as a number', '{"doubleValue":"many"}', 'doubleValue is the string "many", expected a number'],
    ['a number as text', '{"stringValue":7}', 'stringValue is the number "7", expected a string'],
  ])('JSON: %s', async (_what, value, message) => {
    const good = span({ name: 'good' });
    const bad = span({ attributes: [attribute('bad', 'HERE')] });
    const counted = await countedBy(server, async () => {
      const answer = await server.post({ body: request([bad, good]).replace('"HERE"', value) });
      expect(answer.status).toBe(200);
      expect(partial(answer.text)).toEqual({
        rejectedSpans: '1',
        errorMessage: `1 of 2 spans were rejected. 1: ${message}.`,
      });
    });
    expect(counted).toEqual({ [message === TOO_DEEP ? 'nested-too-deep' : 'malformed']: 1 });
    expect((await server.getTrace(good.traceId, 1)).name).toBe('good');
    expect(await server.findTrace(bad.traceId)).toBeUndefined();
  });

  it.each([
    ['2^64 - 1', '18446744073709551615', 'a time is after 2262-04-11; times are nanoseconds since 1970'],
    [
      '2^64',
      '18446744073709551616',
      'startTimeUnixNano is the string "18446744073709551616", expected nanoseconds since 1970 as digits',
    ],
    [
      'a day',
      '2026-11-20',
      'startTimeUnixNano is the string "2026-11-20", expected nanoseconds since 1970 as digits',
    ],
  ])('JSON: %s as the start', async (_what, startTimeUnixNano, message) => {
    const good = span();
    const bad = span({ startTimeUnixNano });
    const counted = await countedBy(server, async () => {
      const answer = await server.post({ body: request([bad, good]) });
      expect(answer.status).toBe(200);
      expect(partial(answer.text)).toMatchObject({
        rejectedSpans: '1',
        errorMessage: expect.stringContaining(message),
      });
    });
    expect(counted).toEqual({ [message.startsWith('a time is') ? 'time-out-of-range' : 'malformed']: 1 });
    expect((await server.getTrace(good.traceId, 1)).spanCount).toBe(1);
    expect(await server.findTrace(bad.traceId)).toBeUndefined();
  });

  it.each([
    ['arrays', (inner: Buffer) => bytes(5, [bytes(1, [inner])])],
    ['lists of keys', (inner: Buffer) => bytes(6, [bytes(1, [text(1, 'k'), bytes(2, [inner])])])],
  ] as const)('protobuf: %s 10,000 deep', async (_what, wrap) => {
    let value = text(1, 'bottom');
    for (let level = 0; level < DEPTH; level++) value = wrap(value);
    const bad = newTraceId();
    const record = Buffer.concat([
      bytes(1, [Buffer.from(bad, 'hex')]),
      bytes(2, [Buffer.from(newSpanId(), 'hex')]),
      fixed64(7, START),
      bytes(9, [text(1, 'bad'), bytes(2, [value])]),
    ]);
    const good = rawSpan({ traceId: newTraceId(), spanId: newSpanId() });
    const counted = await countedBy(server, async () => {
      const answer = await server.post({
        body: Buffer.concat([bytes(1, [bytes(2, [bytes(2, [record])])]), encodeTracesProtobuf([good])]),
        headers: PROTOBUF_TYPE,
      });
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(TOO_DEEP)]);
    });
    expect(counted).toEqual({ 'nested-too-deep': 1 });
    expect((await server.getTrace(good.traceId, 1)).spanCount).toBe(1);
    expect(await server.findTrace(bad)).toBeUndefined();
  });
});

describe('values that only look invalid are stored unchanged', () => {
  const NUMBERS: readonly (readonly [what: string, value: AttributeValue, json: unknown, shown: unknown])[] =
    [
      ['NaN', Number.NaN, { doubleValue: 'NaN' }, 'NaN'],
      ['infinity', Number.POSITIVE_INFINITY, { doubleValue: 'Infinity' }, 'Infinity'],
      ['minus infinity', Number.NEGATIVE_INFINITY, { doubleValue: '-Infinity' }, '-Infinity'],
      ['2^63 - 1', 2n ** 63n - 1n, { intValue: '9223372036854775807' }, '9223372036854775807'],
      ['-2^63', -(2n ** 63n), { intValue: '-9223372036854775808' }, '-9223372036854775808'],
      ['2^53 + 1', 2n ** 53n + 1n, { intValue: '9007199254740993' }, '9007199254740993'],
      ['2^53 - 1', 2 ** 53 - 1, { intValue: '9007199254740991' }, 2 ** 53 - 1],
      ['the smallest double', new DoubleValue(5e-324), { doubleValue: 5e-324 }, 5e-324],
      [
        'the largest double',
        new DoubleValue(Number.MAX_VALUE),
        { doubleValue: Number.MAX_VALUE },
        Number.MAX_VALUE,
      ],
    ];

  it.concurrent.each(NUMBERS)('the number %s, in JSON and in protobuf', async (_what, value, json, shown) => {
    const first = span({ attributes: [attribute('n', json)] });
    const second = rawSpan({
      traceId: newTraceId(),
      spanId: newSpanId(),
      attributes: {
        n: typeof value === 'number' && !Number.isInteger(value) ? new DoubleValue(value) : value,
      },
    });
    expect(await server.post({ body: request([first]) })).toEqual({ status: 200, text: '{}' });
    const body = encodeTracesProtobuf([second]);
    expect(await server.post({ body, headers: PROTOBUF_TYPE })).toEqual({ status: 200, text: '' });
    for (const each of [first, second]) {
      await server.getTrace(each.traceId, 1);
      expect((await server.getSpan(each)).attributes).toEqual({ n: shown });
    }
  });

  const TEXTS: readonly (readonly [what: string, json: string, shown: string])[] = [
    ['a lone high surrogate', '"a\\ud83dz"', 'a\ufffdz'],
    ['a lone low surrogate', '"a\\ude00z"', 'a\ufffdz'],
    ['two halves in the wrong order', '"\\ude00\\ud83d"', '\ufffd\ufffd'],
    ['NUL', '"a\\u0000z"', 'a\0z'],
    [
      'every control character',
      JSON.stringify('\x01\x02\x07\b\x0b\x0c\x1b\x7f\x85'),
      '\x01\x02\x07\b\x0b\x0c\x1b\x7f\x85',
    ],
    ['a mark of byte order inside', '"\ufeffa\ufeff"', '\ufeffa\ufeff'],
    ['text from right to left, and its overrides', '"\u05d0\u202eb\u202c"', '\u05d0\u202eb\u202c'],
    ['characters without width', '"a\u200bb\u200d\u2060c"', 'a\u200bb\u200d\u2060c'],
    ['line separators', '"a\u2028b\u2029c"', 'a\u2028b\u2029c'],
    ['emoji of many parts', '"👩‍👩‍👧‍👦"', '👩‍👩‍👧‍👦'],
    ['quotes, tabs and backslashes', JSON.stringify('\'"`\\\t\n{p:String}'), '\'"`\\\t\n{p:String}'],
  ];

  it.concurrent.each(TEXTS)('%s, in a name, a value and an input', async (_what, json, shown) => {
    const sent = span({
      name: 'HERE',
      attributes: [textAttribute('t', 'HERE'), textAttribute('input.value', 'HERE')],
      events: [{ name: 'HERE', timeUnixNano: String(START) }],
    });
    expect(await server.post({ body: request([sent]).replaceAll('"HERE"', json) })).toEqual({
      status: 200,
      text: '{}',
    });
    await server.getTrace(sent.traceId, 1);
    const found = await server.getSpan(sent);
    // UTF-8 has no lone surrogates.
    expect([found.name, found.input?.text]).toEqual([shown, shown]);
    expect([found.attributes.t, found.events[0]?.name]).toEqual([shown, shown]);
  });

  it.each([
    [
      'JSON',
      (traceId: string, spanId: string) => ({
        body: Buffer.concat(
          request([span({ traceId, spanId, name: 'HERE' })])
            .split('HERE')
            .flatMap((part, index) => [
              ...(index > 0 ? [Buffer.from([0x61, 0xff, 0xc3, 0x7a])] : []),
              Buffer.from(part),
            ]),
        ),
        headers: { 'content-type': 'application/json' },
      }),
    ],
    [
      'protobuf',
      (traceId: string, spanId: string) => ({
        body: bytes(1, [
          bytes(2, [
            bytes(2, [
              bytes(1, [Buffer.from(traceId, 'hex')]),
              bytes(2, [Buffer.from(spanId, 'hex')]),
              bytes(5, [Buffer.from([0x61, 0xff, 0xc3, 0x7a])]),
              fixed64(7, START),
            ]),
          ]),
        ]),
        headers: PROTOBUF_TYPE,
      }),
    ],
  ] as const)('%s: bytes that are not UTF-8 become U+FFFD', async (_what, make) => {
    const [traceId, spanId] = [newTraceId(), newSpanId()];
    expect((await server.post(make(traceId, spanId))).status).toBe(200);
    expect((await server.getTrace(traceId, 1)).name).toBe('a\ufffd\ufffdz');
  });

  it('a byte order mark before the JSON', async () => {
    const sent = span({ name: 'marked' });
    expect(await server.post({ body: `\ufeff${request([sent])}` })).toEqual({ status: 200, text: '{}' });
    expect((await server.getTrace(sent.traceId, 1)).name).toBe('marked');
  });

  it('times as digits and as JSON numbers, exact to the nanosecond', async () => {
    const asText = span({ startTimeUnixNano: '1795000000123456789', endTimeUnixNano: '1795000000123456790' });
    const asNumber = span({ startTimeUnixNano: 'START', endTimeUnixNano: 'END' });
    const body = request([asText, asNumber])
      .replace('"START"', '1795000000123456789')
      .replace('"END"', '1795000000123456790');
    expect(await server.post({ body })).toEqual({ status: 200, text: '{}' });
    for (const { traceId } of [asText, asNumber]) {
      const { spans } = await server.getTrace(traceId, 1);
      expect(spans).toMatchObject([{ startTime: '2026-11-18T11:06:40.123456789Z', durationMs: 0.000001 }]);
    }
  });
});

describe('nothing is stored of a request whose end is invalid, even if its beginning is valid', () => {
  const good = Array.from({ length: 50 }, () => rawSpan({ traceId: newTraceId(), spanId: newSpanId() }));
  const sent = span();
  /** The fields after the start of a status, in JSON or protobuf. */
  const messageIn = (message: RegExp) => new RegExp(message.source.replace('^', '"message":"'));

  it.each([
    ['JSON and garbage', /^not JSON: /, `${request([sent])}}`, { 'content-type': 'application/json' }],
    ['JSON twice', /^not JSON: /, request([sent]) + request([sent]), { 'content-type': 'application/json' }],
    [
      'JSON without its last bracket',
      /^not JSON: /,
      request([sent]).slice(0, -1),
      { 'content-type': 'application/json' },
    ],
    [
      'protobuf and garbage',
      /byte/,
      Buffer.concat([encodeTracesProtobuf(good), Buffer.from('?!')]),
      PROTOBUF_TYPE,
    ],
    [
      'protobuf without its last byte',
      /needed at byte \d+, but the message ends/,
      encodeTracesProtobuf(good).subarray(0, -1),
      PROTOBUF_TYPE,
    ],
    [
      'protobuf with a length of 2^31',
      /needed at byte \d+, but the message ends/,
      Buffer.concat([encodeTracesProtobuf(good), Buffer.from([0x0a]), rawVarint(2 ** 31)]),
      PROTOBUF_TYPE,
    ],
  ] as const)('%s', async (_what, message, body, headers) => {
    const counted = await countedBy(server, async () => {
      const answer = await server.post({ body, headers });
      expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(messageIn(message))]);
    });
    expect(counted).toEqual({ 'malformed-body': 1 });
    await server.expectWell();
    for (const traceId of [sent.traceId, good[0]?.traceId as string, good[49]?.traceId as string])
      expect(await server.findTrace(traceId)).toBeUndefined();
  });
});
