import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { pause } from '@throughline/tests/pause';

const FIXTURES = join(import.meta.dirname, '../../dialects/fixtures');
const MILLISECOND = 1_000_000n;
const BASE_NANOS = BigInt(Date.parse('2026-11-20T10:00:00Z')) * MILLISECOND;

export interface Recorder {
  readonly provider: NodeTracerProvider;
  /** Runs a program and writes the spans of a producer to `<dialect>/<producer>-<version>.<case>.json`. */
  record(producer: Producer, name: string, program: () => Promise<unknown>): Promise<void>;
}

export interface Producer {
  readonly dialect: string;
  readonly packageName: string;
  /** Real name of the package, if it is installed under another name. */
  readonly publishedAs?: string;
  /** Instrumentation scope of its spans. Spans of other scopes are left out. */
  readonly scope: string;
}

/** Keeps spans of real clients in memory and writes them as OTLP/JSON without data of this machine. */
export function createRecorder(): Recorder {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'fixture', 'service.version': '1.0.0' }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    spanLimits: { attributeCountLimit: 1000 },
  });
  provider.register({ contextManager: new AsyncLocalStorageContextManager() });
  return {
    provider,
    record: async ({ dialect, packageName, publishedAs = packageName, scope }, name, program) => {
      exporter.reset();
      await trace.getTracer('capture').startActiveSpan('program', async (root) => {
        await program().catch(() => undefined);
        root.end();
      });
      // Some instrumentations end a span some event loop turns after the caller gets the error.
      await pause(50);
      const spans = exporter
        .getFinishedSpans()
        .filter(({ instrumentationScope }) => instrumentationScope.name === scope);
      const version = versionOf(packageName, publishedAs);
      const producer = `${publishedAs.replace(/^@/, '').replace('/', '-')}-${version}`;
      const path = join(FIXTURES, dialect, `${producer}.${name}.json`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${JSON.stringify({ otlp: toOtlpJson(spans) }, null, 2)}\n`);
      console.log(`${spans.length} spans  ${dialect}/${producer}.${name}.json`);
    },
  };
}

function versionOf(packageName: string, publishedAs: string): string {
  let folder = dirname(fileURLToPath(import.meta.resolve(packageName)));
  for (;;) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === publishedAs && manifest.version !== undefined) return manifest.version;
    } catch {
      // This folder has no package.json. The parent folder is tried next.
    }
    folder = dirname(folder);
  }
}

function toOtlpJson(spans: ReadableSpan[]): unknown {
  const bytes = JsonTraceSerializer.serializeRequest(spans);
  const text = new TextDecoder().decode(bytes);
  return JSON.parse(steady(withoutMachine(text)));
}

/** Replaces stack traces, folders, ports and times. */
function withoutMachine(text: string): string {
  return text
    .replace(/(?:\\n\s+at (?:[^"\\]|\\[^n])*)+/g, '\\n    at main (app.ts:1:1)')
    .replace(/127\.0\.0\.1:\d+/g, 'localhost:8080')
    .replace(/"server\.port","value":\{"intValue":\d+\}/g, '"server.port","value":{"intValue":8080}')
    .replaceAll('127.0.0.1', 'localhost')
    .replace(/(\\"created(?:_at)?\\":)\d+/g, '$11795168800')
    .replace(/("gen_ai\.[\w.]+(?:duration|chunk)","value":\{"doubleValue":)[\d.e-]+/g, '$10.25')
    .replace(
      /("ai\.(?:response|stream)\.(?:msTo\w+|avg\w+)","value":\{"(?:double|int)Value":)[\d.e-]+/g,
      '$125',
    )
    .replace(/("ai\.response\.timestamp","value":\{"stringValue":")[^"]+/g, '$12026-11-20T10:00:00.000Z');
}

/** Numbers ids and times by their order, so that a new capture changes only what a client changed. */
function steady(text: string): string {
  const names = new Map<string, string>();
  const nameOf = (id: string): string => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const name = (names.size + 1).toString(16).padStart(id.length, '0');
    names.set(id, name);
    return name;
  };
  const withIds = text.replace(
    /"(traceId|spanId|parentSpanId)":"([0-9a-f]+)"/g,
    (_match, field: string, id: string) => `"${field}":"${nameOf(id)}"`,
  );
  const times = [...withIds.matchAll(/imeUnixNano":"(\d+)"/g)].map(([, nanos]) => nanos ?? '');
  const order = [...new Set(times)].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return withIds.replace(
    /imeUnixNano":"(\d+)"/g,
    (_match, nanos: string) => `imeUnixNano":"${BASE_NANOS + BigInt(order.indexOf(nanos)) * MILLISECOND}"`,
  );
}
