import type { AttributeValue, RawSpan } from '@throughline/spans';

const nothing = { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' };

/** A span that starts at 2026-11-18T11:06:40.000000001Z and takes 1.5 s. */
export function rawSpan(
  change: Partial<Omit<RawSpan, 'attributes'>> & {
    readonly attributes?: Readonly<Record<string, AttributeValue>>;
  } = {},
): RawSpan {
  return {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: 'chat',
    otelKind: 'client',
    startTimeUnixNano: 1_795_000_000_000_000_001n,
    endTimeUnixNano: 1_795_000_001_500_000_001n,
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: 'unset',
    statusMessage: '',
    resource: nothing,
    scope: { ...nothing, name: '', version: '' },
    ...change,
    attributes: new Map(Object.entries(change.attributes ?? {})),
  };
}
