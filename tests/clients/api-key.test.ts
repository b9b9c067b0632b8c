/** Clients of a server with an API key. Each sends the key as its own documentation describes. */
import { credentials } from '@grpc/grpc-js';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeTracerProvider, SimpleSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { flush, init, shutdown, startTrace, stats } from '@throughline/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../packages/server/src/cli/cli.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';

const KEY = 'key+of/the=clients-0123456789';
const SECOND = 'second-key-0123456789';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer('default', { THROUGHLINE_API_KEY: `${KEY},${SECOND}` });
});
afterAll(() => server?.stop());
afterEach(() => vi.unstubAllEnvs());

/** Sends one span and returns its trace, and the error of the export if it failed. */
async function exportSpan(exporter: SpanExporter): Promise<{ traceId: string; error: string | undefined }> {
  let error: string | undefined;
  const observed: SpanExporter = {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        error = result.error && `${'code' in result.error ? result.error.code : ''} ${result.error.message}`;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(observed)] });
  const span = provider.getTracer('client').startSpan('chat');
  span.setAttributes({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' });
  span.end();
  await provider.forceFlush().catch(() => {});
  await provider.shutdown();
  return { traceId: span.spanContext().traceId, error };
}

const overHttp = () => new HttpExporter({ url: `${server.url}/v1/traces` });
const overGrpc = () => new GrpcExporter({ url: server.grpcUrl, credentials: credentials.createInsecure() });

describe.each([
  ['HTTP', overHttp, '401'],
  ['gRPC', overGrpc, '16'],
] as const)("OpenTelemetry's exporter over %s", (_name, create, refusal) => {
  it.each([
    ['a bearer token', `authorization=Bearer%20${encodeURIComponent(KEY)}`],
    ['x-api-key', `x-api-key=${encodeURIComponent(SECOND)}`],
  ])('sends the key of OTEL_EXPORTER_OTLP_HEADERS as %s', async (_how, headers) => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', headers);
    const { traceId, error } = await exportSpan(create());
    expect(error).toBeUndefined();
    expect((await server.getTrace(traceId, 1)).spans).toHaveLength(1);
  });

  it('gets an error that a key is needed', async () => {
    const { error } = await exportSpan(create());
    expect(error).toContain(refusal);
  });

  it('is rejected with a wrong key', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-api-key=another-key-0123456789');
    expect((await exportSpan(create())).error).toContain(refusal);
  });
});

describe("Throughline's SDK", () => {
  afterEach(() => shutdown(0));

  it('sends THROUGHLINE_API_KEY', async () => {
    vi.stubEnv('THROUGHLINE_API_KEY', KEY);
    init({ endpoint: server.url, http: false });
    const span = startTrace('with the variable');
    span.end();
    expect(await flush()).toBe(true);
    expect(stats()).toMatchObject({ sent: 1 });
  });

  it('sends the option `headers`', async () => {
    init({ endpoint: server.url, http: false, headers: { authorization: `Bearer ${SECOND}` } });
    startTrace('with the option').end();
    expect(await flush()).toBe(true);
    expect(stats()).toMatchObject({ sent: 1 });
  });

  it('drops its spans and logs the reason without a key', async () => {
    init({ endpoint: server.url, http: false });
    startTrace('without').end();
    await flush();
    const { sent, lastError } = stats() ?? {};
    expect([sent, String(lastError)]).toEqual([0, expect.stringContaining('HTTP 401')]);
  });
});

describe('the command line', () => {
  async function run(...argv: string[]) {
    let out = '';
    let err = '';
    const terminal = {
      out: (text: string) => {
        out += text;
      },
      err: (text: string) => {
        err += text;
      },
      colours: false,
    };
    const signal = new AbortController().signal;
    const code = await runCli(['--url', server.url, ...argv], { terminal, env: {}, signal, version: '1' });
    return { code, out, err };
  }

  it('sends --api-key', async () => {
    const { code, out } = await run('--api-key', SECOND, 'ls');
    expect([code, out]).toEqual([0, expect.stringContaining('TRACE')]);
  });

  it('sends the first key of THROUGHLINE_API_KEY', async () => {
    vi.stubEnv('THROUGHLINE_API_KEY', `${SECOND}, ${KEY}`);
    expect(await run('ls')).toMatchObject({ code: 0 });
  });

  it.each([[['ls']], [['trace', 'x']], [['tail']], [['demo']]])(
    '%j explains that a key is needed',
    async (argv) => {
      const { code, err } = await run(...argv);
      expect([code, err]).toEqual([1, expect.stringContaining('The request has no valid API key')]);
    },
  );
});
