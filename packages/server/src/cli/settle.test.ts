import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TraceSummary } from '../contract/trace.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { createTraceReader } from '../testing/trace-reader.ts';
import { settle } from './settle.ts';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-settle-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const listOf = (server: TestServer): Promise<TraceSummary[]> =>
  createTraceReader(server.url, 'shop').listTraces(10);

it('throughline settle --rebuild computes lost and wrong rows again, and reports its progress', async () => {
  const first = await startTestServer({ dataDir });
  await first.send('shop', [
    rawSpan({ traceId: '1'.repeat(32), name: 'lost' }),
    rawSpan({ traceId: '2'.repeat(32), name: 'wrong', startTimeUnixNano: 1_794_000_000_000_000_000n }),
  ]);
  const truth = await listOf(first);
  expect(truth.map(({ name }) => name)).toEqual(['lost', 'wrong']);
  await first.engine.command(
    "INSERT INTO traces SELECT * REPLACE (1 AS deleted) FROM traces WHERE name = 'lost'",
  );
  await first.engine.command(
    "INSERT INTO traces SELECT * REPLACE (7 AS span_count) FROM traces WHERE name = 'wrong'",
  );
  expect((await listOf(first)).map(({ name, spanCount }) => [name, spanCount])).toEqual([['wrong', 7]]);
  await first.stop();

  let [out, err] = ['', ''];
  const terminal = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    colours: false,
  };
  const parts = { terminal, env: {}, json: false, signal: new AbortController().signal };
  await settle(parts, { rebuild: true, data: dataDir });
  expect(err).toMatch(/^Settling partition 1 of \d …\n/);
  expect(out).toMatch(/^2 traces were computed again in \d+\.\d s\.\n$/);

  const second = await startTestServer({ dataDir });
  expect(await listOf(second)).toEqual(truth);
  await second.stop();
});
