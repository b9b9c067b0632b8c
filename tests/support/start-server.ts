import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../packages/server/src/config/config.ts';
import type { SpanDetail, SpanSummary } from '../../packages/server/src/contract/span.ts';
import type { Trace, TraceSummary } from '../../packages/server/src/contract/trace.ts';
import { startServer } from '../../packages/server/src/main.ts';
import { waitFor } from './wait-for.ts';

/** A Throughline of a test's own, with an empty store, seen through its public API. */
export interface TestServer {
  readonly url: string;
  /** Of OTLP/gRPC. */
  readonly grpcUrl: string;
  readonly project: string;
  /** Where it keeps everything. */
  readonly dataDir: string;
  /** Waits until the trace has at least so many spans. */
  getTrace(traceId: string, spanCount: number): Promise<Trace>;
  getSpan(span: { readonly traceId: string; readonly spanId: string }): Promise<SpanDetail>;
  /** The whole of the only span that fits. */
  findSpan(trace: Trace, fits: (span: SpanSummary) => boolean): Promise<SpanDetail>;
  getTextTree(traceId: string): Promise<string>;
  /** Newest first; of another project where one is named. */
  listTraces(limit: number, project?: string): Promise<TraceSummary[]>;
  stop(): Promise<void>;
}

/** `settings` as the environment would have them. */
export async function startTestServer(
  project = 'tests',
  settings: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  const config = readConfig({ THROUGHLINE_WORKERS: '1', ...settings }, { data: folder, port: 0 });
  const server = await startServer(config, pino({ level: 'error' }));
  const api = `${server.url}/api/v1`;
  const query = `project=${encodeURIComponent(project)}`;

  const get = async (path: string, accept = 'application/json'): Promise<Response | undefined> => {
    const response = await fetch(`${api}${path}`, { headers: { accept } });
    // What is not there yet is waited for; an address that does not exist is a mistake.
    if (response.status === 404) {
      const { code } = (await response.json()) as { code?: string };
      if (code !== 'not-found') return undefined;
      throw new Error(`The API has no ${path}`);
    }
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const getJson = async <Body>(path: string): Promise<Body | undefined> =>
    (await get(path))?.json() as Promise<Body> | undefined;

  const getSpan: TestServer['getSpan'] = async ({ traceId, spanId }) => {
    const span = await getJson<SpanDetail>(`/traces/${traceId}/spans/${spanId}?${query}`);
    if (span === undefined) throw new Error(`Expected the span ${spanId} in the trace ${traceId}`);
    return span;
  };
  return {
    url: server.url,
    grpcUrl: server.grpcUrl,
    project,
    dataDir: folder,
    getSpan,
    getTrace: (traceId, spanCount) =>
      waitFor(`${spanCount} spans of the trace ${traceId}`, async () => {
        const trace = await getJson<Trace>(`/traces/${traceId}?${query}`);
        return trace !== undefined && trace.spans.length >= spanCount ? trace : undefined;
      }),
    findSpan: async (trace, fits) => {
      const found = trace.spans.filter(fits);
      const [only] = found;
      if (only === undefined || found.length > 1) {
        throw new Error(
          `Expected one span that fits, found ${found.length} of ${trace.spans.map(({ name }) => name)}`,
        );
      }
      return getSpan({ traceId: trace.traceId, spanId: only.spanId });
    },
    getTextTree: async (traceId) => (await get(`/traces/${traceId}?${query}`, 'text/plain'))?.text() ?? '',
    listTraces: async (limit, other = project) =>
      (await getJson<{ traces: TraceSummary[] }>(`/traces?project=${other}&limit=${limit}`))?.traces ?? [],
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
