import type { Attributes, AttributeValue, RawEvent, RawSpan } from '../../model/raw-span.ts';
import { DETAILS_EVENT } from './event-names.ts';

/** The parts of a log record that are needed to read it as an event of its span. */
export interface LogEvent {
  readonly eventName: string;
  readonly timeUnixNano: bigint;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** The event name of a log record; before OTLP had a field for it, it was an attribute. Empty if there is neither. */
export function eventNameOf(record: { readonly eventName: string; readonly attributes: Attributes }): string {
  if (record.eventName !== '') return record.eventName;
  const name = record.attributes.get('event.name');
  return typeof name === 'string' ? name : '';
}

/**
 * Converts a log record to an event that the dialects can read, with the body in the attribute `event_body`. The body
 * of a details event may contain the fields that should be attributes; if both exist, the attribute is used.
 */
export function eventOfLog(log: LogEvent): RawEvent {
  const { body } = log;
  const attributes = new Map<string, AttributeValue>(log.attributes);
  if (log.eventName === DETAILS_EVENT && body instanceof Map) {
    for (const [key, value] of body as Attributes) if (!attributes.has(key)) attributes.set(key, value);
  } else if (body !== null) attributes.set('event_body', body);
  return {
    name: log.eventName,
    timeUnixNano: log.timeUnixNano,
    attributes,
    droppedAttributesCount: log.droppedAttributesCount,
  };
}

const NO_ATTRIBUTES: Attributes = new Map();

/** Converts a log record to a span whose only event it is, so that the dialects can read its content alone. */
export function spanOfLog(
  log: LogEvent,
  context: Pick<RawSpan, 'traceId' | 'spanId' | 'resource' | 'scope'>,
): RawSpan {
  return {
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: '',
    otelKind: 'unspecified',
    startTimeUnixNano: log.timeUnixNano,
    endTimeUnixNano: log.timeUnixNano,
    attributes: NO_ATTRIBUTES,
    droppedAttributesCount: 0,
    events: [eventOfLog(log)],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: 'unset',
    statusMessage: '',
    ...context,
  };
}
