import type { Span as OtelSpan, TimeInput } from '@opentelemetry/api';
import { KEYS } from '../core/semconv.ts';

/** By span, those below it that have not ended. */
const openBelow = new WeakMap<OtelSpan, Set<OtelSpan>>();

/**
 * For libraries whose spans never outlive the span above them, but are sometimes forgotten: what is open below a span
 * when it ends, ends with it, as cancelled. Only spans that were given here count as above and below.
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
