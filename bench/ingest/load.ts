/** Sends requests as an OTLP exporter would and measures what it gets back. */
import { Agent, request } from 'node:http';
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
  readonly workload: Workload;
  readonly seconds: number;
  readonly connections: number;
  /** Absent: as fast as the server answers. */
  readonly spansPerSecond?: number;
  /** Called with every accepted request. */
  readonly onAccepted?: (traceId: string, acceptedAt: number) => void;
}

export async function sendLoad(options: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
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
      const status = await post(agent, `${options.url}/v1/traces`, body);
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
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, spans, requests: latencies.length, bytes, refused, latencies, lastTraceId };
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
