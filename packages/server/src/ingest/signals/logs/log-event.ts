import type { Attributes, AttributeValue, RawEvent } from '@throughline/spans';

/** What is needed of a log record to show it as an event of its span. */
export interface LogEvent {
  readonly eventName: string;
  readonly timeUnixNano: bigint;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** The field, or the attribute that stood for it before the field came to be. Empty where a record has neither. */
export function eventNameOf(record: { readonly eventName: string; readonly attributes: Attributes }): string {
  if (record.eventName !== '') return record.eventName;
  const name = record.attributes.get('event.name');
  return typeof name === 'string' ? name : '';
}

/** Its body may hold, as fields, what its attributes should. */
const DETAILS = 'gen_ai.client.inference.operation.details';

/**
 * The record as an event that the dialects read: the body stands in the attribute `event_body`. Attributes that are
 * also fields of the body win.
 */
export function eventOfLog(log: LogEvent): RawEvent {
  const { body } = log;
  const attributes = new Map<string, AttributeValue>(log.attributes);
  if (log.eventName === DETAILS && body instanceof Map) {
    for (const [key, value] of body as Attributes) if (!attributes.has(key)) attributes.set(key, value);
  } else if (body !== null) attributes.set('event_body', body);
  return {
    name: log.eventName,
    timeUnixNano: log.timeUnixNano,
    attributes,
    droppedAttributesCount: log.droppedAttributesCount,
  };
}
