import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawSpan } from '@throughline/spans';
import { waitFor } from '@throughline/tests/wait-for';
import { pino } from 'pino';
import type { Engine } from '../clickhouse/engine.ts';
import { type Config, readConfig } from '../config/config.ts';
import { startServer } from '../main.ts';
import { encodeTracesProtobuf } from './otlp/encode-traces.ts';

export interface TestServer {
  readonly url: string;
  /** Of OTLP/gRPC. */
  readonly grpcUrl: string;
  readonly engine: Engine;
  /** Sends spans as an exporter does and waits until they are readable. */
  send(project: string, spans: readonly RawSpan[]): Promise<void>;
  close(): Promise<void>;
}

/** The whole server on a free port, with a data folder of its own. */
export async function startTestServer(change: Partial<Config> = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-server-'));
  const config = { ...readConfig({}, { data: dataDir, port: 0 }), workers: 1, ...change };
  const { url, grpcUrl, engine, stop } = await startServer(config, pino({ level: 'silent' }));
  /** Spans that are loaded and part of a settled trace. A span that is sent again counts again. */
  const rowsOf = async (project: string): Promise<number> => {
    const [row] = await engine.query<{ n: string }>(
      `SELECT if(settled = spans_final, least(spans_all, payloads_all), 0) AS n FROM (SELECT
         (SELECT sum(span_count) FROM traces FINAL WHERE project = {project:String}) AS settled,
         (SELECT count() FROM spans FINAL WHERE project = {project:String}) AS spans_final,
         (SELECT count() FROM spans WHERE project = {project:String}) AS spans_all,
         (SELECT count() FROM payloads WHERE project = {project:String}) AS payloads_all)`,
      { project },
    );
    return Number(row?.n);
  };
  return {
    url,
    grpcUrl,
    engine,
    async send(project, spans) {
      const before = await rowsOf(project);
      const response = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', 'x-throughline-project': project },
        body: new Uint8Array(encodeTracesProtobuf(spans)),
      });
      const answer = new Uint8Array(await response.arrayBuffer());
      // A partial success has a body.
      if (response.status !== 200 || answer.length > 0) {
        throw new Error(`not all spans were accepted: ${response.status} ${Buffer.from(answer)}`);
      }
      await waitFor(
        `${spans.length} more spans of ${project}`,
        async () => (await rowsOf(project)) >= before + spans.length,
      );
    },
    async close() {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
