import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { decodeAttributes, mapFacts, type RawSpan } from '@throughline/spans';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openChdbEngine } from '../../../clickhouse/chdb/chdb-engine.ts';
import type { Engine } from '../../../clickhouse/engine.ts';
import { INGEST_TABLES } from '../../../tables/ingest-tables.ts';
import { decodeEvents, decodeLinks, decodeResource, decodeScope } from '../../../tables/payload-codec.ts';
import { copyEmptyStore } from '../../../testing/empty-store.ts';
import { arbitraryRawSpan } from '../../../testing/otlp/arbitrary-raw-span.ts';
import { encodeTracesJson, encodeTracesProtobuf } from '../../../testing/otlp/encode-traces.ts';
import { rawSpan } from '../../../testing/raw-span.ts';
import type { IngestedSpans, IngestTask } from '../../pool/messages.ts';
import { AttributeRedactor } from '../../redaction/redact-attributes.ts';
import { redactRules } from '../../redaction/redact-rules.ts';
import { TraceProcessor } from './process-traces.ts';

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-'));
  await copyEmptyStore(folder);
  engine = await openChdbEngine({ dataDir: folder });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

const task = (body: Uint8Array, change: Partial<IngestTask> = {}): IngestTask => ({
  kind: 'otlp-traces',
  body,
  contentType: 'protobuf',
  contentEncoding: 'identity',
  project: undefined,
  receivedUnixNano: 1_795_000_000_000_000_001n,
  maxBodyBytes: 1 << 20,
  ...change,
});

function accepted(result: ReturnType<TraceProcessor['process']>): IngestedSpans {
  if (result.kind !== 'spans') throw new Error(result.message);
  return result;
}

let loads = 0;
/** Loads the rows of one request, as the loader does. */
async function load({ batch }: IngestedSpans): Promise<void> {
  for (const [index, { name, structure }] of INGEST_TABLES.entries()) {
    const path = join(folder, `${loads++}.rb`);
    const { bytes, rows } = batch[index] ?? { bytes: new Uint8Array(), rows: 0 };
    await writeFile(path, bytes);
    await engine.load({ table: name, path, bytes: bytes.length, rows, structure, token: path });
  }
}

/** A span of today, because each day is a partition. Another test covers many days. */
const recent = (span: RawSpan, index: number): RawSpan => ({
  ...span,
  startTimeUnixNano: 1_795_000_000_000_000_000n + (span.startTimeUnixNano % 86_400_000_000_000n),
  spanId: (2 ** 40 + index).toString(16).padStart(16, '0'),
});

interface PayloadColumns {
  readonly trace_id: string;
  readonly span_id: string;
  readonly start_ns: string;
  readonly input: Record<string, string>;
  readonly output: Record<string, string>;
  readonly attributes: string;
  readonly events: string;
  readonly links: string;
  readonly resource: string;
  readonly scope: string;
  readonly trace_state: string;
  readonly flags: number;
  readonly dropped_attributes_count: number;
  readonly dropped_events_count: number;
  readonly dropped_links_count: number;
}

