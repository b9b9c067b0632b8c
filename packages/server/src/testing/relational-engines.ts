import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@throughline/tests/postgres-server';
import { pino } from 'pino';
import { openRelational } from '../relational/open-relational.ts';
import { parsePostgresUrl } from '../relational/postgres-address.ts';
import type { RelationalStore } from '../relational/relational-store.ts';

/** A relational store for tests. A second one can be opened on the same data. */
export interface TestRelational extends RelationalStore {
  /** Opens the same data again. The embedded database has to be closed before. */
  again(): RelationalStore;
}

/** One way to keep relational data. Tests of the contract run on all of them. */
export interface RelationalEngine {
  readonly name: 'SQLite' | 'Postgres';
  start(): Promise<void>;
  /** Opens a store without tables. */
  open(): Promise<TestRelational>;
  stop(): Promise<void>;
}

const log = pino({ level: 'silent' });

/** Call `start` and `stop` once for each file. */
export const RELATIONAL_ENGINES: readonly RelationalEngine[] = [sqlite(), postgres()];

function sqlite(): RelationalEngine {
  const folders: string[] = [];
  return {
    name: 'SQLite',
    start: async () => {},
    async open() {
      const dataDir = await mkdtemp(join(tmpdir(), 'throughline-relational-'));
      folders.push(dataDir);
      const again = () => openRelational({ dataDir, log });
      return { ...again(), again };
    },
    async stop() {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}

function postgres(): RelationalEngine {
  let server: Awaited<ReturnType<typeof startPostgres>> | undefined;
  return {
    name: 'Postgres',
    async start() {
      server = await startPostgres();
    },
    async open() {
      if (!server) throw new Error('start the engine first');
      const address = parsePostgresUrl(await server.freshDatabase());
      const again = () => openRelational({ dataDir: '/nowhere', postgres: address, log });
      return { ...again(), again };
    },
    async stop() {
      await server?.close();
    },
  };
}
