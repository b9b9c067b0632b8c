import { formatCost, formatCount, formatDuration, printableName } from '@throughline/spans';
import type { SpanSummary } from '../contract/span.ts';
import { oneLine } from './trace-line.ts';

const MAX_ERROR_LENGTH = 200;

/** The facts of a span in one line: `llm generate 1.52 s $0.0880 9,812→640 tok gpt-4o ✗ Timeout: too slow`. */
export function spanLine(span: SpanSummary): string {
  return [
    span.kind,
    printableName(span.name),
    span.durationMs === null ? 'running' : formatDuration(span.durationMs),
    span.costUsd === null ? '' : formatCost(span.costUsd),
    span.inputTokens === null && span.outputTokens === null
      ? ''
      : `${formatCount(span.inputTokens ?? 0)}→${formatCount(span.outputTokens ?? 0)} tok`,
    span.model === null ? '' : printableName(span.model),
    span.documentCount === null ? '' : `${formatCount(span.documentCount)} documents`,
    span.status === 'error' ? `✗ ${errorOf(span)}` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

export function errorOf({ errorType, statusMessage }: SpanSummary): string {
  return oneLine([errorType, statusMessage].filter(Boolean).join(': ') || 'error', MAX_ERROR_LENGTH);
}
