/**
 * The `openai` SDK (version 6, the latest that it supports) with OpenTelemetry's own instrumentation, which sends content
 * only as log records, and sends metrics as well.
 */
import { createRequire } from 'node:module';
import { Metadata } from '@grpc/grpc-js';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as GrpcLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type OpenAI from 'openai6';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestModelServer, ORDER_PARAMETERS } from '../support/model-server.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { startTelemetry, type Telemetry } from '../support/telemetry.ts';
import { waitFor } from '../support/wait-for.ts';

const modelServer = createTestModelServer();
// Set as documented. The variable is read when the instrumentation is created.
process.env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT = 'true';
const instrumentation = new OpenAIInstrumentation();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let server: TestServer;
let telemetry: Telemetry;
let openai: OpenAI;

/** Does what the hook on `require` does for a package with the name `openai`. */
function instrument(): typeof OpenAI {
  const module = createRequire(import.meta.url)('openai6') as { OpenAI: typeof OpenAI };
  const { init } = instrumentation as unknown as { init(): { patch(module: unknown): unknown }[] };
  for (const definition of init.call(instrumentation)) definition.patch(module);
  return module.OpenAI;
}

beforeAll(async () => {
  models = await modelServer.listen(0);
  server = await startTestServer();
  telemetry = startTelemetry(server);
  instrumentation.setTracerProvider(telemetry.provider);
  const Client = instrument();
  openai = new Client({ baseURL: `${models.url}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(async () => {
  await telemetry?.stop();
  await server?.stop();
  await models?.close();
});

const LOG_EXPORTERS = {
  'OTLP/HTTP': () =>
    new ProtobufLogExporter({
      url: `${server.url}/v1/logs`,
      headers: { 'x-throughline-project': server.project },
    }),
  'OTLP/gRPC': () => {
    const metadata = new Metadata();
    metadata.set('x-throughline-project', server.project);
    return new GrpcLogExporter({ url: server.grpcUrl, metadata });
  },
};

/** Runs `run`, and sends its log records before or after its spans. */
async function record(
  protocol: keyof typeof LOG_EXPORTERS,
  logsFirst: boolean,
  run: () => Promise<unknown>,
): Promise<string> {
  const logs = new LoggerProvider({
    processors: [new BatchLogRecordProcessor({ exporter: LOG_EXPORTERS[protocol]() })],
  });
  instrumentation.setLoggerProvider(logs);
  const { traceId, error } = await telemetry.record('conversation', async () => {
    await run();
    if (logsFirst) await logs.forceFlush();
  });
  expect(error).toBeUndefined();
  await logs.shutdown();
  return traceId;
}

/** Waits for the model call with its content, and returns it. */
async function chatOf(traceId: string) {
  const trace = await server.getTrace(traceId, 2);
  return waitFor('the content of the chat', async () => {
    const span = await server.findSpan(trace, ({ kind }) => kind === 'llm');
    return span.outputMessages === null ? undefined : span;
  });
}

const tool = {
  type: 'function' as const,
  function: { name: 'lookup_order', description: 'Status of an order', parameters: ORDER_PARAMETERS },
};

describe.each(['OTLP/HTTP', 'OTLP/gRPC'] as const)(
  'content that is sent as log records over %s',
  (protocol) => {
    test.each([
      ['before the span', true],
      ['after the span', false],
    ])(
      'is part of the span if it arrived %s, and is the source of previews in the list',
      async (_when, logsFirst) => {
        const traceId = await record(protocol, logsFirst, () =>
          openai.chat.completions.create({
            model: 'gpt-4o',
            messages: [
              { role: 'system', content: 'Be brief.' },
              { role: 'user', content: 'What is the capital of France?' },
            ],
          }),
        );
        const span = await chatOf(traceId);
        expect(span.inputMessages).toEqual([
          { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
          { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
        ]);
        expect(span.outputMessages).toEqual([
          {
            role: 'assistant',
            parts: [{ type: 'text', content: 'Paris is the capital of France.' }],
            finish_reason: 'stop',
          },
        ]);
        expect(span.events.map(({ name }) => name)).toEqual([
          'gen_ai.system.message',
          'gen_ai.user.message',
          'gen_ai.choice',
        ]);
        const listed = (await server.listTraces(50)).find((trace) => trace.traceId === traceId);
        expect([listed?.inputPreview, listed?.outputPreview]).toEqual([
          'What is the capital of France?',
          'Paris is the capital of France.',
        ]);
      },
    );

    test('a tool call, its result and earlier messages keep their order', async () => {
      const traceId = await record(protocol, false, () =>
        openai.chat.completions.create({
          model: 'gpt-4o',
          tools: [tool],
          messages: [
            { role: 'user', content: 'Hello' },
            { role: 'assistant', content: 'Hello, how can I help?' },
            { role: 'user', content: 'Hello' },
            {
              role: 'assistant',
              content: null,
              tool_calls: [
                {
                  id: 'call_1',
                  type: 'function',
                  function: { name: 'lookup_order', arguments: '{"orderId":"7"}' },
                },
              ],
            },
            { role: 'tool', tool_call_id: 'call_1', content: '{"status":"sent"}' },
            { role: 'user', content: 'What is the capital of France?' },
          ],
        }),
      );
      const span = await chatOf(traceId);
      expect(span.inputMessages).toEqual([
        { role: 'user', parts: [{ type: 'text', content: 'Hello' }] },
        { role: 'assistant', parts: [{ type: 'text', content: 'Hello, how can I help?' }] },
        { role: 'user', parts: [{ type: 'text', content: 'Hello' }] },
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'call_1', name: 'lookup_order', arguments: { orderId: '7' } }],
        },
        {
          role: 'tool',
          parts: [{ type: 'tool_call_response', id: 'call_1', response: { status: 'sent' } }],
        },
        { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
      ]);
    });

    test('a tool call that a model requests', async () => {
      const traceId = await record(protocol, true, () =>
        openai.chat.completions.create({
          model: 'gpt-4o',
          tools: [tool],
          messages: [{ role: 'user', content: 'What is the status of order A-1001?' }],
        }),
      );
      const span = await chatOf(traceId);
      expect(span.outputMessages).toMatchObject([
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } }],
          finish_reason: 'tool_calls',
        },
      ]);
    });
  },
);

test('records that are not content of a GenAI span are rejected with the reason', async () => {
  const body = {
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              { timeUnixNano: '1', severityNumber: SeverityNumber.INFO, body: { stringValue: 'started' } },
              { timeUnixNano: '1', eventName: 'gen_ai.user.message' },
            ],
          },
        ],
      },
    ],
  };
  const response = await fetch(`${server.url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([response.status, await response.json()]).toEqual([
    200,
    {
      partialSuccess: {
        rejectedLogRecords: '2',
        errorMessage:
          '2 of 2 log records were rejected. 1: a record without an event name is not a gen_ai.* event; Throughline ' +
          'stores only log records that belong to GenAI spans. 1: the event "gen_ai.user.message" has no trace id, ' +
          'so it does not belong to a span.',
      },
    },
  ]);
});

test('its metrics are listed with their sums and points', async () => {
  const exporter = new OTLPMetricExporter({
    url: `${server.url}/v1/metrics`,
    headers: { 'x-throughline-project': server.project },
  });
  const meters = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  instrumentation.setMeterProvider(meters);
  const used = { input: 0, output: 0 };
  for (const content of ['What is the capital of France?', 'slowly']) {
    const { usage } = await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content }],
    });
    used.input += usage?.prompt_tokens ?? 0;
    used.output += usage?.completion_tokens ?? 0;
  }
  await meters.forceFlush();
  const api = `${server.url}/api/v1/otel-metrics`;
  const project = `project=${server.project}`;
  const { series } = await waitFor('the series', async () => {
    const found = (await (await fetch(`${api}?${project}`)).json()) as { series: Record<string, unknown>[] };
    return found.series.length >= 3 ? found : undefined;
  });
  const usage = series.filter(({ name }) => name === 'gen_ai.client.token.usage');
  expect(
    usage.map(({ attributes, sum, count, unit, kind, temporality }) => ({
      type: (attributes as Record<string, unknown>)['gen_ai.token.type'],
      sum,
      count,
      unit,
      kind,
      temporality,
    })),
  ).toEqual(
    expect.arrayContaining([
      {
        type: 'input',
        sum: used.input,
        count: 2,
        unit: '{token}',
        kind: 'histogram',
        temporality: 'cumulative',
      },
      {
        type: 'output',
        sum: used.output,
        count: 2,
        unit: '{token}',
        kind: 'histogram',
        temporality: 'cumulative',
      },
    ]),
  );
  const input = usage.find(
    ({ attributes }) => (attributes as Record<string, unknown>)['gen_ai.token.type'] === 'input',
  );
  const { points } = (await (await fetch(`${api}/${input?.seriesId}/points?${project}`)).json()) as {
    points: { count: number; sum: number; bucketCounts: number[]; explicitBounds: number[] }[];
  };
  expect(points).toHaveLength(1);
  expect(points[0]).toMatchObject({ count: 2, sum: used.input });
  expect(points[0]?.bucketCounts.reduce((a, b) => a + b, 0)).toBe(2);
  expect(points[0]?.explicitBounds.slice(0, 3)).toEqual([1, 4, 16]);
  await meters.shutdown();
});
