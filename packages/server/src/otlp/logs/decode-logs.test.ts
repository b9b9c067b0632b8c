import type { AttributeValue } from '@throughline/spans';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryLogRecord, encodeLogsJson, encodeLogsProtobuf } from '../../testing/otlp/encode-logs.ts';
import type { Rejected } from '../rejection.ts';
import { MAX_DEPTH } from '../value-budget.ts';
import { decodeLogsJson } from './decode-logs-json.ts';
import { decodeLogsProtobuf } from './decode-logs-protobuf.ts';
import type { LogSink, RawLogRecord } from './log-sink.ts';

class CollectingSink implements LogSink {
  readonly records: RawLogRecord[] = [];
  readonly rejected: string[] = [];
  logRecord(record: RawLogRecord): void {
    this.records.push(record);
  }
  reject({ reason, detail }: Rejected): void {
    this.rejected.push(`${reason}: ${detail}`);
  }
}

function fromProtobuf(body: Uint8Array): CollectingSink {
  const sink = new CollectingSink();
  decodeLogsProtobuf(body, sink);
  return sink;
}

function fromJson(body: unknown): CollectingSink {
  const sink = new CollectingSink();
  decodeLogsJson(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), sink);
  return sink;
}

const nothing = { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' };
const record = (change: Partial<RawLogRecord> = {}): RawLogRecord => ({
  timeUnixNano: 1_795_000_000_000_000_000n,
  observedTimeUnixNano: 0n,
  severityNumber: 9,
  severityText: '',
  eventName: 'gen_ai.user.message',
  body: new Map([['content', 'Hello']]),
  attributes: new Map(),
  droppedAttributesCount: 0,
  flags: 1,
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  resource: nothing,
  scope: { ...nothing, name: '', version: '' },
  ...change,
});

describe('encoding and decoding', () => {
  test.each([
    ['protobuf', (records: readonly RawLogRecord[]) => fromProtobuf(encodeLogsProtobuf(records))],
    ['JSON', (records: readonly RawLogRecord[]) => fromJson(encodeLogsJson(records))],
  ])('%s: random log records are unchanged after encoding and decoding', (_encoding, roundTrip) => {
    fc.assert(
      fc.property(fc.array(arbitraryLogRecord, { maxLength: 3 }), (records) => {
        expect(roundTrip(records)).toEqual({ records, rejected: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('random bytes are either decoded or rejected', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        try {
          fromProtobuf(body);
        } catch (error) {
          expect((error as Error).name).toBe('ProtobufError');
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an invalid record is rejected, and its neighbours are not', () => {
  let deep: AttributeValue = 'deep';
  for (let level = 0; level <= MAX_DEPTH; level++) deep = [deep];
  test.each([
    ['no time', { timeUnixNano: 0n }, 'missing-time: time and observed time are both missing or 0'],
    [
      'a time after 2262',
      { timeUnixNano: 2n ** 63n },
      'time-out-of-range: a time is after 2262-04-11; times are nanoseconds since 1970',
    ],
    [
      'a short trace id',
      { traceId: 'abcd' },
      'invalid-trace-id: the trace id is 2 bytes long, expected 16 bytes',
    ],
    ['a short span id', { spanId: 'ab' }, 'invalid-span-id: the span id is 1 bytes long, expected 8 bytes'],
    [
      'a body that is nested too deeply',
      { body: deep },
      `nested-too-deep: an attribute is nested more than ${MAX_DEPTH} levels deep`,
    ],
  ] as [string, Partial<RawLogRecord>, string][])('%s', (_what, change, reason) => {
    const records = [record(), record(change), record({ body: 'after' })];
    const expected = { records: [records[0], records[2]], rejected: [reason] };
    expect(fromProtobuf(encodeLogsProtobuf(records))).toEqual(expected);
    expect(fromJson(encodeLogsJson(records))).toEqual(expected);
  });

  test('ids of zeros count as absent', () => {
    const sent = [record({ traceId: '0'.repeat(32), spanId: '0'.repeat(16) })];
    const expected = { records: [record({ traceId: '', spanId: '' })], rejected: [] };
    expect(fromProtobuf(encodeLogsProtobuf(sent))).toEqual(expected);
    expect(fromJson(encodeLogsJson(sent))).toEqual(expected);
  });
});

test.each([
  ['SEVERITY_NUMBER_INFO', 9],
  ['SEVERITY_NUMBER_ERROR3', 19],
  ['FATAL4', 24],
  ['nonsense', 0],
  ['17', 17],
])('JSON: the severity %s is decoded as %i', (severityNumber, expected) => {
  const log = { timeUnixNano: '1', severityNumber };
  const body = { resource_logs: [{ scope_logs: [{ log_records: [log] }] }] };
  expect(fromJson(body).records[0]?.severityNumber).toBe(expected);
});
