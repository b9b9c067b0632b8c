import { waitFor } from '@throughline/tests/wait-for';
import type { SpanDetail, SpanSummary } from '../contract/span.ts';
import type { Trace, TraceSummary } from '../contract/trace.ts';

/** Reads the traces of a project through the public API. */
export interface TraceReader {
  readonly project: string;
  /** Waits until the trace has at least `spanCount` spans. */
  getTrace(traceId: string, spanCount: number): Promise<Trace>;
  getSpan(span: { readonly traceId: string; readonly spanId: string }): Promise<SpanDetail>;
  /** Reads the only span that matches. */
  findSpan(trace: Trace, fits: (span: SpanSummary) => boolean): Promise<SpanDetail>;
  getTextTree(traceId: string): Promise<string>;
  /** Lists traces, newest first. Default: the project of the reader. */
  listTraces(limit: number, project?: string): Promise<TraceSummary[]>;
}

export interface TraceReaderOptions {
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the server has loaded what it acknowledged. Until then, a wait sends no request to the API. */
  readonly isLoaded?: () => boolean;
}

export function createTraceReader(
  url: string,
  project: string,
  { headers = {}, isLoaded = () => true }: TraceReaderOptions = {},
): TraceReader {
  const api = `${url}/api/v1`;
  const query = `project=${encodeURIComponent(project)}`;

  const get = async (path: string, accept = 'application/json'): Promise<Response | undefined> => {
    const response = await fetch(`${api}${path}`, { headers: { accept, ...headers } });
    // A trace that is not there yet is waited for; a path that does not exist is a mistake of the test.
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

  const getSpan: TraceReader['getSpan'] = async ({ traceId, spanId }) => {
    const span = await getJson<SpanDetail>(`/traces/${traceId}/spans/${spanId}?${query}`);
    if (span === undefined) throw new Error(`Expected the span ${spanId} in the trace ${traceId}`);
    return span;
  };
  return {
    project,
    getSpan,
    getTrace: (traceId, spanCount) =>
      waitFor(`${spanCount} spans of the trace ${traceId}`, async () => {
        if (!isLoaded()) return undefined;
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
    getTextTree: async (traceId) => {
      const text = (await (await get(`/traces/${traceId}?${query}`, 'text/plain'))?.text()) ?? '';
      return text.slice(text.indexOf('\n\n') + 1).trimStart();
    },
    listTraces: async (limit, other = project) =>
      (await getJson<{ traces: TraceSummary[] }>(`/traces?project=${other}&limit=${limit}`))?.traces ?? [],
  };
}
