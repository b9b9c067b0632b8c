import { countChanges, type DiffRow, diffTraces, formatDiff } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import type { SpanSummary } from '../../contract/span.ts';
import { parseTimestamp } from '../../contract/timestamps.ts';
import type { TraceSummary } from '../../contract/trace.ts';
import type { TraceDiff } from '../../contract/trace-diff.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { ProjectScope } from '../project-scope.ts';
import { contentFingerprints } from '../spans/content-fingerprints.ts';
import { getTrace, parseSpans } from './get-trace.ts';

/** Larger traces are not compared: nobody reads as many steps, and both traces are held in memory. */
const MAX_STEPS = 20_000;

interface Step extends SpanSummary {
  readonly inputFingerprint: string | null;
  readonly outputFingerprint: string | null;
}

interface ComparableTrace {
  readonly summary: TraceSummary;
  readonly steps: readonly Step[];
}

/** Two traces, compared step by step. */
export interface ComparedTraces {
  readonly a: TraceSummary;
  readonly b: TraceSummary;
  readonly rows: readonly DiffRow<Step>[];
}

/** @throws ThroughlineError trace-not-found, query-too-large */
export async function compareTraces(
  scope: ProjectScope,
  idA: string,
  idB: string,
  signal?: AbortSignal,
): Promise<ComparedTraces> {
  const [a, b] = [await readTrace(scope, idA, signal), await readTrace(scope, idB, signal)];
  return { a: a.summary, b: b.summary, rows: diffTraces(a.steps, b.steps) };
}

async function readTrace(
  scope: ProjectScope,
  traceId: string,
  signal?: AbortSignal,
): Promise<ComparableTrace> {
  const found = await getTrace(scope, traceId, signal);
  if (!found)
    throw new ThroughlineError(
      'trace-not-found',
      `There is no trace "${traceId}" in project "${scope.project}".`,
    );
  if (found.summary.spanCount > MAX_STEPS)
    throw new ThroughlineError(
      'query-too-large',
      `Trace "${traceId}" has ${found.summary.spanCount} spans; traces with at most ${MAX_STEPS} can be compared.`,
    );
  const spans = parseSpans(found);
  const limits: QueryLimits = signal ? { signal } : {};
  const startOf = (span: SpanSummary | undefined) => parseTimestamp(span?.startTime ?? '') ?? 0n;
  // Spans are sorted by start.
  const range = { fromNs: startOf(spans[0]), toNs: startOf(spans.at(-1)) };
  const contents = await contentFingerprints(scope, traceId, range, limits);
  return {
    summary: found.summary,
    steps: spans.map((span) => ({
      ...span,
      inputFingerprint: contents.get(span.spanId)?.input ?? null,
      outputFingerprint: contents.get(span.spanId)?.output ?? null,
    })),
  };
}

/** The comparison in the format of the API. */
export function toTraceDiff({ a, b, rows }: ComparedTraces): TraceDiff {
  return {
    a,
    b,
    delta: totalDelta(a, b),
    counts: countChanges(rows),
    steps: rows.map(({ depth, change, differences, delta, ...sides }) => ({
      depth,
      change,
      differences: [...differences],
      a: sides.a && toSide(sides.a),
      b: sides.b && toSide(sides.b),
      delta,
    })),
  };
}

/** The comparison as text, see `formatDiff`. */
export function diffText({ rows }: ComparedTraces): string {
  return formatDiff(rows);
}

function totalDelta(a: TraceSummary, b: TraceSummary): TraceDiff['delta'] {
  return {
    durationMs: minus(a.durationMs, b.durationMs),
    tokens: minus(tokensOf(a), tokensOf(b)),
    costUsd: minus(a.costUsd, b.costUsd),
    spanCount: b.spanCount - a.spanCount,
    errorCount: b.errorCount - a.errorCount,
  };
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : b - a;
}

function tokensOf({ inputTokens, outputTokens }: TraceSummary): number | null {
  return inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
}

function toSide(span: Step): NonNullable<TraceDiff['steps'][number]['a']> {
  const { spanId, name, kind, status, statusMessage, errorType, model, startTime } = span;
  const { durationMs, inputTokens, outputTokens, costUsd } = span;
  return {
    spanId,
    name,
    kind,
    status,
    statusMessage,
    errorType,
    model,
    startTime,
    durationMs,
    inputTokens,
    outputTokens,
    costUsd,
  };
}
