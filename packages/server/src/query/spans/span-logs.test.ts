import {
  type Attributes,
  type AttributeValue,
  DoubleValue,
  decodeAttributes,
  decodeValue,
  type RawSpan,
} from '@throughline/spans';
import { eventually } from '@throughline/tests/eventually';
import { waitFor } from '@throughline/tests/wait-for';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SpanDetail } from '../../contract/span.ts';
import type { RawLogRecord } from '../../otlp/logs/log-sink.ts';
import { decodeResource, decodeScope } from '../../tables/payload-codec.ts';
import { arbitraryLogRecord, encodeLogsJson, encodeLogsProtobuf } from '../../testing/otlp/encode-logs.ts';
import { rawSpan } from '../../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { projectScope } from '../project-scope.ts';
import { listScores } from '../scores/list-scores.ts';
import { getSpan } from './get-span.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const nothing = { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' };
const log = (change: Partial<RawLogRecord>): RawLogRecord => ({
  timeUnixNano: 1_795_000_000_000_000_001n,
  observedTimeUnixNano: 0n,
  severityNumber: 9,
  severityText: '',
  eventName: '',
  body: null,
  attributes: new Map(),
  droppedAttributesCount: 0,
  flags: 1,
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  resource: nothing,
  scope: { ...nothing, name: 'judge', version: '' },
  ...change,
});
const say = (role: string, content: string): RawLogRecord =>
  log({
    attributes: new Map([['event.name', `gen_ai.${role}.message`]]),
    body: new Map([['content', content]]),
  });
const text = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

