/** The view of a sender and a reader on a server in another process. */
import { expect } from 'vitest';
import type { IngestProblemList } from '../../packages/server/src/contract/ingest-problem.ts';
import type { Trace } from '../../packages/server/src/contract/trace.ts';
import { waitFor } from '../support/wait-for.ts';
import { JSON_TYPE, type JsonSpan, request, span } from './support.ts';

export interface ProcessClient {
  readonly url: string;
  /** Address of OTLP/gRPC. */
  readonly grpcUrl: string;
  /** Sends spans as OTLP JSON. */
  send(spans: readonly JsonSpan[]): Promise<Sent>;
  /** Sends one span and expects it to be acknowledged. */
  keep(change?: Readonly<Record<string, unknown>>): Promise<JsonSpan>;
  findTrace(traceId: string): Promise<Trace | undefined>;
  /** Waits until the spans can be read, each once. */
  expectReadable(spans: readonly JsonSpan[]): Promise<void>;
  /** Sum of all lines of this metric whose labels contain `labels`. */
  metric(name: string, labels?: string): Promise<number>;
  /** Number of rejected records and requests of the project, and of no known project, by reason. */
  problems(): Promise<Record<string, number>>;
  /** Waits until everything is loaded, and loaded segments are removed. */
  waitForEmptyJournal(): Promise<void>;
  /** Expects that the process and its store respond, and that a new span can be read. */
  expectWell(): Promise<void>;
}

export interface Sent {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The reason of a rejection or partial rejection. Empty if everything was accepted. */
  readonly message: string;
}

export const PROJECT = 'durability';

/** The message for senders while the journal cannot be written. */
export const refusal = (reason: string): Sent => ({
  status: 503,
  retryAfter: expect.stringMatching(/^[23]$/),
  message: `the journal could not be written: ${reason}`,
});

export function createClient({ url, grpcUrl }: Pick<ProcessClient, 'url' | 'grpcUrl'>): ProcessClient {
  const headers = { ...JSON_TYPE, 'x-throughline-project': PROJECT };
  const send: ProcessClient['send'] = async (spans) => {
    const answer = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body: request(spans) });
    const body = (await answer.json()) as { message?: string; partialSuccess?: { errorMessage?: string } };
    return {
      status: answer.status,
      retryAfter: answer.headers.get('retry-after'),
      message: body.message ?? body.partialSuccess?.errorMessage ?? '',
    };
  };
  const keep: ProcessClient['keep'] = async (change = {}) => {
    const sent = span(change);
    expect(await send([sent])).toEqual({ status: 200, retryAfter: null, message: '' });
    return sent;
  };
  const findTrace: ProcessClient['findTrace'] = async (traceId) => {
    const answer = await fetch(`${url}/api/v1/traces/${traceId}?project=${PROJECT}`);
    if (answer.status === 404) return undefined;
    expect(answer.status).toBe(200);
    return (await answer.json()) as Trace;
  };
  const expectReadable: ProcessClient['expectReadable'] = async (spans) => {
    const byTrace = Map.groupBy(spans, ({ traceId }) => traceId);
    for (const [traceId, expected] of byTrace) {
      const found = await waitFor(`the trace ${traceId}`, async () => {
        const trace = await findTrace(traceId);
        return trace && trace.spans.length >= expected.length ? trace : undefined;
      });
      const ids = (of: readonly { readonly spanId: string }[]) => of.map(({ spanId }) => spanId).sort();
      expect(ids(found.spans)).toEqual(ids(expected));
    }
  };
  const metric: ProcessClient['metric'] = async (name, labels = '') => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => /^[^ {]+/.exec(line)?.[0] === name);
    return lines
      .filter((line) => line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  };
  return {
    url,
    grpcUrl,
    send,
    keep,
    findTrace,
    expectReadable,
    metric,
    waitForEmptyJournal: async () => {
      await waitFor('an empty journal', async () =>
        (await metric('throughline_journal_bytes')) === 0 ? true : undefined,
      );
    },
    problems: async () => {
      const answer = await fetch(`${url}/api/v1/ingest/problems?project=${PROJECT}`);
      const { problems } = (await answer.json()) as IngestProblemList;
      const counts: Record<string, number> = {};
      for (const { reason, count, stored } of problems)
        if (!stored) counts[reason] = (counts[reason] ?? 0) + count;
      return counts;
    },
    expectWell: async () => {
      for (const path of ['/healthz', '/readyz'])
        expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
      await expectReadable([await keep({ name: 'well' })]);
    },
  };
}
