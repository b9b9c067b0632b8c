import { startTestServer, type TestServer } from '../../packages/server/src/testing/test-server.ts';
import { createClient, type ProcessClient } from './process-client.ts';

/** A server in this process on a prepared folder, and a client for it. */
export interface ServerHere extends TestServer {
  readonly client: ProcessClient;
}

export async function startHere(dataDir: string): Promise<ServerHere> {
  const server = await startTestServer({ dataDir });
  return { ...server, client: createClient(server) };
}
