/** OpenTelemetry's own gRPC exporter, set up as documented. */
import { credentials, Metadata } from '@grpc/grpc-js';
import { SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const gzip = 'gzip' as never;

test.each([
  ['plain', undefined],
  ['compressed', gzip],
])('spans sent %s arrive complete', async (_how, compression) => {
  const metadata = new Metadata();
  metadata.set('x-throughline-project', server.project);
  const exporter = new OTLPTraceExporter({
    url: server.grpcUrl,
    credentials: credentials.createInsecure(),
    metadata,
    ...(compression === undefined ? {} : { compression }),
  });
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer('shop', '1.2.3');
  const traceId = tracer.startActiveSpan('chat gpt-4o', (span) => {
    span.setAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 200,
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'Hi ✓' }] }]),
    });
    for (let index = 0; index < 20; index++) tracer.startSpan(`step ${index}`).end();
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'cut off' });
    span.end();
    return span.spanContext().traceId;
  });
  await provider.forceFlush();
  await provider.shutdown();
  const trace = await server.getTrace(traceId, 1);
  const span = await server.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    name: 'chat gpt-4o',
    status: 'error',
    statusMessage: 'cut off',
    model: 'gpt-4o',
    inputTokens: 1000,
    outputTokens: 200,
    costUsd: 0.0045,
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Hi ✓' }] }],
    scope: { name: 'shop', version: '1.2.3' },
  });
});
