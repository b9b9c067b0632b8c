/** Segments in a journal, as a server leaves them that is killed before it loads them. */
import { join } from 'node:path';
import { TraceProcessor } from '../../packages/server/src/ingest/signals/traces/process-traces.ts';
import type { JournalTable } from '../../packages/server/src/journal/commit-record.ts';
import { Journal } from '../../packages/server/src/journal/journal.ts';
import type { Batch, SealedSegment } from '../../packages/server/src/journal/segment.ts';
import { INGEST_TABLES } from '../../packages/server/src/tables/ingest-tables.ts';
import { PROJECT } from './process-client.ts';
import { type JsonSpan, request } from './support.ts';

export interface LeftSegment extends SealedSegment {
  /** One for each request, in order. */
  readonly batches: readonly Batch[];
  readonly commitsPath: string;
}

/** One segment with the rows of some requests. */
export async function leaveSegment(
  dataDir: string,
  requests: readonly (readonly JsonSpan[])[],
): Promise<LeftSegment> {
  const batches = requests.map((spans, index) => batchOf(spans, BigInt(index + 1)));
  return leaveBatches(dataDir, INGEST_TABLES, batches);
}

export async function leaveBatches(
  dataDir: string,
  tables: readonly JournalTable[],
  batches: readonly Batch[],
): Promise<LeftSegment> {
  const folder = join(dataDir, 'journal');
  const journal = await Journal.open({ folder, tables, maxBytes: 1 << 30 });
  // Those that were left before.
  for (const _ of journal.recovery.segments) await journal.takeSegment();
  for (const batch of batches) await journal.append(batch);
  const segment = await journal.takeSegment();
  await journal.close();
  if (segment === undefined) throw new Error('Expected rows in the journal');
  return { ...segment, batches, commitsPath: join(folder, `${segment.name}.commits`) };
}

function batchOf(spans: readonly JsonSpan[], version: bigint): Batch {
  const result = new TraceProcessor().process({
    kind: 'otlp-traces',
    body: Buffer.from(request(spans)),
    contentType: 'json',
    contentEncoding: 'identity',
    project: PROJECT,
    receivedUnixNano: version,
    maxBodyBytes: 1 << 30,
  });
  if (result.kind === 'failure') throw new Error(result.message);
  return result.batch;
}
