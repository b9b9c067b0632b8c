import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@throughline/tests/wait-for';
import { build } from 'vite';
import * as server from '../../../server/src/testing/test-server.ts';
import { exportRequest, newTraceId, type TestSpan } from './otlp.ts';

/** A Throughline server with an empty store. It serves the built pages. */
export interface TestServer {
  readonly url: string;
  /** Sends spans of one trace and waits until they can be read. Returns the trace id. */
  send(spans: readonly TestSpan[], options?: SendOptions): Promise<string>;
  /** Sends many traces in one request and waits until they can be read. Default project: `demo`. */
  sendAll(traces: readonly DatedTrace[], project?: string): Promise<void>;
  stop(): Promise<void>;
}

export interface DatedTrace {
  readonly spans: readonly TestSpan[];
  /** Start of the trace in ms since the epoch. */
  readonly startedAt: number;
}

export interface SendOptions {
  readonly project?: string;
  readonly traceId?: string;
  /** Start of the trace in ms since the epoch. Default: one second ago. */
  readonly startedAt?: number;
  /** Whether to wait until the spans can be read. Default: true. If false, `send` returns once they are acknowledged. */
  readonly wait?: boolean;
}

const WEB = fileURLToPath(new URL('../..', import.meta.url));

/** Starts a server. `settings` are environment variables. */
export async function startTestServer(settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  if (!existsSync(join(WEB, 'dist/index.html'))) await build({ root: WEB, logLevel: 'warn' });
  const { url, stop, keyHeaders } = await server.startTestServer({ settings });

  async function isReadable(traceId: string, project: string, count: number): Promise<boolean> {
    const response = await fetch(`${url}/api/v1/traces/${traceId}?project=${encodeURIComponent(project)}`, {
      headers: keyHeaders,
    });
    if (response.status === 404) return false;
    const trace = (await response.json()) as { spans: unknown[] };
    return trace.spans.length >= count;
  }

  async function post(project: string, body: ReturnType<typeof exportRequest>): Promise<void> {
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-throughline-project': project, ...keyHeaders },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST /v1/traces: ${response.status} ${await response.text()}`);
  }

  async function count(project: string): Promise<number> {
    const response = await fetch(`${url}/api/v1/traces/summary?project=${project}&buckets=1`, {
      headers: keyHeaders,
    });
    return ((await response.json()) as { traces: number }).traces;
  }

  return {
    url,
    async sendAll(traces, project = 'demo') {
      const before = await count(project);
      const requests = traces.map(({ spans, startedAt }) => exportRequest(newTraceId(), spans, startedAt));
      await post(project, { resourceSpans: requests.flatMap(({ resourceSpans }) => resourceSpans) });
      await waitFor(`${traces.length} traces`, async () => (await count(project)) >= before + traces.length);
    },
    async send(
      spans,
      { project = 'demo', traceId = newTraceId(), startedAt = Date.now() - 1000, wait = true } = {},
    ) {
      await post(project, exportRequest(traceId, spans, startedAt));
      if (wait)
        await waitFor(`${spans.length} spans of the trace ${traceId}`, () =>
          isReadable(traceId, project, spans.length),
        );
      return traceId;
    },
    stop,
  };
}
