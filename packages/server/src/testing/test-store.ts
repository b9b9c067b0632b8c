import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mapTexts, searchTextOf } from '@throughline/spans';
import { openChdbEngine } from '../clickhouse/chdb/chdb-engine.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { sql } from '../clickhouse/sql.ts';
import { countCalls } from '../settle/count-calls.ts';
import { deleteMoved, insertRows } from '../settle/settle-traces.ts';
import { copyEmptyStore } from './empty-store.ts';
import { rawSpan } from './raw-span.ts';

export interface TestStore {
  readonly engine: Engine;
  /**
   * Columns that are not given have defaults: `project` is `p`, `version` is 1 and `start` is 2026-11-20 10:00. The traces of
   * the spans are settled.
   */
  insertSpans(...rows: readonly Record<string, unknown>[]): Promise<void>;
  insertPayloads(...rows: readonly Record<string, unknown>[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens an empty real store in its own folder. */
export async function openTestStore(): Promise<TestStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-query-'));
  await copyEmptyStore(dataDir);
  const engine = await openChdbEngine({ dataDir });
  const insert = async (table: string, rows: readonly Record<string, unknown>[]) => {
    const lines = rows.map((row) => JSON.stringify({ ...DEFAULTS[table], ...row }));
    await engine.command(`INSERT INTO ${table} FORMAT JSONEachRow\n${lines.join('\n')}\n`);
  };
  return {
    engine,
    insertSpans: async (...rows) => {
      await insert('spans', rows);
      const ids = rows.map((row) => String(row.trace_id));
      await countCalls(engine, sql`trace_id IN ${ids}`);
      await insertRows(engine, sql`trace_id IN ${ids}`);
      await deleteMoved(engine, sql`trace_id IN ${ids}`);
    },
    insertPayloads: (...rows) =>
      insert(
        'payloads',
        rows.map((row) => ({ search_text: searchTextOfRow(row), ...row })),
      ),
    close: async () => {
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type Texts = Readonly<Record<string, string>>;

/** Derives the search text of a payload from its input and output, as ingest does. */
function searchTextOfRow({ input, output }: Record<string, unknown>): string {
  const attributes = { ...(input as Texts), ...(output as Texts) };
  const raw = rawSpan({ name: '', attributes });
  return searchTextOf(raw, mapTexts(raw));
}

const COMMON = { project: 'p', start: '2026-11-20 10:00:00.000000000', version: 1 };
const DEFAULTS: Readonly<Record<string, Record<string, unknown>>> = {
  spans: {
    ...COMMON,
    parent_span_id: '',
    name: 'span',
    kind: 'span',
    otel_kind: 'internal',
    duration_ns: 1_000_000,
    status: 'unset',
    counted: false,
  },
  payloads: COMMON,
};
