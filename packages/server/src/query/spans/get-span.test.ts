import type { RawSpan } from '@throughline/spans';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, sql } from '../../clickhouse/sql.ts';
import { spanDetail } from '../../contract/span.ts';
import { arbitraryRawSpan } from '../../testing/otlp/arbitrary-raw-span.ts';
import { rawSpan } from '../../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { projectScope } from '../project-scope.ts';
import { getSpan } from './get-span.ts';
import { type FactsRow, type PayloadRow, rawSpanOfRows } from './raw-span-of-rows.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const find = (project: string, span: RawSpan) =>
  getSpan(projectScope(server.engine, project), span.traceId, span.spanId);

describe('getSpan', () => {
  it('returns the facts, content and record of a model call', async () => {
    const span = rawSpan({
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.model': 'gpt-4o-2024-08-06',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.output_tokens': 50,
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }]),
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: 'Hello' }], finish_reason: 'stop' },
        ]),
        __proto__x: 'kept',
        big: 2n ** 62n,
      },
      events: [
        {
          name: 'e',
          timeUnixNano: 1_795_000_000_700_000_000n,
          attributes: new Map([['k', 1]]),
          droppedAttributesCount: 2,
        },
      ],
      resource: { attributes: new Map([['service.name', 'web']]), droppedAttributesCount: 0, schemaUrl: '' },
    });
    await server.send('detail', [span]);
    const detail = await find('detail', span);
    expect(spanDetail.parse(detail)).toEqual(detail);
    expect(detail).toMatchObject({
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: null,
      kind: 'llm',
      otelKind: 'client',
      otelStatus: { code: 'unset', message: '' },
      startTime: '2026-11-18T11:06:40.000000001Z',
      endTime: '2026-11-18T11:06:41.500000001Z',
      durationMs: 1500,
      service: 'web',
      provider: 'openai',
      requestModel: 'gpt-4o',
      inputTokens: 1000,
      outputTokens: 50,
      inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }],
      outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] }],
      attributes: { 'gen_ai.usage.input_tokens': 1000, __proto__x: 'kept', big: '4611686018427387904' },
      events: [
        {
          name: 'e',
          time: '2026-11-18T11:06:40.700000000Z',
          attributes: { k: 1 },
          droppedAttributesCount: 2,
        },
      ],
      resource: { attributes: { 'service.name': 'web' } },
      tool: null,
      documents: null,
    });
    expect(detail?.costUsd).toBeCloseTo(0.003, 6);
  });

  it('returns the latest version of a span, with the content of that version', async () => {
    const span = rawSpan({ spanId: 'c'.repeat(16), endTimeUnixNano: 0n });
    const later = span.startTimeUnixNano + 3_600_000_000_000n;
    await server.send('versions', [{ ...span, attributes: new Map([['v', 1]]) }]);
    await server.send('versions', [{ ...span, startTimeUnixNano: later, attributes: new Map([['v', 2]]) }]);
    expect(await find('versions', span)).toMatchObject({
      startTime: '2026-11-18T12:06:40.000000001Z',
      endTime: null,
      durationMs: null,
      attributes: { v: 2 },
    });
  });

  it('returns only the facts if the content is missing', async () => {
    await server.engine.command(
      `INSERT INTO spans (project, trace_id, span_id, name, kind, otel_kind, status, start, model)
       VALUES ('facts', 't', 's', 'x', 'llm', 'client', 'ok', '2026-11-20 10:00:00', 'gpt-4o')`,
    );
    const detail = await getSpan(projectScope(server.engine, 'facts'), 't', 's');
    expect(spanDetail.parse(detail)).toEqual(detail);
    expect(detail).toMatchObject({
      model: 'gpt-4o',
      input: null,
      inputMessages: null,
      attributes: {},
      events: [],
    });
  });

  it('does not find spans of another project, trace or id', async () => {
    const span = rawSpan({ spanId: 'd'.repeat(16) });
    await server.send('mine', [span]);
    const scope = projectScope(server.engine, 'mine');
    expect(await getSpan(scope, span.traceId, span.spanId)).toBeDefined();
    expect(await getSpan(projectScope(server.engine, 'yours'), span.traceId, span.spanId)).toBeUndefined();
    expect(await getSpan(scope, 'other', span.spanId)).toBeUndefined();
    expect(await getSpan(scope, span.traceId, "' OR 1 --")).toBeUndefined();
  });
});

describe('the record of a span', () => {
  /** Reads all rows of a project as spans. */
  async function readAll(project: string): Promise<RawSpan[]> {
    const scope = projectScope(server.engine, project);
    const facts = await scope.query<FactsRow>(
      sql`SELECT trace_id AS traceId, span_id AS spanId, parent_span_id AS parentSpanId, name, otel_kind AS otelKind,
            toUnixTimestamp64Nano(start) AS startNs, duration_ns AS durationNs, status,
            status_message AS statusMessage FROM ${scope.spans} ORDER BY trace_id, span_id`,
    );
    const payloads = await server.engine.query<PayloadRow>(
      ...compile(sql`SELECT arrayZip(mapKeys(p.input), mapValues(p.input)) AS input,
            arrayZip(mapKeys(p.output), mapValues(p.output)) AS output, attributes, events, links, resource, scope,
            trace_state, flags, dropped_attributes_count, dropped_events_count, dropped_links_count,
            end_time_unix_nano, status_code, status_message
          FROM ${scope.payloads} AS p ORDER BY trace_id, span_id`),
    );
    return facts.map((row, index) => rawSpanOfRows(row, payloads[index]));
  }

  it('is stored without loss: random spans are read as they were sent', async () => {
    // Every day of these years would be a partition, which takes time to write.
    const sameDay = (ns: bigint) =>
      ns > 1_600_000_000n * SECOND && ns < 2_500_000_000n * SECOND ? DAY + (ns % SECOND) : ns;
    const spans = fc.sample(arbitraryRawSpan, { numRuns: 500, seed: 7 }).map((span, index) => {
      const startTimeUnixNano = sameDay(span.startTimeUnixNano);
      return { ...span, traceId: String(index + 1).padStart(32, '0'), startTimeUnixNano };
    });
    await server.send('record', spans);
    const back = await readAll('record');
    expect(back).toHaveLength(spans.length);
    for (const [index, span] of spans.entries()) {
      const { attributes, ...rest } = back[index] as RawSpan;
      const { attributes: sent, ...expected } = span;
      expect(rest).toEqual(expected);
      expect(new Map([...attributes].sort(byKey))).toEqual(new Map([...sent].sort(byKey)));
    }
  });

  const SECOND = 1_000_000_000n;
  const DAY = 1_795_000_000n * SECOND;
  const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
});
