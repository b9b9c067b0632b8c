/** Sends requests as an OTLP exporter would and measures what it gets back. */
import { Agent, request } from 'node:http';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { RequestTemplate } from './otlp-writer.ts';
import type { Workload } from './workloads.ts';

export interface LoadResult {
  readonly seconds: number;
  readonly spans: number;
  readonly requests: number;
  readonly bytes: number;
  /** Requests that were refused, by status. */
  readonly refused: ReadonlyMap<number, number>;
  /** Milliseconds from the first byte sent to the answer, of accepted requests, ascending. */
  readonly latencies: readonly number[];
  /** Of the last accepted request. */
  readonly lastTraceId: string;
}

export interface LoadOptions {
  readonly url: string;
  /** Of OTLP/gRPC: sends there instead. */
  readonly grpcUrl?: string | undefined;
  readonly workload: Workload;
  readonly seconds: number;
  readonly connections: number;
  /** Absent: as fast as the server answers. */
  readonly spansPerSecond?: number;
  /** Called with every accepted request. */
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

/** `send` gives the status: of HTTP, or 200 and the code of gRPC. */
interface Sender {
  send(body: Buffer): Promise<number>;
  close(): void;
}

function httpSender({ url, connections }: LoadOptions): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return { send: (body) => post(agent, `${url}/v1/traces`, body), close: () => agent.destroy() };
}

/** A connection for each that sends, as so many exporters have. */
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