/** Sends log records and waits until they are readable. */
async function send(project: string, records: readonly RawLogRecord[]): Promise<void> {
  const count = async () => {
    const [row] = await server.engine.query<{ version: string; n: string }>(
      'SELECT max(version) AS version, count() AS n FROM logs WHERE project = {project:String}',
      { project },
    );
    return `${row?.version} ${row?.n}`;
  };
  const before = await count();
  const response = await fetch(`${server.url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'x-throughline-project': project },
    body: new Uint8Array(encodeLogsProtobuf(records)),
  });
  expect([response.status, await response.text()]).toEqual([200, '']);
  await eventually('the loaded log records', count).not.toBe(before);
}

const find = async (project: string, span: RawSpan = rawSpan()): Promise<SpanDetail> => {
  const found = await getSpan(projectScope(server.engine, project), span.traceId, span.spanId);
  if (!found) throw new Error('the span is not there');
  return found;
};

describe('log records of a span', () => {
  it('keep their order, even within one nanosecond, and equal messages are kept', async () => {
    const records = ['one', 'same', 'two', 'same', 'three'].map((content) => say('user', content));
    await send('order', records);
    await server.send('order', [rawSpan()]);
    const { inputMessages } = await find('order');
    expect(inputMessages).toEqual(['one', 'same', 'two', 'same', 'three'].map((each) => text('user', each)));
  });

  it('records that are sent again are stored once', async () => {
    const records = ['one', 'same', 'same'].map((content) => say('user', content));
    await send('retry', records);
    await send('retry', records);
    await server.send('retry', [rawSpan()]);
    const { inputMessages } = await find('retry');
    expect(inputMessages).toEqual(['one', 'same', 'same'].map((each) => text('user', each)));
  });

  it('records of several requests are sorted by time', async () => {
    const at = (content: string, ns: bigint) => ({ ...say('user', content), timeUnixNano: ns });
    await send('requests', [at('second', 1_795_000_000_000_000_020n)]);
    await send('requests', [at('first', 1_795_000_000_000_000_010n)]);
    await server.send('requests', [rawSpan()]);
    const { inputMessages } = await find('requests');
    expect(inputMessages).toEqual([text('user', 'first'), text('user', 'second')]);
  });

  it('an event with the whole exchange becomes messages, tools and instructions', async () => {
    const message = (role: string, content: string): Attributes =>
      new Map<string, AttributeValue>([
        ['role', role],
        [
          'parts',
          [
            new Map([
              ['type', 'text'],
              ['content', content],
            ]),
          ],
        ],
      ]);
    const details = log({
      eventName: 'gen_ai.client.inference.operation.details',
      attributes: new Map<string, AttributeValue>([
        ['gen_ai.input.messages', [message('user', 'Hi')]],
        ['gen_ai.output.messages', [message('assistant', 'Hello')]],
      ]),
      body: new Map<string, AttributeValue>([
        [
          'gen_ai.system_instructions',
          [
            new Map([
              ['type', 'text'],
              ['content', 'Be brief.'],
            ]),
          ],
        ],
        ['gen_ai.tool.definitions', [new Map([['name', 'search']])]],
      ]),
    });
    await send('details', [details]);
    await server.send('details', [rawSpan()]);
    const span = await find('details');
    expect(span.inputMessages).toEqual([text('system', 'Be brief.'), text('user', 'Hi')]);
    expect(span.outputMessages).toEqual([text('assistant', 'Hello')]);
    expect(span.toolDefinitions).toEqual([{ name: 'search' }]);
  });

  it('records that repeat events of the span do not duplicate them', async () => {
    const event = {
      name: 'gen_ai.user.message',
      timeUnixNano: 1_795_000_000_000_000_001n,
      attributes: new Map([['content', 'Hi']]),
      droppedAttributesCount: 0,
    };
    await send('both', [say('user', 'Hi'), say('system', 'Be brief.')]);
    await server.send('both', [rawSpan({ events: [event] })]);
    const { inputMessages } = await find('both');
    expect(inputMessages).toEqual([text('user', 'Hi'), text('system', 'Be brief.')]);
  });

  it('records of another project, trace or span are not included', async () => {
    await send('theirs', [say('user', 'secret')]);
    await send('mine', [
      { ...say('user', 'other span'), spanId: 'c'.repeat(16) },
      { ...say('user', 'other trace'), traceId: 'c'.repeat(32) },
    ]);
    await server.send('mine', [rawSpan()]);
    const { events, inputMessages } = await find('mine');
    expect([events, inputMessages]).toEqual([[], null]);
  });

  it('are found by full-text search, like spans', async () => {
    await send('words', [say('user', 'Where is\nParcel 7, the Blue one?')]);
    await server.send('words', [rawSpan()]);
    const found = async (q: string): Promise<number> => {
      const response = await fetch(`${server.url}/api/v1/traces?project=words&q=${encodeURIComponent(q)}`);
      expect(response.status).toBe(200);
      return ((await response.json()) as { traces: unknown[] }).traces.length;
    };
    expect(await Promise.all(['parcel blue', 'PARCEL', 'parcel red', 'span'].map(found))).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it('are stored without loss', async () => {
    const records = fc.sample(arbitraryLogRecord, { numRuns: 100, seed: 11 }).map((record, index) => ({
      ...record,
      eventName: `gen_ai.${index}`,
      timeUnixNano: 1_795_000_000_000_000_000n,
      traceId: 'd'.repeat(32),
      spanId: 'e'.repeat(16),
    }));
    await send('lossless', records);
    const rows = await server.engine.query<Record<string, string>>(
      `SELECT *, toUnixTimestamp64Nano(time) AS time_ns, toUnixTimestamp64Nano(observed_time) AS observed_ns
       FROM logs WHERE project = 'lossless' ORDER BY position`,
    );
    expect(
      rows.map((row) => ({
        timeUnixNano: BigInt(row.time_ns as string),
        observedTimeUnixNano: BigInt(row.observed_ns as string),
        severityNumber: Number(row.severity_number),
        severityText: row.severity_text,
        eventName: row.event_name,
        body: decodeValue(JSON.parse(row.body as string)),
        attributes: decodeAttributes(row.attributes as string),
        droppedAttributesCount: Number(row.dropped_attributes_count),
        flags: Number(row.flags),
        traceId: row.trace_id,
        spanId: row.span_id,
        resource: decodeResource(row.resource as string),
        scope: decodeScope(row.scope as string),
      })),
    ).toEqual(records);
  });
});

describe('gen_ai.evaluation.result', () => {
  const evaluation = (name: string, more: readonly [string, AttributeValue][]): Attributes =>
    new Map<string, AttributeValue>([['gen_ai.evaluation.name', name], ...more]);
  const scoresIn = async (project: string, count: number) =>
    waitFor(`${count} scores of ${project}`, async () => {
      const { scores } = await listScores(projectScope(server.engine, project), { limit: 10 });
      return (
        scores.length === count &&
        scores.map(({ id: _id, createdAt: _created, updatedAt: _updated, ...score }) => score)
      );
    });
  const attributes = evaluation('relevance', [
    ['gen_ai.evaluation.score.value', new DoubleValue(1)],
    ['gen_ai.evaluation.score.label', 'relevant'],
    ['gen_ai.evaluation.explanation', 'It answers the question.'],
  ]);
  const expected = {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    sessionId: null,
    name: 'relevance',
    value: 1,
    label: 'relevant',
    unit: null,
    source: 'otel',
    evaluator: 'judge',
    comment: 'It answers the question.',
    metadata: null,
  };

  it('becomes a score of the span if it is a log record', async () => {
    await send('evaluated', [log({ eventName: 'gen_ai.evaluation.result', attributes })]);
    expect(await scoresIn('evaluated', 1)).toEqual([expected]);
    await server.send('evaluated', [rawSpan()]);
    const { scores, events } = await find('evaluated');
    expect(scores).toEqual([expect.objectContaining(expected)]);
    expect(events.map(({ name }) => name)).toEqual(['gen_ai.evaluation.result']);
  });

  it('becomes the same score if it is an event of the span', async () => {
    const event = {
      name: 'gen_ai.evaluation.result',
      timeUnixNano: 1_795_000_000_000_000_005n,
      attributes,
      droppedAttributesCount: 0,
    };
    const scope = { ...nothing, name: 'judge', version: '' };
    await server.send('evented', [rawSpan({ events: [event, event], scope })]);
    expect(await scoresIn('evented', 1)).toEqual([expected]);
  });

  it('becomes a category if it has only a label, a score of the trace if it has no span, and no score if it failed', async () => {
    await send('kinds', [
      log({
        eventName: 'gen_ai.evaluation.result',
        spanId: '',
        attributes: evaluation('tone', [['gen_ai.evaluation.score.label', 'friendly']]),
      }),
      log({
        eventName: 'gen_ai.evaluation.result',
        attributes: evaluation('failed', [['error.type', 'timeout']]),
      }),
    ]);
    expect(await scoresIn('kinds', 1)).toEqual([
      { ...expected, spanId: null, name: 'tone', value: 'friendly', label: null, comment: null },
    ]);
  });
});

it('a JSON request has the same result', async () => {
  const response = await fetch(`${server.url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-throughline-project': 'json' },
    body: JSON.stringify(encodeLogsJson([say('user', 'as JSON')])),
  });
  expect([response.status, await response.json()]).toEqual([200, {}]);
  await server.send('json', [rawSpan()]);
  await eventually('the messages', async () => (await find('json')).inputMessages).toEqual([
    text('user', 'as JSON'),
  ]);
});
