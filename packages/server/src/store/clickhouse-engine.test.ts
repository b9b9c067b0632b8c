import { afterAll, beforeAll } from 'vitest';
import { openClickHouseEngine } from './clickhouse-engine.ts';
import { describeEngine } from './engine.contract.ts';
import {
  freshDatabase,
  GIVEN_URL,
  startClickHouse,
  type TestClickHouse,
} from './testing/clickhouse-server.ts';

let server: TestClickHouse | undefined;
beforeAll(async () => {
  if (!GIVEN_URL) server = await startClickHouse();
});
afterAll(() => server?.close());

describeEngine('A ClickHouse server', async () => {
  const address = freshDatabase(GIVEN_URL ?? server?.url ?? '');
  const creator = openClickHouseEngine({ ...address, database: 'default' });
  await creator.command(`CREATE DATABASE ${address.database}`);
  await creator.close();
  return openClickHouseEngine(address);
});
