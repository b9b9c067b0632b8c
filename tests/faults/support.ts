import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { IngestProblemList } from '../../packages/server/src/contract/ingest-problem.ts';
import { ERRORS } from '../../packages/server/src/errors/errors.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

/** A server under test that has to survive everything, with checks to run after each fault. */
export interface FaultServer extends TestServer {
  /** Sends a request without `fetch`, which adds and hides headers. */
  post(request: Post): Promise<Answer>;
  /** Opens a socket for raw HTTP. */
  dial(): Socket;
  /** Expects that the server and its store respond, and that a new span can be read. */
  expectWell(): Promise<void>;
  /** Counts of rejected data by reason. */
  problems(): Promise<Map<string, number>>;
  /** Counts by reason that `countedBy` has seen so far. */
  readonly expected: Map<string, number>;
  /** Sum of all lines of this metric whose labels contain `labels`. */
  metric(name: string, labels?: string): Promise<number>;
  /** Expects no unexpected counts, no failures and no reserved memory. Call it at the end of a file. */
  expectNothingElse(): Promise<void>;
  /** Undefined if there is none. */
  findTrace(traceId: string): Promise<unknown>;
}

export interface Post {
  readonly body: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export const JSON_TYPE = { 'content-type': 'application/json' };
export const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };

export const newTraceId = (): string => randomBytes(16).toString('hex');
export const newSpanId = (): string => randomBytes(8).toString('hex');

/** 2026-11-18T11:06:40.000000001Z */
export const START = 1_795_000_000_000_000_001n;

/** A span of one millisecond in OTLP's JSON. */
export interface JsonSpan extends Readonly<Record<string, unknown>> {
  readonly traceId: string;
  readonly spanId: string;
}
export function span(change: Readonly<Record<string, unknown>> = {}): JsonSpan {
  return {
    traceId: newTraceId(),
    spanId: newSpanId(),
    name: 'step',
    startTimeUnixNano: String(START),
    endTimeUnixNano: String(START + 1_000_000n),
    ...change,
  };
}

export function request(spans: readonly unknown[], resource: unknown = {}, scope: unknown = {}): string {
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] });
}

/** An attribute whose value is inserted as JSON text. */
export const attribute = (key: string, value: unknown) => ({ key, value });
export const textAttribute = (key: string, stringValue: string) => attribute(key, { stringValue });

export async function startFaultServer(
  project: string,
  settings?: Readonly<Record<string, string>>,
): Promise<FaultServer> {
  const server = await startTestServer(project, settings);
  const url = new URL(server.url);
  const post: FaultServer['post'] = ({ body, headers = JSON_TYPE, path = '/v1/traces' }) =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(
        `${server.url}${path}`,
        { method: 'POST', headers: { 'x-throughline-project': project, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  const metric: FaultServer['metric'] = async (name, labels = '') => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => /^[^ {]+/.exec(line)?.[0] === name);
    return lines
      .filter((line) => line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  const expected = new Map<string, number>();
  const problems = async (): Promise<Map<string, number>> => {
    const response = await fetch(`${server.url}/api/v1/ingest/problems?project=${project}`);
    const { problems } = (await response.json()) as IngestProblemList;
    const rejected = problems.filter(({ stored }) => !stored);
    return new Map(rejected.map(({ reason, count }) => [reason, count]));
  };
  return {
    ...server,
    post,
    metric,
    expected,
    expectNothingElse: async () => {
      expect(Object.fromEntries(await problems())).toEqual(Object.fromEntries(expected));
      for (const status of ['500', '503', '429', 'INTERNAL', 'UNAVAILABLE'])
        expect([status, await metric('throughline_requests_total', `status="${status}"`)]).toEqual([
          status,
          0,
        ]);
      for (const held of ['in_flight_bytes', 'waiting_requests', 'worker_queue'])
        await waitFor(`no ${held}`, async () =>
          (await metric(`throughline_${held}`)) === 0 ? true : undefined,
        );
      expect(await metric('throughline_load_errors_total')).toBe(0);
    },
    dial: () => connect(Number(url.port), url.hostname),
    problems,
    findTrace: async (traceId) => {
      const response = await fetch(`${server.url}/api/v1/traces/${traceId}?project=${project}`);
      return response.status === 404 ? undefined : response.json();
    },
    expectWell: async () => {
      for (const path of ['/healthz', '/readyz']) {
        const response = await fetch(server.url + path);
        expect([path, response.status]).toEqual([path, 200]);
      }
      const good = span({ name: 'well' });
      expect(await post({ body: request([good]) })).toEqual({ status: 200, text: '{}' });
      const trace = await server.getTrace(good.traceId, 1);
      expect(trace.spans.map(({ name }) => name)).toEqual(['well']);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
  };
}

/** Codes of whole requests. Other reasons are of single records. */
const OF_REQUESTS: ReadonlySet<string> = new Set(Object.keys(ERRORS));

/**
 * Counts that increased while `run` ran: `{ 'malformed-body': 1 }`. The list of problems and the metrics for Prometheus have
 * to agree.
 */
export async function countedBy(
  server: FaultServer,
  run: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const read = async () => ({
    problems: await server.problems(),
    refused: (await server.metric('throughline_requests_total')) - (await accepted(server)),
    rejected: await server.metric('throughline_records_rejected_total'),
  });
  const before = await read();
  await run();
  const after = await read();
  const grown = [...after.problems].map(
    ([reason, count]) => [reason, count - (before.problems.get(reason) ?? 0)] as const,
  );
  const counted = grown.filter(([, count]) => count > 0);
  for (const [reason, count] of counted)
    server.expected.set(reason, (server.expected.get(reason) ?? 0) + count);
  const total = (ofRequests: boolean) =>
    counted.reduce((sum, [reason, count]) => sum + (OF_REQUESTS.has(reason) === ofRequests ? count : 0), 0);
  expect(after.refused - before.refused).toBe(total(true));
  expect(after.rejected - before.rejected).toBe(total(false));
  return Object.fromEntries(counted);
}

/** Number of requests that were not rejected: successful ones, and ones whose client disconnected. */
async function accepted(server: FaultServer): Promise<number> {
  const statuses = ['200', 'OK', 'aborted', 'CANCELLED'];
  const counts = await Promise.all(
    statuses.map((status) => server.metric('throughline_requests_total', `status="${status}"`)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
