import { expect, test } from 'vitest';
import type { Batch } from '../journal/segment.ts';
import { createAcceptOtlp, type ProcessedRequest } from './accept-otlp.ts';
import type { OtlpRequest } from './otlp-request.ts';
import { IngestProblems } from './problems/ingest-problems.ts';
import { TraceProcessor } from './signals/traces/process-traces.ts';

/** The steps of a request, without threads and disk. */
function setUp() {
  const problems = new IngestProblems();
  const appended: Batch[] = [];
  const processed: ProcessedRequest[] = [];
  const processor = new TraceProcessor();
  let now = 0n;
  const accept = createAcceptOtlp({
    pool: { process: async (task) => processor.process(task) },
    journal: { append: async (batch) => void appended.push(batch) },
    problems,
    now: () => ++now,
    maxBodyBytes: 1000,
    onProcessed: (request) => processed.push(request),
  });
  return { accept, problems, appended, processed };
}

const request = (spans: readonly object[]): OtlpRequest => ({
  body: Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })),
  contentType: 'json',
  contentEncoding: 'identity',
  project: undefined,
});
const good = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), startTimeUnixNano: '1795000000000000000' };

test('accepted records go to the journal, and a complete success has an empty response', async () => {
  const { accept, problems, appended } = setUp();
  expect(await accept('otlp-traces', request([good, good]))).toBeUndefined();
  expect(appended.map((batch) => Math.max(...batch.map(({ rows }) => rows)))).toEqual([2]);
  expect(problems.list('default')).toEqual([]);
});

test('a request without valid records writes nothing', async () => {
  const { accept, appended } = setUp();
  expect(await accept('otlp-traces', request([]))).toBeUndefined();
  expect(await accept('otlp-traces', request([{ ...good, traceId: '' }]))).toEqual({
    rejected: 1,
    message: '1 of 1 span was rejected. 1: the trace id is missing.',
  });
  expect(appended).toEqual([]);
});

test('rejected records are listed as problems of their project, with the latest samples', async () => {
  const { accept, problems } = setUp();
  await accept('otlp-traces', request([{ ...good, traceId: '' }, { ...good, traceId: 'ab' }, good]));
  await accept('otlp-traces', {
    ...request([{ ...good, name: 'chat', traceId: 'ab' }]),
    userAgent: 'sender/1',
  });
  await accept('otlp-traces', { ...request([{ ...good, startTimeUnixNano: 0 }]), project: 'other' });
  const found = problems.list('default');
  expect(found.map(({ reason, count }) => [reason, count])).toEqual([['invalid-trace-id', 3]]);
  expect(found[0]).toEqual({
    project: 'default',
    signal: 'otlp-traces',
    reason: 'invalid-trace-id',
    count: 3,
    firstUnixNano: 1n,
    lastUnixNano: 2n,
    samples: [
      {
        message: 'the trace id is 1 bytes long, expected 16 bytes',
        timeUnixNano: 2n,
        name: 'chat',
        sdk: undefined,
        userAgent: 'sender/1',
      },
      {
        message: 'the trace id is missing',
        timeUnixNano: 1n,
        name: undefined,
        sdk: undefined,
        userAgent: undefined,
      },
    ],
  });
  expect(problems.list('other').map(({ reason, project }) => [reason, project])).toEqual([
    ['missing-start-time', 'other'],
  ]);
});

test('the response has one message per reason, even for several projects', async () => {
  const { accept, problems } = setUp();
  const resourceSpans = ['a', 'b', 'a'].map((project) => ({
    resource: { attributes: [{ key: 'throughline.project', value: { stringValue: project } }] },
    scopeSpans: [{ spans: [{ ...good, traceId: '' }] }],
  }));
  const body = Buffer.from(JSON.stringify({ resourceSpans }));
  expect(await accept('otlp-traces', { ...request([]), body })).toEqual({
    rejected: 3,
    message: '3 of 3 spans were rejected. 3: the trace id is missing.',
  });
  expect([...problems.list('a'), ...problems.list('b')].map(({ count }) => count)).toEqual([2, 1]);
});

test('a body that cannot be decoded is an error', async () => {
  const { accept } = setUp();
  await expect(accept('otlp-traces', { ...request([]), body: Buffer.from('{') })).rejects.toMatchObject({
    code: 'malformed-body',
  });
  const large = { ...request([]), body: Buffer.alloc(1001) };
  await expect(accept('otlp-traces', large)).rejects.toMatchObject({ code: 'body-too-large' });
});

test('the counts of a request are reported after it is on disk', async () => {
  const { accept, processed, appended } = setUp();
  await accept('otlp-traces', request([good, { ...good, traceId: '' }]));
  expect(processed).toMatchObject([
    {
      kind: 'otlp-traces',
      accepted: 1,
      rejections: [{ reason: 'invalid-trace-id', count: 1 }],
      bodyBytes: request([good, { ...good, traceId: '' }]).body.length,
    },
  ]);
  expect(appended).toHaveLength(1);
});
