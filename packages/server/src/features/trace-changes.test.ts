import { afterAll, beforeAll, expect, it } from 'vitest';
import { settleHistory } from '../settle/settle-history.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { describeTraceChanges } from './trace-changes.contract.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ settings: { THROUGHLINE_REDACT: 'email' } });
});
afterAll(() => server.stop());

describeTraceChanges(() => server);

const tag = (project: string, body: object) =>
  fetch(`${server.url}/api/v1/tags?project=${project}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const tagsOf = async (project: string) => {
  const response = await fetch(`${server.url}/api/v1/traces?project=${project}`);
  const { traces } = (await response.json()) as { traces: { tags: string[]; givenTags: string[] }[] };
  return traces.map(({ tags, givenTags }) => [tags, givenTags]);
};

it('given tags are still there after all traces are settled again', async () => {
  await server.send('rebuilt', [rawSpan({ attributes: { 'tag.tags': ['sent'] } })]);
  await tag('rebuilt', { traceIds: ['a'.repeat(32)], add: ['vip'] });
  await settleHistory(server.engine, { all: true });
  expect(await tagsOf('rebuilt')).toEqual([[['sent', 'vip'], ['vip']]]);
});

it('redaction applies to tags that people give', async () => {
  await server.send('redacted', [rawSpan()]);
  expect((await tag('redacted', { traceIds: ['a'.repeat(32)], add: ['ask max@example.com'] })).status).toBe(
    200,
  );
  const [[tags] = []] = await tagsOf('redacted');
  expect(JSON.stringify(tags)).not.toContain('max@example.com');
  expect(tags).toHaveLength(1);
});
