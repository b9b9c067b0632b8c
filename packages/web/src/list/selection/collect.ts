import { readTraces } from '../../api/read-list.ts';
import { equals, filterOfConditions } from '../../filter/conditions.ts';
import type { ListQuery, ListSpec } from '../list-spec.ts';
import type { RowTarget } from './row-target.ts';
import type { ListedTargets } from './selected-rows.ts';

/** Maximum number of rows that can be selected. */
export const MAX_SELECTED = 50_000;
const PAGE = 500;
const EVER = '1970-01-01T00:00:00Z';

/** Reads all rows of a list, page by page. */
export async function collectRows<Row>(
  spec: ListSpec<Row>,
  query: ListQuery,
  signal: AbortSignal,
  onProgress: (count: number) => void,
): Promise<ListedTargets> {
  const { targetOf } = spec;
  const found = new Map<string, RowTarget>();
  if (!targetOf) return [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof spec.read>> = await spec.read(query, PAGE, cursor, signal);
    for (const row of page.rows) found.set(spec.keyOf(row), targetOf(row));
    cursor = page.nextCursor;
    onProgress(found.size);
  } while (cursor !== null && found.size < MAX_SELECTED);
  return [...found].slice(0, MAX_SELECTED);
}

/** The ids of the traces of some rows. Those of a session are read. */
export async function traceIdsOf(
  targets: readonly RowTarget[],
  project: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const target of targets) {
    if (target.type === 'session')
      for (const id of await idsOfSession(target.sessionId, project, signal)) ids.add(id);
    else ids.add(target.traceId);
  }
  return [...ids];
}

async function idsOfSession(sessionId: string, project: string, signal: AbortSignal): Promise<string[]> {
  const ids: string[] = [];
  const query = { project, from: EVER, q: filterOfConditions([equals('session', sessionId)]) };
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof readTraces>> = await readTraces(query, PAGE, cursor, signal);
    for (const { traceId } of page.rows) ids.push(traceId);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}
