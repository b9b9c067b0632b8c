import { expect, test } from 'vitest';
import type { Batch } from '../journal/segment.ts';
import type { OtlpRequest } from '../receive/otlp/otlp-plugin.ts';
import { createAcceptOtlp } from './accept-otlp.ts';
import { IngestProblems } from './ingest-problems.ts';
import { TraceProcessor } from './process-traces.ts';

/** The way of a request without threads and disk. */
function setUp() {
  const problems = new IngestProblems();
  const appended: Batch[] = [];
  const processor = new TraceProcessor();
  let now = 0n;
  const accept = createAcceptOtlp({
    pool: { process: async (task) => processor.process(task), close: async () => {} },
    journal: { append: async (batch) => void appended.push(batch) },
    problems,
    now: () => ++now,
    maxBodyBytes: 1000,
  });
  return { accept, problems, appended };
}

const request = (spans: readonly object[]): OtlpRequest => ({
  body: Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })),
  contentType: 'json',
  contentEncoding: 'identity',
  project: undefined,
});
const good = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), startTimeUnixNano: 1 };

test('what is accepted goes to the journal, and full success says nothing', async () => {
  const { accept, problems, appended } = setUp();
  expect(await accept('otlp-traces', request([good, good]))).toBeUndefined();
  expect(appended.map((batch) => Math.max(...batch.map(({ rows }) => rows)))).toEqual([2]);
  expect(problems.list()).toEqual([]);
});

test('a request without anything acceptable writes nothing', async () => {
  const { accept, appended } = setUp();
  expect(await accept('otlp-traces', request([]))).toBeUndefined();
  expect(await accept('otlp-traces', request([{ ...good, traceId: '' }]))).toEqual({
    rejected: 1,
    message: '1 of 1 span was rejected. 1: the trace id is missing.',
  });
  expect(appended).toEqual([]);
});

test('problems are counted by reason with their latest samples', async () => {
  const { accept, problems } = setUp();
  await accept('otlp-traces', request([{ ...good, traceId: '' }, { ...good, traceId: 'ab' }, good]));
  await accept('otlp-traces', request([{ ...good, traceId: 'ab' }]));
  await accept('otlp-traces', request([{ ...good, startTimeUnixNano: 0 }]));
  await expect(accept('otlp-traces', { ...request([]), body: Buffer.from('{') })).rejects.toMatchObject({
    code: 'malformed-body',
  });
  const large = { ...request([]), body: Buffer.alloc(1001) };
  await expect(accept('otlp-traces', large)).rejects.toMatchObject({ code: 'body-too-large' });
  expect(problems.list().map(({ reason, count, samples }) => [reason, count, samples.length])).toEqual([
    ['body-too-large', 1, 1],
    ['malformed-body', 1, 1],
    ['missing-start-time', 1, 1],
    ['invalid-trace-id', 3, 2],
  ]);
  expect(problems.list()[3]).toEqual({
    signal: 'otlp-traces',
    reason: 'invalid-trace-id',
    count: 3,
    lastUnixNano: 2n,
    samples: ['the trace id is 1 bytes long, expected 16 bytes', 'the trace id is missing'],
  });
});

test('samples are few and the newest', () => {
  const problems = new IngestProblems();
  for (let index = 0; index < 100; index++)
    problems.record('otlp-logs', 'malformed-body', `message ${index % 7}`, BigInt(index));
  expect(problems.list()).toMatchObject([
    {
      count: 100,
      lastUnixNano: 99n,
      samples: ['message 1', 'message 0', 'message 6', 'message 5', 'message 4'],
    },
  ]);
});
