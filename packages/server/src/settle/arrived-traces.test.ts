import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawSpan } from '@throughline/spans';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TraceProcessor } from '../ingest/signals/traces/process-traces.ts';
import { INGEST_TABLES } from '../tables/ingest-tables.ts';
import { columnsOfStructure, skipValue } from '../tables/row-binary/row-binary-reader.ts';
import { arbitraryRawSpan } from '../testing/otlp/arbitrary-raw-span.ts';
import { encodeTracesProtobuf } from '../testing/otlp/encode-traces.ts';
import { arrivedTraces } from './arrived-traces.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-arrived-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SPANS = INGEST_TABLES.findIndex(({ name }) => name === 'spans');

/** Writes the rows of spans to a file, as the journal does. */
async function writeRows(name: string, spans: readonly RawSpan[], project: string, version: bigint) {
  const result = new TraceProcessor().process({
    kind: 'otlp-traces',
    body: encodeTracesProtobuf(spans),
    contentType: 'protobuf',
    contentEncoding: 'identity',
    project,
    receivedUnixNano: version,
    maxBodyBytes: 64 << 20,
  });
  if (result.kind !== 'spans') throw new Error(result.message);
  const path = join(folder, name);
  const { bytes, rows } = result.batch[SPANS] ?? { bytes: new Uint8Array(), rows: 0 };
  await writeFile(path, bytes);
  return { path, rows, structure: INGEST_TABLES[SPANS]?.structure ?? '' };
}

it('the traces of a file have the range of their starts and the newest version', async () => {
  const spans = fc.sample(arbitraryRawSpan, { numRuns: 300, seed: 7 }).map(
    (span, index): RawSpan => ({
      ...span,
      traceId: String(1 + (index % 40)).padStart(32, '0'),
      endTimeUnixNano: span.startTimeUnixNano,
    }),
  );
  const files = [
    await writeRows('first', spans.slice(0, 200), 'a', 10n),
    await writeRows('second', spans.slice(200), 'b', 20n),
    await writeRows('third', spans.slice(0, 30), 'a', 30n),
  ];
  const arrivals = [
    ...spans.slice(0, 200).map((span) => ({ span, project: 'a', version: 10n })),
    ...spans.slice(200).map((span) => ({ span, project: 'b', version: 20n })),
    ...spans.slice(0, 30).map((span) => ({ span, project: 'a', version: 30n })),
  ];
  const expected = [
    ...Map.groupBy(arrivals, ({ project, span }) => `${project} ${span.traceId}`).values(),
  ].map((same) => {
    const starts = same.map(({ span }) => span.startTimeUnixNano).sort((a, b) => (a < b ? -1 : 1));
    return {
      project: same[0]?.project,
      traceId: same[0]?.span.traceId,
      firstNs: starts[0],
      lastNs: starts.at(-1),
      version: same.some(({ version }) => version === 30n) ? 30n : same[0]?.version,
    };
  });
  expect(files.map(({ rows }) => rows)).toEqual([200, 100, 30]);
  expect(await arrivedTraces(files)).toEqual(expected);
});

it('a file that is cut off is an error', async () => {
  const [span] = fc.sample(arbitraryRawSpan, { numRuns: 1, seed: 7 }) as [RawSpan];
  const file = await writeRows('cut', [span], 'a', 1n);
  await expect(arrivedTraces([{ ...file, rows: 2 }])).rejects.toThrow(RangeError);
});

it('every column of the journal can be skipped', () => {
  for (const { structure } of INGEST_TABLES)
    for (const { type } of columnsOfStructure(structure)) expect(skipValue(type)).toBeTypeOf('function');
});
