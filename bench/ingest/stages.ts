/**
 * Measures the processor time of each stage of a worker, separately and on one core. Other programs do not affect it.
 *
 *     node --conditions=throughline-source bench/ingest/stages.ts [workload …]
 */
import { mapFacts, mapTexts, type RawSpan, searchTextOf } from '@throughline/spans';
import { TraceProcessor } from '../../packages/server/src/ingest/signals/traces/process-traces.ts';
import { KeyInterner } from '../../packages/server/src/otlp/key-interner.ts';
import { decodeTracesProtobuf } from '../../packages/server/src/otlp/traces/decode-traces-protobuf.ts';
import { AttributeSplitter } from '../../packages/server/src/tables/split-attributes.ts';
import { buildWorkload, WORKLOAD_NAMES } from './workloads.ts';

const SPANS = 60_000;
const names = process.argv.length > 2 ? process.argv.slice(2) : WORKLOAD_NAMES;

for (const name of names) {
  const workload = buildWorkload(name);
  const requests = workload.requests.map((request) => ({
    spans: request.spans,
    bytes: request.stamp(Date.now()).body,
  }));
  const keys = new KeyInterner();
  const decode = (body: Uint8Array): RawSpan[] => {
    const spans: RawSpan[] = [];
    decodeTracesProtobuf(body, { span: (span) => spans.push(span), reject: () => {} }, keys);
    return spans;
  };
  const decoded = requests.map(({ bytes }) => decode(bytes));
  const splitter = new AttributeSplitter();
  const processor = new TraceProcessor();
  const total = requests.reduce((sum, { spans }) => sum + spans, 0);
  const stages: Readonly<Record<string, () => void>> = {
    decode: () => {
      for (const { bytes } of requests) decode(bytes);
    },
    'map facts': () => {
      for (const spans of decoded) for (const span of spans) mapFacts(span);
    },
    'map texts': () => {
      for (const spans of decoded) for (const span of spans) mapTexts(span);
    },
    'and search text': () => {
      for (const spans of decoded) for (const span of spans) searchTextOf(span, mapTexts(span));
    },
    'split attributes': () => {
      for (const spans of decoded) for (const span of spans) splitter.split(span.attributes);
    },
    'all, with encoding': () => {
      for (const { bytes } of requests)
        processor.process({
          kind: 'otlp-traces',
          body: bytes,
          contentType: 'protobuf',
          contentEncoding: 'identity',
          project: 'bench',
          receivedUnixNano: 1n,
          maxBodyBytes: 64 << 20,
        });
    },
  };
  const bytes = requests.reduce((sum, request) => sum + request.bytes.length, 0);
  console.log(`${name}: ${Math.round(bytes / total)} B/span`);
  for (const [stage, run] of Object.entries(stages)) {
    const rounds = Math.ceil(SPANS / total);
    for (let round = 0; round < rounds / 3; round++) run();
    const before = process.cpuUsage();
    const began = performance.now();
    for (let round = 0; round < rounds; round++) run();
    const { user, system } = process.cpuUsage(before);
    const wall = ((performance.now() - began) * 1000) / (rounds * total);
    const cpu = (user + system) / (rounds * total);
    console.log(
      `  ${stage.padEnd(20)} ${cpu.toFixed(2).padStart(7)} µs/span (${wall.toFixed(2)} on the clock)`,
    );
  }
}
