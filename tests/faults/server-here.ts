/** A server in this process, on a folder that was prepared for it. One at a time: the store allows no more. */
import { pino } from 'pino';
import { readConfig } from '../../packages/server/src/config/config.ts';
import { type RunningServer, startServer } from '../../packages/server/src/main.ts';
import { createClient, type ProcessClient } from './process-client.ts';

export interface ServerHere extends RunningServer {
  readonly client: ProcessClient;
  /** Messages of its log that are warnings or worse. */
  readonly complaints: readonly string[];
}

export async function startHere(dataDir: string): Promise<ServerHere> {
  const complaints: string[] = [];
  const log = pino(
    { level: 'warn' },
    {
      write: (line: string) => {
        complaints.push((JSON.parse(line) as { msg: string }).msg);
      },
    },
  );
  const config = { ...readConfig({}, { data: dataDir, port: 0 }), workers: 1 };
  const server = await startServer(config, log);
  return { ...server, client: createClient(server), complaints };
}
