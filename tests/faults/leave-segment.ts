/** Creates segments in a journal as a server leaves them that is killed before it loads them. */
import { mkdir, mkdtemp, readdir, rename, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TraceProcessor } from '../../packages/server/src/ingest/signals/traces/process-traces.ts';
import type { JournalTable } from '../../packages/server/src/journal/commit-record.ts';
import { Journal } from '../../packages/server/src/journal/journal.ts';
import type { Batch } from '../../packages/server/src/journal/segment.ts';
import type { SealedSegment } from '../../packages/server/src/journal/segment-files.ts';
import { INGEST_TABLES } from '../../packages/server/src/tables/ingest-tables.ts';
import { PROJECT } from './process-client.ts';
import { type JsonSpan, request } from './support.ts';

export interface LeftSegment extends SealedSegment {
  /** One batch per request, in order. */
  readonly batches: readonly Batch[];
}

/** Creates one segment with the rows of some requests. */
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
  // A separate journal, because a journal takes over existing segments when it opens.
  await mkdir(folder, { recursive: true });
  const made = await mkdtemp(join(dataDir, 'leaving-'));
  const journal = await Journal.open({ folder: made, tables, maxBytes: 1 << 30 });
  for (const batch of batches) await journal.append(batch);
  const segment = await journal.takeSegment();
  await journal.close();
  if (segment === undefined) throw new Error('Expected rows in the journal');
  for (const file of await readdir(made)) await rename(join(made, file), join(folder, file));
  await rmdir(made);
  const moved = (path: string) => join(folder, basename(path));
  return {
    ...segment,
    folder,
    commitsPath: moved(segment.commitsPath),
    tables: segment.tables.map((table) => ({ ...table, path: moved(table.path) })),
    batches,
  };
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
