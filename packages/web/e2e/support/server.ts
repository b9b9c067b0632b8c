import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@throughline/tests/wait-for';
import { pino } from 'pino';
import { build } from 'vite';
import { readConfig } from '../../../server/src/config/config.ts';
import { startServer } from '../../../server/src/main.ts';
import { exportRequest, newTraceId, type TestSpan } from './otlp.ts';

/** A Throughline server with an empty store that serves the built pages. */
export interface TestServer {
  readonly url: string;
  /** Sends spans of one trace and waits until they can be read. Returns the trace id. */
  send(spans: readonly TestSpan[], options?: SendOptions): Promise<string>;
  stop(): Promise<void>;
}

export interface SendOptions {
  readonly project?: string;
  readonly traceId?: string;
  /** ms since the epoch; default: a second ago. */
  readonly startedAt?: number;
  /** False: return as soon as they are acknowledged. */
  readonly wait?: boolean;
}

const WEB = fileURLToPath(new URL('../..', import.meta.url));

export async function startTestServer(): Promise<TestServer> {
  if (!existsSync(join(WEB, 'dist/index.html'))) await build({ root: WEB, logLevel: 'warn' });
  const folder = await mkdtemp(join(tmpdir(), 'throughline-web-'));
  const config = readConfig({ THROUGHLINE_WORKERS: '1' }, { data: folder, port: 0 });
  const server = await startServer(config, pino({ level: 'fatal' }));
  const { url } = server;

  async function isReadable(traceId: string, project: string, count: number): Promise<boolean> {
    const response = await fetch(`${url}/api/v1/traces/${traceId}?project=${encodeURIComponent(project)}`);
    if (response.status === 404) return false;
    const trace = (await response.json()) as { spans: unknown[] };
    return trace.spans.length >= count;
  }

  return {
    url,
    async send(
      spans,
      { project = 'demo', traceId = newTraceId(), startedAt = Date.now() - 1000, wait = true } = {},
    ) {
      const response = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-throughline-project': project },
        body: JSON.stringify(exportRequest(traceId, spans, startedAt)),
      });
      if (!response.ok) throw new Error(`POST /v1/traces: ${response.status} ${await response.text()}`);
      if (wait)
        await waitFor(`${spans.length} spans of the trace ${traceId}`, () =>
          isReadable(traceId, project, spans.length),
        );
      return traceId;
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
