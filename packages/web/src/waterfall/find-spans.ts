import type { SpanSummary } from '../api/types.ts';

/** 1 for each span whose name, kind, model, tool, agent or error holds every word of `text`. Empty text matches none. */
export function findSpans(spans: readonly SpanSummary[], text: string): Uint8Array {
  const matches = new Uint8Array(spans.length);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return matches;
  spans.forEach((span, i) => {
    const said = searchable(span);
    if (words.every((word) => said.includes(word))) matches[i] = 1;
  });
  return matches;
}

function searchable(span: SpanSummary): string {
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

/** The next index with a mark after `from` (before it with `step` -1), round the end; -1 where there is none. */
export function nextMarked(marks: Uint8Array, from: number, step: 1 | -1): number {
  const count = marks.length;
  for (let walked = 1; walked <= count; walked++) {
    const i = (((from + walked * step) % count) + count) % count;
    if (marks[i]) return i;
  }
  return -1;
}
