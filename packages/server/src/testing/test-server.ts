import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawSpan } from '@throughline/spans';
import { waitFor } from '@throughline/tests/wait-for';
import { pino } from 'pino';
import { type Config, readConfig } from '../config/config.ts';
import { type RunningServer, startServer } from '../main.ts';
import { copyEmptyStore } from './empty-store.ts';
import { encodeTracesProtobuf } from './otlp/encode-traces.ts';

export interface TestServerOptions {
  /** Default: an empty temporary folder that `stop` removes. A given folder is kept. */
  readonly dataDir?: string;
  /** Settings as environment variables, such as `THROUGHLINE_REDACT`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Configuration values that settings cannot have. */
  readonly config?: Partial<Config>;
}

/** The complete server in this process, on free ports. Only one server can use a data folder at a time. */
export interface TestServer extends RunningServer {
  readonly dataDir: string;
  /** Headers with the API key, if the server needs one. */
  readonly keyHeaders: Readonly<Record<string, string>>;
  /** Messages of its log with the level `warn` or above. */
  readonly complaints: readonly string[];
  /** Sends spans as an exporter does and waits until they are readable. */
  send(project: string, spans: readonly RawSpan[]): Promise<void>;
}

/** Starts a server for a test. All tests that need one in their own process start it here. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'throughline-test-')));
  const complaints: string[] = [];
  const write = (line: string) => {
    complaints.push((JSON.parse(line) as { msg: string }).msg);
  };
  const settings = { THROUGHLINE_WORKERS: '1', ...options.settings };
  const config = { ...readConfig(settings, { data: dataDir, port: 0 }), ...options.config };
  if (options.dataDir === undefined && !config.clickhouse) await copyEmptyStore(dataDir);
  const [key] = config.apiKeys;
  const keyHeaders: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };
  const server = await startServer(config, pino({ level: 'warn' }, { write }));
  return {
    ...server,
    dataDir,
    keyHeaders,
    complaints,
    send: (project, spans) => sendSpans({ ...server, keyHeaders }, project, spans),
    async stop() {
      await server.stop();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function sendSpans(
  server: RunningServer & Pick<TestServer, 'keyHeaders'>,
  project: string,
  spans: readonly RawSpan[],
): Promise<void> {
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'x-throughline-project': project,
      ...server.keyHeaders,
    },
    body: new Uint8Array(encodeTracesProtobuf(spans)),
  });
  const answer = new Uint8Array(await response.arrayBuffer());
  // A partial success has a body.
  if (response.status !== 200 || answer.length > 0)
    throw new Error(`not all spans were accepted: ${response.status} ${Buffer.from(answer)}`);
  await waitFor('all acknowledged spans to be readable', () => server.journal.isEmpty);
}
