import type { RawSpan } from '../../model/raw-span.ts';

const NO_PARENT = /^0*$/;

/**
 * Returns a placeholder of Logfire as the running span that it announces, and any other span unchanged. When a span starts,
 * Logfire sends a placeholder with an id of its own whose parent is the span itself; the real parent is in an attribute.
 * Source: logfire `_internal/tracer.py`.
 */
export function asRunning(span: RawSpan): RawSpan {
  if (!isPlaceholder(span)) return span;
  const parent = span.attributes.get('logfire.pending_parent_id');
  return {
    ...span,
    spanId: span.parentSpanId,
    parentSpanId: typeof parent === 'string' && !NO_PARENT.test(parent) ? parent : '',
    endTimeUnixNano: 0n,
  };
}

/** Whether a span is a placeholder of a running span. */
function isPlaceholder({ attributes, parentSpanId }: RawSpan): boolean {
  return attributes.get('logfire.span_type') === 'pending_span' && parentSpanId !== '';
}
