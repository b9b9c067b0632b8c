/**
 * Processes requests with long keys and names that never repeat, and prints how many bytes of heap remain in use.
 * `hostile-keys.test.ts` runs it in a separate process: `node --expose-gc`.
 */

import type { IngestTask } from '../ingest/pool/messages.ts';
import { IngestProblems } from '../ingest/problems/ingest-problems.ts';
import { AttributeRedactor } from '../ingest/redaction/redact-attributes.ts';
import { redactRules } from '../ingest/redaction/redact-rules.ts';
import { LogProcessor } from '../ingest/signals/logs/process-logs.ts';
import { MetricProcessor } from '../ingest/signals/metrics/process-metrics.ts';
import { TraceProcessor } from '../ingest/signals/traces/process-traces.ts';
import { encodeTracesProtobuf } from './otlp/encode-traces.ts';
import { rawSpan } from './raw-span.ts';

const KEY_LENGTH = 200_000;
const REQUESTS = 60;

const redactor = new AttributeRedactor(redactRules(['email', 'sensitive-key']));
const processors = [undefined, redactor].map((each) => ({
  traces: new TraceProcessor(each),
  logs: new LogProcessor(each),
  metrics: new MetricProcessor(each),
}));
const problems = new IngestProblems();

/** Returns a key that was never used before. */
let count = 0;
const long = (): string => `gen_ai.${count++}.${'k'.repeat(KEY_LENGTH)}`;
const attributesOf = (keys: readonly string[]) => keys.map((key) => ({ key, value: { stringValue: 'v' } }));

function task(kind: IngestTask['kind'], request: unknown): IngestTask {
  const isJson = !(request instanceof Uint8Array);
  return {
    kind,
    body: isJson ? Buffer.from(JSON.stringify(request)) : request,
    contentType: isJson ? 'json' : 'protobuf',
    contentEncoding: 'identity',
    project: undefined,
    receivedUnixNano: 1n,
    maxBodyBytes: 64 << 20,
  };
}

const traceId = 'a'.repeat(32);
const spanId = 'b'.repeat(16);
const time = '1795000000000000000';

function processAll(keys: () => readonly string[]): void {
  const resource = { attributes: attributesOf(keys()) };
  const scope = { name: keys()[0], attributes: attributesOf(keys()) };
  const span = {
    traceId,
    spanId,
    name: keys()[0],
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: [
      ...attributesOf(keys()),
      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
      { key: 'gen_ai.request.model', value: { stringValue: keys()[0] } },
      { key: 'gen_ai.provider.name', value: { stringValue: keys()[0] } },
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '5' } },
    ],
    events: [{ name: keys()[0], timeUnixNano: time, attributes: attributesOf(keys()) }],
  };
  const logRecord = {
    traceId,
    spanId,
    timeUnixNano: time,
    eventName: 'gen_ai.user.message',
    attributes: attributesOf(keys()),
    body: { kvlistValue: { values: attributesOf(keys()) } },
  };
  const metric = {
    name: 'gen_ai.client.token.usage',
    unit: keys()[0],
    sum: { dataPoints: [{ timeUnixNano: time, asInt: '1', attributes: attributesOf(keys()) }] },
  };
  const attributes = Object.fromEntries(keys().map((key) => [key, 'v']));
  const sent = encodeTracesProtobuf([rawSpan({ name: keys()[0] as string, attributes })]);
  for (const { traces, logs, metrics } of processors) {
    traces.process(
      task('otlp-traces', { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] }),
    );
    traces.process(task('otlp-traces', sent));
    logs.process(
      task('otlp-logs', { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [logRecord] }] }] }),
    );
    metrics.process(
      task('otlp-metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [metric] }] }] }),
    );
  }
  const [message = '', name, sdk, userAgent] = [0, 1, 2, 3].map(() => keys()[0]);
  const sample = { message, timeUnixNano: 1n, name, sdk, userAgent };
  problems.record({
    project: `p${count}`,
    signal: 'otlp-traces',
    reason: 'malformed-body',
    count: 1,
    sample,
  });
}

function heapBytes(): number {
  for (let run = 0; run < 3; run++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

// First let V8 compile the code and the processors create their buffers.
for (let run = 0; run < 5; run++) processAll(() => ['gen_ai.usual']);
const before = heapBytes();
for (let run = 0; run < REQUESTS; run++) processAll(() => [long()]);
const afterLong = heapBytes();
// The longest keys that the caches accept, in ever new combinations.
const many = () => Array.from({ length: 60 }, () => `${count++}`.padEnd(250, 'm'));
for (let run = 0; run < 3 * REQUESTS; run++) processAll(many);
const afterMany = heapBytes();
console.log(JSON.stringify({ long: afterLong - before, many: afterMany - before }));
