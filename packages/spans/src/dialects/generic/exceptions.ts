import type { RawEvent, RawSpan } from '../../model/raw-span.ts';
import { isControlFlow } from './control-flow.ts';

/**
 * Returns the last exception that counts as failure of the span. If the status is error, every exception counts, even with
 * `escaped: "False"`, which Python sets in this case too. If it is ok, none counts. If it is unset, exceptions count
 * unless they are marked as handled. Exceptions that only steer a graph never count.
 */
export function failure(span: RawSpan): RawEvent | undefined {
  if (span.statusCode === 'ok' || span.events.length === 0) return undefined;
  return span.events.findLast(
    (event) =>
      event.name === 'exception' &&
      (span.statusCode === 'error' || !wasHandled(event)) &&
      !isControlFlow(event.attributes.get('exception.type')),
  );
}

function wasHandled(event: RawEvent): boolean {
  const escaped = event.attributes.get('exception.escaped');
  return escaped === false || (typeof escaped === 'string' && escaped.toLowerCase() === 'false');
}
