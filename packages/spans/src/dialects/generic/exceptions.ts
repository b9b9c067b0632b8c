import type { RawEvent, RawSpan } from '../../model/raw-span.ts';

/**
 * The last recorded exception that counts as the span's failure. Where the status says error every exception does
 * (Python marks even those `escaped: "False"`); where it says ok none does; where it says nothing, those that are
 * not marked as handled.
 */
export function failure(span: RawSpan): RawEvent | undefined {
  if (span.statusCode === 'ok' || span.events.length === 0) return undefined;
  return span.events.findLast(
    (event) => event.name === 'exception' && (span.statusCode === 'error' || !wasHandled(event)),
  );
}

function wasHandled(event: RawEvent): boolean {
  const escaped = event.attributes.get('exception.escaped');
  return escaped === false || (typeof escaped === 'string' && escaped.toLowerCase() === 'false');
}
