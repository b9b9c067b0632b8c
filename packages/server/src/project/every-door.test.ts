import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { eventually } from '@throughline/tests/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeTracesProtobuf } from '../testing/otlp/encode-traces.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const PROJECT = 'müller';
/** The encodings that clients use in headers: Latin-1 (`fetch`), or UTF-8 (`curl`). */
const HEADERS = { 'Latin-1': PROJECT, 'UTF-8': Buffer.from(PROJECT).toString('latin1') };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const traceId = (n: number): string => String(n).padStart(32, '0');
const body = (n: number) => new Uint8Array(encodeTracesProtobuf([rawSpan({ traceId: traceId(n) })]));

async function get(path: string, headers: Record<string, string> = {}): Promise<unknown> {
  return (await fetch(`${server.url}/api/v1${path}`, { headers })).json();
}

async function tracesRead(headers: Record<string, string>, query = ''): Promise<string[]> {
  const { traces } = (await get(`/traces${query}`, headers)) as { traces: { traceId: string }[] };
  return traces.map((trace) => trace.traceId).sort();
}

async function sendOverGrpc(message: Uint8Array): Promise<void> {
  const client = new Client(new URL(server.grpcUrl).host, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('x-throughline-project-bin', Buffer.from(PROJECT));
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const asIs = (bytes: Buffer) => bytes;
  await new Promise<void>((resolve, reject) =>
    client.makeUnaryRequest(path, asIs, asIs, Buffer.from(message), metadata, (error) =>
      error ? reject(error) : resolve(),
    ),
  ).finally(() => client.close());
}

describe('a project name with characters outside ASCII', () => {
  test('is the same project in OTLP/HTTP, OTLP/gRPC, scores and the API', async () => {
    const headers = Object.values(HEADERS);
    for (const [index, header] of headers.entries()) {
      const response = await fetch(`${server.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', 'x-throughline-project': header },
        body: body(index + 1),
      });
      expect(response.status).toBe(200);
      const scored = await fetch(`${server.url}/api/v1/scores`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-throughline-project': header },
        body: JSON.stringify({ traceId: traceId(index + 1), name: 'good', value: true }),
      });
      expect(scored.status).toBe(200);
    }
    await sendOverGrpc(body(3));
    const query = `?project=${encodeURIComponent(PROJECT)}`;
    const all = [1, 2, 3].map(traceId);
    await eventually('the traces', () => tracesRead({}, query)).toEqual(all);
    for (const header of headers) expect(await tracesRead({ 'x-throughline-project': header })).toEqual(all);
    const readScores = async () => ((await get(`/scores${query}`)) as { scores: unknown[] }).scores.length;
    await eventually('the number of scores', readScores).toBe(2);
    expect(await get('/projects')).toMatchObject({ projects: [{ name: PROJECT, spanCount: 3 }] });
  });
});
