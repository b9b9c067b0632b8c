import type { Filter } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, sql } from '../../clickhouse/sql.ts';
import type { Turn } from '../../contract/session.ts';
import { parseTimestamp } from '../../contract/timestamps.ts';
import type { ListedTrace } from '../../contract/trace.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import { MAX_NS } from '../max-time.ts';
import type { ProjectScope } from '../project-scope.ts';
import { listTraces } from '../traces/list-traces.ts';
import { inMinutesOf } from '../traces/minutes-of-traces.ts';
import { readTraceRows } from '../traces/trace-row.ts';
import { filterOfGroup } from './get-group.ts';
import { readTurnSteps } from './turn-steps.ts';
import { readTurnTexts } from './turn-texts.ts';

export interface ListTurnsOptions {
  readonly sort: 'startTime' | '-startTime';
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** The current time as it is stored with new spans, in nanoseconds since 1970. */
  readonly asOfNs: bigint;
  readonly signal?: AbortSignal | undefined;
}

/** One page of the traces of a session as a conversation. Throws `invalid-cursor`. */
export async function listTurns(
  scope: ProjectScope,
  sessionId: string,
  options: ListTurnsOptions,
): Promise<{ turns: Turn[]; nextCursor: string | null }> {
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const filter = filterOfGroup('session', sessionId);
  const range = await rangeOfSession(scope, filter, limits);
  if (!range) return { turns: [], nextCursor: null };
  const { traces, nextCursor } = await listTraces(scope, { ...options, ...range, filter });
  if (traces.length === 0) return { turns: [], nextCursor };
  const starts = traces.map(({ startTime }) => parseTimestamp(startTime) ?? 0n);
  const rows = await readTraceRows(
    scope,
    [
      sql`trace_id IN ${traces.map(({ traceId }) => traceId)}`,
      inMinutesOf(starts.map((ns) => ({ firstNs: ns, lastNs: ns }))),
    ],
    limits,
  );
  const [steps, textsOf] = await Promise.all([
    readTurnSteps(scope, rows, limits),
    readTurnTexts(scope, rows, limits),
  ]);
  return {
    turns: traces.map((trace) => ({
      ...factsOf(trace),
      ...textsOf(trace),
      ...(steps.get(trace.traceId) ?? { tools: [], failures: [] }),
    })),
    nextCursor,
  };
}

/** The first and the last start of a session. Without it, a page would be searched for from the start of the project. */
async function rangeOfSession(scope: ProjectScope, filter: Filter, limits: QueryLimits) {
  const [row] = await scope.query<{ first: string; last: string; traces: string }>(
    sql`
    SELECT toUnixTimestamp64Nano(min(start)) AS first, toUnixTimestamp64Nano(max(start)) AS last, count() AS traces
    FROM ${scope.traces} AS traces
    WHERE ${and(filterConditions(scope, filter, 0n, MAX_NS))}`,
    limits,
  );
  if (!row || row.traces === '0') return undefined;
  return { fromNs: BigInt(row.first), toNs: BigInt(row.last) + 1n };
}

/** The facts of a trace that a turn has. */
function factsOf(trace: ListedTrace): Omit<Turn, 'question' | 'answer' | 'tools' | 'failures'> {
  return {
    traceId: trace.traceId,
    name: trace.name,
    startTime: trace.startTime,
    durationMs: trace.durationMs,
    running: trace.running,
    status: trace.status,
    spanCount: trace.spanCount,
    errorCount: trace.errorCount,
    inputTokens: trace.inputTokens,
    outputTokens: trace.outputTokens,
    costUsd: trace.costUsd,
    costIncomplete: trace.costIncomplete,
    unpricedCalls: trace.unpricedCalls,
    unpricedModels: trace.unpricedModels,
    models: trace.models,
    userId: trace.userId,
    feature: trace.feature,
    tags: trace.tags,
    givenTags: trace.givenTags,
    scores: trace.scores,
  };
}
