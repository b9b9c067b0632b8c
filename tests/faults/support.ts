import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { IngestProblemList } from '../../packages/server/src/api/schemas.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';

/** A server that has to bear everything, and what it is asked after each blow. */
export interface FaultServer extends TestServer {
  /** Not `fetch`: it adds and hides headers. */
  post(request: Post): Promise<Answer>;
  /** A socket that speaks HTTP by itself. */
  dial(): Socket;
  /** The server answers, its store too, and takes a span that can then be read. */
  expectWell(): Promise<void>;
  /** How often what was not kept, by reason. */
  problems(): Promise<Map<string, number>>;
  /** Undefined where there is none. */
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

/** One attribute whose value stands as it is written. */
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
  return {
    ...server,
    post,
    dial: () => connect(Number(url.port), url.hostname),
    problems: async () => {
      const response = await fetch(`${server.url}/api/v1/ingest/problems?project=${project}`);
      const { problems } = (await response.json()) as IngestProblemList;
      return new Map(problems.map(({ reason, count }) => [reason, count]));
    },
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

/** What was counted while `run` ran: `{ 'malformed-body': 1 }`. */
export async function countedBy(
  server: FaultServer,
  run: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = await server.problems();
  await run();
  const after = [...(await server.problems())];
  const grown = after.map(([reason, count]) => [reason, count - (before.get(reason) ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, count]) => count > 0));
}