describe('rows in the store', () => {
  test('a placeholder of Logfire is the running span, until the span itself arrives', async () => {
    const [some] = fc.sample(arbitraryRawSpan, { numRuns: 1, seed: 7 }).map(recent);
    const real: RawSpan = {
      ...(some as RawSpan),
      parentSpanId: '',
      attributes: new Map([['logfire.span_type', 'span']]),
      endTimeUnixNano: (some as RawSpan).startTimeUnixNano + 5_000_000n,
    };
    const placeholder: RawSpan = {
      ...real,
      spanId: 'ffffffffffffffff',
      parentSpanId: real.spanId,
      endTimeUnixNano: real.startTimeUnixNano,
      attributes: new Map([
        ['logfire.span_type', 'pending_span'],
        ['logfire.pending_parent_id', '0000000000000000'],
      ]),
    };
    const rows = async (project: string, spans: readonly RawSpan[]) => {
      await load(accepted(new TraceProcessor().process(task(encodeTracesProtobuf(spans), { project }))));
      return engine.query<Record<string, unknown>>(
        `SELECT span_id, parent_span_id, duration_ns FROM spans FINAL WHERE project = '${project}'`,
      );
    };
    const own = { span_id: real.spanId, parent_span_id: '' };
    expect(await rows('announced', [placeholder])).toEqual([{ ...own, duration_ns: null }]);
    expect(await rows('both', [real, placeholder])).toEqual([{ ...own, duration_ns: '5000000' }]);
  });

  test('random spans are stored in ClickHouse without loss', async () => {
    const spans = fc.sample(arbitraryRawSpan, { numRuns: 200, seed: 7 }).map(recent);
    const processor = new TraceProcessor();
    await load(accepted(processor.process(task(encodeTracesProtobuf(spans), { project: 'lossless' }))));
    const payloads = await engine.query<PayloadColumns>(
      "SELECT *, toUnixTimestamp64Nano(start) AS start_ns FROM payloads FINAL WHERE project = 'lossless' ORDER BY span_id",
    );
    expect(payloads).toHaveLength(spans.length);
    for (const [index, row] of payloads.entries()) {
      const span = spans[index] as RawSpan;
      const attributes = new Map([
        ...Object.entries(row.input),
        ...Object.entries(row.output),
        ...decodeAttributes(row.attributes),
      ]);
      expect(attributes.size).toBe(span.attributes.size);
      for (const [key, value] of span.attributes) expect([key, attributes.get(key)]).toEqual([key, value]);
      expect({
        traceId: row.trace_id,
        spanId: row.span_id,
        startTimeUnixNano: BigInt(row.start_ns),
        events: decodeEvents(row.events),
        links: decodeLinks(row.links),
        resource: decodeResource(row.resource),
        scope: decodeScope(row.scope),
        traceState: row.trace_state,
        flags: row.flags,
        droppedAttributesCount: row.dropped_attributes_count,
        droppedEventsCount: row.dropped_events_count,
        droppedLinksCount: row.dropped_links_count,
      }).toEqual({
        traceId: span.traceId,
        spanId: span.spanId,
        startTimeUnixNano: span.startTimeUnixNano,
        events: span.events,
        links: span.links,
        resource: span.resource,
        scope: span.scope,
        traceState: span.traceState,
        flags: span.flags,
        droppedAttributesCount: span.droppedAttributesCount,
        droppedEventsCount: span.droppedEventsCount,
        droppedLinksCount: span.droppedLinksCount,
      });
    }
    const facts = await engine.query<Record<string, unknown>>(
      `SELECT parent_span_id, name, kind, otel_kind, status, duration_ns, version
       FROM spans FINAL WHERE project = 'lossless' ORDER BY span_id`,
    );
    expect(facts).toEqual(
      spans.map((span) => {
        const { name, kind, status } = mapFacts(span);
        const ended = span.endTimeUnixNano !== 0n;
        const duration = span.endTimeUnixNano - span.startTimeUnixNano;
        return {
          parent_span_id: span.parentSpanId,
          name,
          kind,
          otel_kind: span.otelKind,
          status,
          duration_ns: ended ? String(duration > 0n ? duration : 0n) : null,
          version: '1795000000000000001',
        };
      }),
    );
  });

  test('contain the facts of a model call', async () => {
    const [blank] = fc.sample(arbitraryRawSpan, { numRuns: 1, seed: 1 });
    const span: RawSpan = {
      ...recent(blank as RawSpan, 1),
      name: 'chat gpt-4o',
      statusCode: 'ok',
      attributes: new Map<string, string | number>([
        ['gen_ai.operation.name', 'chat'],
        ['gen_ai.provider.name', 'openai'],
        ['gen_ai.request.model', 'gpt-4o'],
        ['gen_ai.usage.input_tokens', 1000],
        ['gen_ai.usage.output_tokens', 200],
        ['customer.tier', 'gold'],
      ]),
      events: [],
      resource: {
        attributes: new Map([
          ['service.name', 'shop'],
          ['throughline.project', 'facts'],
        ]),
        droppedAttributesCount: 0,
        schemaUrl: '',
      },
    };
    await load(accepted(new TraceProcessor().process(task(encodeTracesProtobuf([span])))));
    const rows = await engine.query(
      `SELECT kind, service, provider, model, operation, input_tokens, output_tokens, cost_usd, counted,
              attributes['customer.tier'] AS tier
       FROM spans FINAL WHERE project = 'facts'`,
    );
    expect(rows).toEqual([
      {
        kind: 'llm',
        service: 'shop',
        provider: 'openai',
        model: 'gpt-4o',
        operation: 'chat',
        input_tokens: '1000',
        output_tokens: '200',
        // 1,000 × 2.50 + 200 × 10 USD per million
        cost_usd: '0.0045',
        counted: true,
        tier: 'gold',
      },
    ]);
  });

  test('a load with more days than a block may usually have is inserted at once', async () => {
    const [blank] = fc.sample(arbitraryRawSpan, { numRuns: 1, seed: 1 });
    const spans = Array.from({ length: 150 }, (_, index) => ({
      ...recent(blank as RawSpan, index),
      startTimeUnixNano: BigInt(index + 1) * 86_400_000_000_000n * 20n,
    }));
    await load(
      accepted(new TraceProcessor().process(task(encodeTracesProtobuf(spans), { project: 'days' }))),
    );
    expect(await engine.query("SELECT count() AS n FROM spans WHERE project = 'days'")).toEqual([
      { n: '150' },
    ]);
  });
});

