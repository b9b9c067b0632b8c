/** Sends requests like an OTLP exporter and measures the responses. */
import { Agent, request } from 'node:http';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { RequestTemplate } from './otlp-writer.ts';
import type { Workload } from './workloads.ts';

export interface LoadResult {
  readonly seconds: number;
  readonly spans: number;
  readonly requests: number;
  readonly bytes: number;
  /** Number of refused requests by status. */
  readonly refused: ReadonlyMap<number, number>;
  /** Milliseconds from the first byte sent to the response, for accepted requests, ascending. */
  readonly latencies: readonly number[];
  /** A trace id of the last accepted request. */
  readonly lastTraceId: string;
}

export interface LoadOptions {
  readonly url: string;
  /** URL of OTLP/gRPC. If set, requests are sent there instead of over HTTP. */
  readonly grpcUrl?: string | undefined;
  readonly workload: Workload;
  readonly seconds: number;
  readonly connections: number;
  /** Target rate. Default: as fast as the server responds. */
  readonly spansPerSecond?: number;
  /** Called for every accepted request. */
  readonly onAccepted?: (traceId: string, acceptedAt: number) => void;
}

export async function sendLoad(options: LoadOptions): Promise<LoadResult> {
  const sender = options.grpcUrl === undefined ? httpSender(options) : grpcSender(options.grpcUrl, options);
  const started = performance.now();
  const end = started + options.seconds * 1000;
  const latencies: number[] = [];
  const refused = new Map<number, number>();
  let [spans, bytes, turn, lastTraceId] = [0, 0, 0, ''];

  const next = (): { template: RequestTemplate; dueAt: number } => {
    const number = turn++;
    const template = options.workload.requests[number % options.workload.requests.length] as RequestTemplate;
    const interval = options.spansPerSecond ? (template.spans / options.spansPerSecond) * 1000 : 0;
    return { template, dueAt: started + number * interval };
  };

  const connection = async () => {
    for (let job = next(); performance.now() < end; job = next()) {
      const wait = job.dueAt - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const { body, traceId } = job.template.stamp(Date.now());
      const sentAt = performance.now();
      const status = await sender.send(body);
      if (status !== 200) {
        refused.set(status, (refused.get(status) ?? 0) + 1);
        continue;
      }
      latencies.push(performance.now() - sentAt);
      spans += job.template.spans;
      bytes += body.length;
      lastTraceId = traceId;
      options.onAccepted?.(traceId, performance.now());
    }
  };
  await Promise.all(Array.from({ length: options.connections }, connection));
  sender.close();
  latencies.sort((a, b) => a - b);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, spans, requests: latencies.length, bytes, refused, latencies, lastTraceId };
}

interface Sender {
  /** Returns the HTTP status. For gRPC, returns 200 or the error code. */
  send(body: Buffer): Promise<number>;
  close(): void;
}

function httpSender({ url, connections }: LoadOptions): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return { send: (body) => post(agent, `${url}/v1/traces`, body), close: () => agent.destroy() };
}

/** Opens a separate connection for each sender, as separate exporters do. */
function grpcSender(grpcUrl: string, { connections }: LoadOptions): Sender {
  const clients = Array.from(
    { length: connections },
    () =>
      new Client(new URL(grpcUrl).host, credentials.createInsecure(), {
        'grpc.use_local_subchannel_pool': 1,
      }),
  );
  const asIs = (bytes: Buffer): Buffer => bytes;
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  let turn = 0;
  return {
    send: (body) =>
      new Promise((resolve) => {
        const client = clients[turn++ % clients.length] as Client;
        client.makeUnaryRequest(path, asIs, asIs, body, new Metadata(), (error) =>
          resolve(error?.code ?? 200),
        );
      }),
    close: () => {
      for (const client of clients) client.close();
    },
  };
}

function post(agent: Agent, url: string, body: Buffer): Promise<number> {
  const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function percentile(ascending: readonly number[], fraction: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * fraction))] ?? Number.NaN;
}
