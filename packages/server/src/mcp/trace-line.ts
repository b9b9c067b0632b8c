import { formatCost, formatCount, formatDuration, printableName } from '@throughline/spans';
import type { TraceSummary } from '../contract/trace.ts';

const PREVIEW_LENGTH = 120;

export const TRACE_COLUMNS =
  'started | status | cost | duration | tokens | spans (failed) | name | models | user | trace id';

/** One trace as a row of a table, with previews of its input and output in the next lines. */
export function traceLine(trace: TraceSummary): string {
  const { inputPreview, outputPreview } = trace;
  return [
    [
      shortTime(trace.startTime),
      trace.running ? `${trace.status}, running` : trace.status,
      costOf(trace),
      trace.durationMs === null ? '–' : formatDuration(trace.durationMs),
      tokensOf(trace),
      trace.errorCount > 0
        ? `${formatCount(trace.spanCount)} (${formatCount(trace.errorCount)})`
        : formatCount(trace.spanCount),
      printableName(trace.name),
      trace.models.slice(0, 3).map(printableName).join(', ') || '–',
      trace.userId === null ? '–' : printableName(trace.userId),
      trace.traceId,
    ].join(' | '),
    ...(inputPreview ? [`  in: ${oneLine(inputPreview)}`] : []),
    ...(outputPreview ? [`  out: ${oneLine(outputPreview)}`] : []),
  ].join('\n');
}

/** `2026-11-20T10:00:00Z` without the fraction of a second. */
export function shortTime(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

/** `≥` means that some calls have no known price, so the cost is a lower bound. */
export function costOf({
  costUsd,
  costIncomplete,
}: Pick<TraceSummary, 'costUsd' | 'costIncomplete'>): string {
  return costUsd === null ? '–' : `${costIncomplete ? '≥ ' : ''}${formatCost(costUsd)}`;
}

export function tokensOf({
  inputTokens,
  outputTokens,
}: Pick<TraceSummary, 'inputTokens' | 'outputTokens'>): string {
  if (inputTokens === null && outputTokens === null) return '–';
  return `${formatCount(inputTokens ?? 0)}→${formatCount(outputTokens ?? 0)}`;
}

export function oneLine(text: string, maxLength = PREVIEW_LENGTH): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
}
