import type { SpanSummary } from '../api/types.ts';

/**
 * Marks with 1 each span that contains every word of `text` in its name, kind, model, tool, agent, service, id or error.
 * An empty text matches no span.
 */
export function findSpans(spans: readonly SpanSummary[], text: string): Uint8Array {
  const matches = new Uint8Array(spans.length);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return matches;
  spans.forEach((span, i) => {
    const searched = searchableText(span);
    if (words.every((word) => searched.includes(word))) matches[i] = 1;
  });
  return matches;
}

function searchableText(span: SpanSummary): string {
  return [
    span.name,
    span.kind,
    span.model,
    span.provider,
    span.toolName,
    span.agentName,
    span.service,
    span.errorType,
    span.statusMessage,
    span.status === 'error' ? 'error' : '',
    span.spanId,
  ]
    .join('\n')
    .toLowerCase();
}

/**
 * The next marked index after `from`, or before it if `step` is -1. The search continues at the other end. -1 if nothing
 * is marked.
 */
export function nextMarked(marks: Uint8Array, from: number, step: 1 | -1): number {
  const count = marks.length;
  for (let walked = 1; walked <= count; walked++) {
    const i = (((from + walked * step) % count) + count) % count;
    if (marks[i]) return i;
  }
  return -1;
}
