import type { AttributeValue, RawEvent, RawScope } from '@throughline/spans';
import { CREATED, type SpanPatch } from '../../ingest/patches/span-patch.ts';
import {
  contentOf,
  type Fields,
  field,
  fieldsIn,
  InvalidItem,
  idField,
  isFields,
  requiredId,
  scalarOrText,
  textField,
  timeField,
} from '../sdk-http/field-readers.ts';

const SCOPE: RawScope = {
  name: 'phoenix-client',
  version: '',
  attributes: new Map(),
  droppedAttributesCount: 0,
  schemaUrl: '',
};
const MAX_DEPTH = 16;
const MAX_ATTRIBUTES = 10_000;

/** A span in the JSON of Phoenix. @throws InvalidItem */
export function patchOfSpan(span: Fields, project: string): SpanPatch {
  const context = fieldsIn(span, 'context');
  const start = timeField(span, 'start_time');
  if (start === undefined) throw new InvalidItem('start_time is missing');
  const attributes = new Map<string, AttributeValue>();
  flatten(fieldsIn(span, 'attributes'), '', attributes, 0);
  const kind = textField(span, 'span_kind');
  if (kind !== undefined) attributes.set('openinference.span.kind', kind);
  const status = textField(span, 'status_code');
  return {
    project,
    traceId: requiredId(context, 'trace_id'),
    spanId: requiredId(context, 'span_id'),
    order: CREATED,
    name: textField(span, 'name'),
    parentSpanId: idField(span, 'parent_id') ?? '',
    startTimeUnixNano: start,
    endTimeUnixNano: timeField(span, 'end_time'),
    statusCode: status === 'ERROR' ? 'error' : status === 'OK' ? 'ok' : undefined,
    statusMessage: textField(span, 'status_message'),
    events: eventsOf(field(span, 'events')),
    scope: SCOPE,
    resource: {
      attributes: new Map([['openinference.project.name', project]]),
      droppedAttributesCount: 0,
      schemaUrl: '',
    },
    attributes,
  };
}

/** Nested objects and lists of objects become keys such as `llm.input_messages.0.message.role`. @throws InvalidItem */
function flatten(fields: Fields, prefix: string, into: Map<string, AttributeValue>, depth: number): void {
  for (const [key, value] of Object.entries(fields)) {
    const name = prefix + key;
    if (into.size > MAX_ATTRIBUTES)
      throw new InvalidItem(`the span has more than ${MAX_ATTRIBUTES} attributes`);
    const isText = name === 'metadata' || depth >= MAX_DEPTH;
    if (!isText && isFields(value)) flatten(value, `${name}.`, into, depth + 1);
    else if (!isText && Array.isArray(value) && value.some(isFields))
      flatten({ ...value }, `${name}.`, into, depth + 1);
    else {
      const scalar = Array.isArray(value) ? listOf(value) : scalarOrText(value);
      if (scalar !== undefined) into.set(name, scalar);
    }
  }
}

function listOf(values: readonly unknown[]): AttributeValue | undefined {
  const isFlat = values.every((value) => ['string', 'number', 'boolean'].includes(typeof value));
  return isFlat ? (values as readonly (string | number | boolean)[]) : contentOf(values);
}

function eventsOf(events: unknown): RawEvent[] | undefined {
  if (!Array.isArray(events)) return undefined;
  return events.filter(isFields).map((event) => {
    const attributes = new Map<string, AttributeValue>();
    flatten(fieldsIn(event, 'attributes'), '', attributes, 0);
    return {
      name: textField(event, 'name') ?? '',
      timeUnixNano: timeField(event, 'timestamp') ?? 0n,
      attributes,
      droppedAttributesCount: 0,
    };
  });
}
