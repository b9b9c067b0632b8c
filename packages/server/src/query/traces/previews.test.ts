import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import { readPreviews } from './previews.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const startNs = String(BigInt(Date.UTC(2026, 10, 20, 10)) * 1_000_000n);
const head = { spanId: 'head', startNs };
const call = { spanId: 'call', startNs };
const sourceOf = (traceId: string) => ({ traceId, input: [head, call], output: [head, call] });

const payload = (traceId: string, spanId: string, input: string, output: string) => ({
  trace_id: traceId,
  span_id: spanId,
  input_preview: input,
  output_preview: output,
});
async function insertLog(traceId: string, spanId: string, input: string, output: string): Promise<void> {
  await store.engine.command(
    `INSERT INTO logs (project, trace_id, span_id, time, input_preview, output_preview, content_hash, version)
     VALUES ('p', '${traceId}', '${spanId}', '2026-11-20 10:00:00', '${input}', '${output}', 1, 1)`,
  );
}

it('come from the best span with content, which prefers its own content to that of its log records', async () => {
  await store.insertPayloads(
    payload('both', 'head', 'own in', 'own out'),
    payload('half', 'head', 'own in', ''),
    payload('half', 'call', 'call in', 'call out'),
    payload('call', 'call', 'call in', 'call out'),
  );
  await insertLog('both', 'head', 'log in', 'log out');
  await insertLog('half', 'head', 'log in', 'log out');
  await insertLog('log', 'head', 'log in', '');
  await insertLog('log', 'call', 'call in', 'call out');
  const traces = ['both', 'half', 'call', 'log', 'none'];
  const found = await readPreviews(projectScope(store.engine, 'p'), traces.map(sourceOf));
  expect(traces.map((id) => [id, found.get(id)?.inputPreview, found.get(id)?.outputPreview])).toEqual([
    ['both', 'own in', 'own out'],
    ['half', 'own in', 'log out'],
    ['call', 'call in', 'call out'],
    ['log', 'log in', 'call out'],
    ['none', null, null],
  ]);
});
