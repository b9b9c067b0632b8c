import type { Span as OtelSpan, TimeInput } from '@opentelemetry/api';
import { KEYS } from '../core/semconv.ts';

/** Open child spans of each span. */
const openBelow = new WeakMap<OtelSpan, Set<OtelSpan>>();

/**
 * Ends open children as cancelled when their parent ends. For libraries that sometimes forget to end a span, and whose
 * spans never outlive their parent. Only spans that were passed to this function are considered.
 */
export function endWithParent(span: OtelSpan, parent: OtelSpan | undefined): void {
  const siblings = parent && openBelow.get(parent);
  const children = new Set<OtelSpan>();
  siblings?.add(span);
  openBelow.set(span, children);
  const end = span.end.bind(span);
  span.end = (time?: TimeInput) => {
    siblings?.delete(span);
    for (const child of children) {
      child.setAttribute(KEYS.cancelled, true);
      child.end(time);
    }
    end(time);
  };
}
