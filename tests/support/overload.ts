/** Ten times the load that a server can process, from every side, with the results of all requests. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { SenderOptions, SenderReport } from './otel-senders.ts';
import { pause } from './pause.ts';

export interface Senders {
  /** Creates no more spans. Resolves when all have been sent or dropped. */
  finish(): Promise<SenderReport>;
}

const PROGRAM = fileURLToPath(new URL('./otel-senders.ts', import.meta.url));

export function startSenders(options: SenderOptions): Senders {
  const child: ChildProcess = fork(PROGRAM, [JSON.stringify(options)], {
    execArgv: ['--conditions=throughline-source'],
  });
  const ended = once(child, 'exit');
  const told = once(child, 'message');
  return {
    finish: async () => {
      child.send('stop');
      const [report] = await Promise.race([
        told,
        ended.then(([code]) => {
          throw new Error(`The senders ended with ${code}.`);
        }),
      ]);
      await ended;
      return report as SenderReport;
    },
  };
}

export interface FloodReport {
  /** Number of rejections by status, `429` or `UNAVAILABLE`. */
  readonly answers: ReadonlyMap<string, number>;
  /** Number of rejections without a retry time. */
  readonly withoutRetry: number;
  /** Durations of accepted requests. */
  readonly acceptedSpans: number;
  readonly sentSpans: number;
}

export interface FloodOptions {
  readonly url: string;
  readonly transport: 'http' | 'grpc';
  readonly project: string;
  /** Number of parallel requests. */
  readonly concurrency: number;
  /** Creates a body with new ids. */
  readonly next: () => { readonly body: Buffer; readonly spans: number };
  /** Called with the status of each response. */
  readonly onAnswer?: (status: string) => void;
  /** No request is sent after this time. */
  readonly until: AbortSignal;
}

/** Sends each request as soon as the previous one is answered, and ignores retry times. */
export async function flood(options: FloodOptions): Promise<FloodReport> {
  const { concurrency, next, until } = options;
  const answers = new Map<string, number>();
  let [withoutRetry, acceptedSpans, sentSpans] = [0, 0, 0];
  const sender = options.transport === 'http' ? httpSender(options) : grpcSender(options);
  const lane = async (): Promise<void> => {
    while (!until.aborted) {
      const { body, spans } = next();
      sentSpans += spans;
      const { status, saysWhen } = await sender.send(body);
      answers.set(status, (answers.get(status) ?? 0) + 1);
      options.onAnswer?.(status);
      if (status === '200' || status === 'OK') acceptedSpans += spans;
      else {
        if (!saysWhen) withoutRetry++;
        // A short pause prevents the server from being busy with rejections only.
        await pause(20);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  sender.close();
  return { answers, withoutRetry, acceptedSpans, sentSpans };
}

interface RawSender {
  send(body: Buffer): Promise<{ readonly status: string; readonly saysWhen: boolean }>;
  close(): void;
}

function httpSender({ url, project, concurrency }: FloodOptions): RawSender {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const headers = { 'content-type': 'application/x-protobuf', 'x-throughline-project': project };
  return {
    send: (body) =>
      new Promise((resolve, reject) => {
        const sent = request(
          `${url}/v1/traces`,
          { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } },
          (answer) => {
            answer.resume();
            const retryAfter = Number(answer.headers['retry-after']);
            answer.on('end', () =>
              resolve({ status: String(answer.statusCode), saysWhen: retryAfter >= 1 && retryAfter <= 10 }),
            );
          },
        );
        sent.on('error', reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
const asIs = (bytes: Buffer): Buffer => bytes;
const CODES: Readonly<Record<number, string>> = { 8: 'RESOURCE_EXHAUSTED', 14: 'UNAVAILABLE' };

function grpcSender({ url, project }: FloodOptions): RawSender {
  const client = new Client(new URL(url).host, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const metadata = new Metadata();
  metadata.set('x-throughline-project', project);
  return {
    send: (body) =>
      new Promise((resolve) =>
        client.makeUnaryRequest(
          '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
          asIs,
          asIs,
          body,
          metadata,
          (error) => {
            if (!error) return resolve({ status: 'OK', saysWhen: false });
            const details = String(error.metadata.get('grpc-status-details-bin')[0] ?? '');
            resolve({
              status: CODES[error.code] ?? `${error.code} ${error.details}`,
              saysWhen: details.includes(RETRY_INFO),
            });
          },
        ),
      ),
    close: () => client.close(),
  };
}