describe('one request', () => {
  const spans = fc.sample(arbitraryRawSpan, { numRuns: 5, seed: 3 });
  const protobuf = encodeTracesProtobuf(spans);
  const json = Buffer.from(JSON.stringify(encodeTracesJson(spans)));

  test('returns the same rows for every encoding, and if the processor is used again', () => {
    const processor = new TraceProcessor();
    const first = processor.process(task(protobuf));
    const others = [
      task(protobuf),
      task(json, { contentType: 'json' }),
      task(gzipSync(protobuf), { contentEncoding: 'gzip' }),
      task(deflateSync(json), { contentType: 'json', contentEncoding: 'deflate' }),
      task(zstdCompressSync(protobuf), { contentEncoding: 'zstd' }),
    ];
    for (const other of others) expect(processor.process(other)).toEqual(first);
    expect(accepted(first)).toMatchObject({ accepted: 5, rejected: 0, rejections: [] });
  });

  test('contains the checksum of its rows', () => {
    for (const { bytes, crc32: sum } of accepted(new TraceProcessor().process(task(protobuf))).batch)
      expect(sum).toBe(bytes.length === 0 ? 0 : crc32(bytes));
  });

  test('counts rejections by reason, with the first example', () => {
    const bad = encodeTracesProtobuf([
      { ...(spans[0] as RawSpan), traceId: '' },
      { ...(spans[0] as RawSpan), traceId: 'ab' },
      { ...(spans[0] as RawSpan), startTimeUnixNano: 0n },
      spans[1] as RawSpan,
    ]);
    expect(new TraceProcessor().process(task(bad))).toMatchObject({
      accepted: 1,
      rejected: 3,
      rejections: [
        { reason: 'invalid-trace-id', count: 2, example: 'the trace id is missing' },
        { reason: 'missing-start-time', count: 1, example: 'the start time is missing or 0' },
      ],
    });
  });

  const withResource = (attributes: [string, string | number][]): RawSpan => ({
    ...(spans[0] as RawSpan),
    resource: { attributes: new Map(attributes), droppedAttributesCount: 0, schemaUrl: '' },
  });
  test.each([
    ['the header', 'head', [['throughline.project', 'attr']], 'head'],
    [
      'our attribute',
      undefined,
      [
        ['openinference.project.name', 'oi'],
        ['throughline.project', 'attr'],
      ],
      'attr',
    ],
    ["OpenInference's attribute", undefined, [['openinference.project.name', 'oi']], 'oi'],
    ['nothing', undefined, [['throughline.project', '']], 'default'],
    ['a number', undefined, [['throughline.project', 5]], 'default'],
  ] as [string, string | undefined, [string, string | number][], string][])(
    'the project comes from %s',
    (_what, project, attributes, expected) => {
      const body = encodeTracesProtobuf([withResource(attributes)]);
      const { batch } = accepted(new TraceProcessor().process(task(body, { project })));
      const spansTable = batch[INGEST_TABLES.findIndex(({ name }) => name === 'spans')];
      const length = spansTable?.bytes[0] ?? 0;
      expect(Buffer.from(spansTable?.bytes.subarray(1, 1 + length) ?? '').toString()).toBe(expected);
    },
  );

  test.each(['x'.repeat(129), 'line\nbreak', 'nul\0'])('rejects the spans of the project %j', (name) => {
    const body = encodeTracesProtobuf([withResource([['throughline.project', name]]), withResource([])]);
    expect(new TraceProcessor().process(task(body))).toMatchObject({
      accepted: 1,
      rejections: [
        {
          reason: 'invalid-project',
          count: 1,
          example: 'the project name is not 1 to 128 printable characters',
        },
      ],
    });
  });

  test.each([
    ['truncated protobuf', task(protobuf.subarray(0, -1)), 'malformed-body', /needed at byte/],
    ['broken JSON', task(json.subarray(0, -1), { contentType: 'json' }), 'malformed-body', /not JSON/],
    [
      'truncated gzip',
      task(gzipSync(protobuf).subarray(0, -9), { contentEncoding: 'gzip' }),
      'malformed-body',
      /^not gzip: unexpected end of file$/,
    ],
    [
      'no gzip',
      task(protobuf, { contentEncoding: 'gzip' }),
      'malformed-body',
      /^not gzip: incorrect header check$/,
    ],
    ['no deflate', task(protobuf, { contentEncoding: 'deflate' }), 'malformed-body', /^not deflate: /],
    ['no zstd', task(protobuf, { contentEncoding: 'zstd' }), 'malformed-body', /^not zstd: /],
    [
      'truncated zstd',
      task(zstdCompressSync(protobuf).subarray(0, -9), { contentEncoding: 'zstd' }),
      'malformed-body',
      /^not zstd: /,
    ],
    [
      'a body that is too large before decompression',
      task(Buffer.alloc((1 << 20) + 1)),
      'body-too-large',
      /larger than 1048576 bytes/,
    ],
  ] as [string, IngestTask, string, RegExp][])('is rejected: %s', (_what, given, code, message) => {
    expect(new TraceProcessor().process(given)).toEqual({
      kind: 'failure',
      code,
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ] as const)('decompressing a %s bomb stops at the limit', (contentEncoding, compress) => {
    const bomb = compress(Buffer.alloc(64 << 20));
    expect(bomb.length).toBeLessThan(1 << 20);
    expect(new TraceProcessor().process(task(bomb, { contentEncoding }))).toEqual({
      kind: 'failure',
      code: 'body-too-large',
      message: 'the body is larger than 1048576 bytes after decompression',
    });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ] as const)(
    '%s: a body of exactly the maximum size is accepted, one more byte is not',
    (contentEncoding, compress) => {
      const filler = (size: number) =>
        Buffer.concat([Buffer.from('{"x":"'), Buffer.alloc(size - 8, 'x'), Buffer.from('"}')]);
      const kindOf = (size: number) =>
        new TraceProcessor().process(task(compress(filler(size)), { contentEncoding, contentType: 'json' }))
          .kind;
      expect([kindOf(1 << 20), kindOf((1 << 20) + 1)]).toEqual(['spans', 'failure']);
    },
  );

  test('a small request that becomes too large as rows is rejected', () => {
    const resource = {
      attributes: new Map([['large', 'x'.repeat(500_000)]]),
      droppedAttributesCount: 0,
      schemaUrl: '',
    };
    const spanOf = (name: string): RawSpan => ({ ...(spans[0] as RawSpan), name, resource });
    // Every row repeats the resource, so all spans belong to one large resource.
    const [one] = JSON.parse(JSON.stringify(encodeTracesJson([spanOf('a')]))).resourceSpans;
    one.scopeSpans[0].spans = Array.from({ length: 1_000 }, () => ({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      startTimeUnixNano: 1,
    }));
    const body = Buffer.from(JSON.stringify({ resourceSpans: [one] }));
    expect(body.length).toBeLessThan(1 << 20);
    expect(new TraceProcessor().process(task(body, { contentType: 'json' }))).toEqual({
      kind: 'failure',
      code: 'body-too-large',
      message: 'the request takes more than 268435456 bytes as rows; send smaller batches',
    });
  });
});

test('the search text is derived after redaction', () => {
  const redactor = new AttributeRedactor(redactRules(['email', 'api-key']));
  const key = `sk-proj-${'Ab1'.repeat(16)}`;
  const body = encodeTracesProtobuf([
    rawSpan({
      name: 'mail to Zoe.Secret@example.com',
      statusMessage: `denied for ${key}`,
      attributes: {
        'openinference.span.kind': 'CHAIN',
        'input.value': JSON.stringify({ to: 'Zoe.Secret@example.com', note: `use ${key}` }),
        'output.value': 'Sent to Zoe.Secret@example.com',
      },
      events: [
        {
          name: 'exception',
          timeUnixNano: 1n,
          attributes: new Map([['exception.message', `bad key ${key} of zoe.secret@example.com`]]),
          droppedAttributesCount: 0,
        },
      ],
    }),
  ]);
  const bytesOf = (processor: TraceProcessor) =>
    Buffer.concat(accepted(processor.process(task(body))).batch.map(({ bytes }) => bytes));
  const lowered = (processor: TraceProcessor) => bytesOf(processor).toString('latin1').toLowerCase();
  expect(lowered(new TraceProcessor())).toContain('mail to zoe.secret@example.com\u0001');
  expect(lowered(new TraceProcessor(redactor))).toContain('mail to [email]\u0001');
  expect(lowered(new TraceProcessor(redactor))).not.toMatch(/zoe|secret@|ab1ab1/);
});
