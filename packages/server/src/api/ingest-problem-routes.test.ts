import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IngestProblemList, ingestProblemList } from '../contract/ingest-problem.ts';
import { encodeTracesProtobuf } from '../testing/otlp/encode-traces.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { maxBodyBytes: 100_000 } });
});
afterAll(() => server.stop());

async function problemsOf(project: string): Promise<IngestProblemList['problems']> {
  const response = await fetch(`${server.url}/api/v1/ingest/problems?project=${project}`);
  expect(response.status).toBe(200);
  const list = ingestProblemList.parse(await response.json());
  expect(Date.parse(list.since)).toBeLessThanOrEqual(Date.now());
  return list.problems;
}

interface Given {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly project?: string;
  readonly path?: string;
  readonly contentType?: string;
}

async function post({ body, project, path = '/v1/traces', contentType = 'application/json' }: Given) {
  const headers: Record<string, string> = { 'content-type': contentType, 'user-agent': 'OTel-Exporter/1.2' };
  if (project !== undefined) headers['x-throughline-project'] = project;
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status;
}

const good = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'answer',
  startTimeUnixNano: '1795000000000000000',
};
const request = (spans: readonly unknown[], attributes: Readonly<Record<string, string>> = {}) =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: Object.entries(attributes).map(([key, stringValue]) => ({
            key,
            value: { stringValue },
          })),
        },
        scopeSpans: [{ spans }],
      },
    ],
  });

function callGrpc(body: Uint8Array, project: string): Promise<Buffer> {
  const client = new Client(new URL(server.grpcUrl).host, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('x-throughline-project', project);
  const asIs = (bytes: Buffer): Buffer => bytes;
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  return new Promise<Buffer>((resolve, reject) =>
    client.makeUnaryRequest(path, asIs, asIs, Buffer.from(body), metadata, (error, answer) =>
      error ? reject(error) : resolve(answer as Buffer),
    ),
  ).finally(() => client.close());
}

describe('problems of ingestion', () => {
  it('are an empty list if nothing was rejected', async () => {
    expect(await post({ body: request([good]), project: 'fine' })).toBe(200);
    expect(await problemsOf('fine')).toEqual([]);
  });

  it('list the rejected records of HTTP requests with their sender and number', async () => {
    const bad = { ...good, traceId: 'abcd', name: 'chat gpt-4o' };
    const sdk = {
      'telemetry.sdk.language': 'python',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': '1.38.0',
      'throughline.project': 'shop',
    };
    expect(await post({ body: request([good, bad, bad], sdk) })).toBe(200);
    expect(await problemsOf('shop')).toEqual([
      {
        project: 'shop',
        signal: 'traces',
        reason: 'invalid-trace-id',
        title: 'The trace id is not valid',
        advice: 'Send 16 bytes that are not all zeros.',
        stored: false,
        counts: 'records',
        count: 2,
        firstTime: expect.stringMatching(/^20\d\d-.*Z$/),
        lastTime: expect.stringMatching(/^20\d\d-.*Z$/),
        samples: [
          {
            message: 'the trace id is 2 bytes long, expected 16 bytes',
            time: expect.stringMatching(/^20\d\d-.*Z$/),
            name: 'chat gpt-4o',
            sdk: 'python opentelemetry 1.38.0',
            userAgent: 'OTel-Exporter/1.2',
          },
        ],
      },
    ]);
    // A JSON record that cannot be decoded is still listed with its name.
    expect(await post({ body: request([{ name: 'torn', traceId: 7 }], sdk) })).toBe(200);
    expect((await problemsOf('shop'))[0]).toMatchObject({ samples: [{ name: 'torn' }] });
  });

  it('list the rejected records of gRPC requests in the same way', async () => {
    const bad = rawSpan({ name: 'embed', startTimeUnixNano: 0n });
    await callGrpc(new Uint8Array(encodeTracesProtobuf([rawSpan({ name: 'fine' }), bad])), 'grpc');
    expect(await problemsOf('grpc')).toMatchObject([
      {
        signal: 'traces',
        reason: 'missing-start-time',
        count: 1,
        samples: [
          {
            message: 'the start time is missing or 0',
            name: 'embed',
            userAgent: expect.stringContaining('grpc-node-js'),
          },
        ],
      },
    ]);
    await expect(callGrpc(Buffer.from('no protobuf'), 'grpc')).rejects.toMatchObject({ code: 3 });
    expect(await problemsOf('grpc')).toMatchObject([{ reason: 'malformed-body', count: 1 }, {}]);
  });

  it('warn of milliseconds and microseconds that are sent as nanoseconds, and store the spans', async () => {
    const milliseconds = { ...good, spanId: 'c'.repeat(16), startTimeUnixNano: '1795000000000' };
    const microseconds = { ...good, spanId: 'd'.repeat(16), startTimeUnixNano: '1795000000000000' };
    expect(await post({ body: request([good, milliseconds, microseconds]), project: 'units' })).toBe(200);
    expect(await problemsOf('units')).toMatchObject([
      {
        reason: 'unlikely-time',
        title: 'A start time is in the first months of 1970',
        stored: true,
        counts: 'records',
        count: 2,
        samples: [
          {
            message:
              'the start time 1795000000000 is 1970-01-01T00:29:55.000Z; times are nanoseconds since 1970',
            name: 'answer',
          },
        ],
      },
    ]);
    await waitFor('the three spans', async () => {
      const list = await fetch(`${server.url}/api/v1/traces?project=units&from=1970-01-01T00:00:00Z`);
      const { traces } = (await list.json()) as { traces: { spanCount: number }[] };
      return traces.reduce((sum, { spanCount }) => sum + spanCount, 0) === 3;
    });
  });

  it('contain the names of rejected events and metrics', async () => {
    const log = { timeUnixNano: '1', eventName: 'login', body: { stringValue: 'hello' } };
    const metric = {
      name: 'http.server.duration',
      gauge: { dataPoints: [{ timeUnixNano: '1', asDouble: 1 }] },
    };
    const project = 'other-signals';
    await post({
      path: '/v1/logs',
      project,
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] }),
    });
    await post({
      path: '/v1/metrics',
      project,
      body: JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }),
    });
    expect(await problemsOf(project)).toMatchObject([
      { signal: 'metrics', reason: 'unsupported-metric', samples: [{ name: 'http.server.duration' }] },
      { signal: 'logs', reason: 'not-gen-ai', samples: [{ name: 'login' }] },
    ]);
  });

  it('problems of whole requests are listed in the project of the header, or in every project if there is no header', async () => {
    expect(await post({ body: '{', project: 'refused' })).toBe(400);
    expect(await post({ body: 'x'.repeat(100_001), project: 'refused' })).toBe(413);
    expect(await problemsOf('refused')).toMatchObject([
      { reason: 'body-too-large', project: 'refused', count: 1 },
      { reason: 'malformed-body', project: 'refused', count: 1, samples: [{ name: null, sdk: null }] },
    ]);
    expect(await problemsOf('anything')).toEqual([]);
    expect(await post({ body: 'spans', contentType: 'text/plain' })).toBe(415);
    expect(await post({ body: request([good]), project: 'x'.repeat(129) })).toBe(400);
    expect(await problemsOf('anything')).toMatchObject([
      { reason: 'invalid-project', project: null, count: 1 },
      {
        reason: 'unsupported-content-type',
        project: null,
        samples: [{ message: expect.stringContaining('text/plain'), userAgent: 'OTel-Exporter/1.2' }],
      },
    ]);
  });
});
