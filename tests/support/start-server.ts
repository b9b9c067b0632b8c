import * as server from '../../packages/server/src/testing/test-server.ts';
import { createTraceReader, type TraceReader } from '../../packages/server/src/testing/trace-reader.ts';

/** A server in this process with an empty store, and a reader of one of its projects. */
export interface TestServer extends server.TestServer, TraceReader {}

/** `settings` are environment variables. */
export async function startTestServer(
  project = 'tests',
  settings: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const started = await server.startTestServer({ settings });
  const { url, keyHeaders: headers, journal } = started;
  return { ...started, ...createTraceReader(url, project, { headers, isLoaded: () => journal.isEmpty }) };
}
