import type { GivenScore } from '../../ingest/accept-scores.ts';
import {
  contentOf,
  describe,
  type Fields,
  field,
  InvalidItem,
  idField,
  textField,
} from '../sdk-http/field-readers.ts';
import type { IngestionEvent } from './ingestion-event.ts';

const MAX_NAME = 200;
const MAX_TEXT = 500;
const MAX_COMMENT = 10_000;
const MAX_METADATA = 64 << 10;

/** @throws InvalidItem */
export function scoreOfEvent({
  body,
  timeUnixNano,
}: Pick<IngestionEvent, 'body' | 'timeUnixNano'>): GivenScore {
  const name = textField(body, 'name');
  if (name === undefined) throw new InvalidItem('name is missing');
  if (name.length > MAX_NAME)
    throw new InvalidItem(`name has ${name.length} characters, expected at most ${MAX_NAME}`);
  const traceId = idField(body, 'traceId');
  const sessionId = traceId === undefined ? idField(body, 'sessionId') : undefined;
  if (traceId === undefined && sessionId === undefined)
    throw new InvalidItem('traceId and sessionId are missing; Throughline has no scores of dataset runs');
  const metadata = contentOf(field(body, 'metadata'));
  if (metadata !== undefined && metadata.length > MAX_METADATA)
    throw new InvalidItem('metadata is longer than 64 kB');
  return {
    id: idField(body, 'id'),
    traceId: traceId ?? '',
    spanId: (traceId === undefined ? undefined : idField(body, 'observationId')) ?? '',
    sessionId: sessionId ?? '',
    name,
    value: scoreValue(body),
    source: 'api',
    comment: textField(body, 'comment')?.slice(0, MAX_COMMENT),
    metadata: metadata?.startsWith('{') ? metadata : undefined,
    createdUnixNano: timeUnixNano,
  };
}

/** @throws InvalidItem */
function scoreValue(body: Fields): GivenScore['value'] {
  const value = field(body, 'value');
  if (field(body, 'dataType') === 'BOOLEAN' && (value === 0 || value === 1)) return value === 1;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && value !== '' && value.length <= MAX_TEXT) return value;
  throw new InvalidItem(
    `value is ${describe(value)}, expected a number or a text of at most ${MAX_TEXT} characters`,
  );
}
