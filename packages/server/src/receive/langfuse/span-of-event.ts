import type { AttributeValue, RawResource, RawScope } from '@throughline/spans';
import { CREATED, type SpanPatch, UPDATED } from '../../ingest/patches/span-patch.ts';
import {
  attributesOf,
  contentOf,
  type Fields,
  field,
  idField,
  isFields,
  requiredId,
  scalarOrText,
  tagsOf,
  textField,
  timeField,
} from '../sdk-http/field-readers.ts';
import type { IngestionEvent } from './ingestion-event.ts';

/** What all events of a batch have in common. */
export interface BatchSource {
  readonly project: string;
  readonly scope: RawScope;
  readonly resource: RawResource;
}

/**
 * A trace of Langfuse is a record of its own, with a name, an input and an output. Here it becomes the root span of its
 * observations, with the id of the trace. It has no end of its own: it ends with its last observation.
 *
 * @throws InvalidItem
 */
export function patchOfTrace({ body, timeUnixNano }: IngestionEvent, source: BatchSource): SpanPatch {
  const traceId = requiredId(body, 'id');
  // The Python decorators send the times of the outermost function as `start_time` and `end_time`.
  const times = [timeField(body, 'timestamp'), timeField(body, 'start_time'), timeField(body, 'end_time')];
  const known = times.filter((time) => time !== undefined).sort((a, b) => (a < b ? -1 : 1));
  return {
    ...partOf(source),
    traceId,
    spanId: traceId,
    // Events of a trace are all of one type, so the later one takes precedence.
    order: UPDATED + millis(timeUnixNano),
    name: textField(body, 'name'),
    parentSpanId: '',
    startTimeUnixNano: known[0],
    endsAfterUnixNano: known.at(-1),
    ...statusOf(textField(body, 'level'), textField(body, 'status_message')),
    attributes: attributesOf([
      ['langfuse.trace.name', textField(body, 'name')],
      ['langfuse.trace.input', contentOf(field(body, 'input'))],
      ['langfuse.trace.output', contentOf(field(body, 'output'))],
      ['langfuse.user.id', textField(body, 'userId')],
      ['langfuse.session.id', textField(body, 'sessionId')],
      [TAGS, tagsOf(field(body, 'tags'))],
      ['langfuse.trace.public', field(body, 'public') === true ? true : undefined],
      ['langfuse.observation.level', textField(body, 'level')],
      ...sharedAttributes(body),
      ...metadataOf('langfuse.trace.metadata', field(body, 'metadata')),
    ]),
    combined: COMBINED,
  };
}

/** @throws InvalidItem */
export function patchOfObservation(event: IngestionEvent, source: BatchSource): SpanPatch {
  const { body, timeUnixNano, isUpdate, observationType } = event;
  const spanId = requiredId(body, 'id');
  const traceId = idField(body, 'traceId') ?? spanId;
  const parentId = idField(body, 'parentObservationId');
  const start = timeField(body, 'startTime');
  const end = timeField(body, 'endTime') ?? (observationType === 'event' && !isUpdate ? start : undefined);
  return {
    ...partOf(source),
    traceId,
    spanId,
    order: (isUpdate ? UPDATED : CREATED) + millis(timeUnixNano),
    name: textField(body, 'name'),
    // An update does not repeat the parent. An observation without one is below its trace.
    parentSpanId: parentId ?? (isUpdate || traceId === spanId ? undefined : traceId),
    startTimeUnixNano: start ?? (isUpdate ? undefined : timeUnixNano),
    endTimeUnixNano: end,
    ...statusOf(textField(body, 'level'), textField(body, 'statusMessage')),
    attributes: attributesOf([
      ['langfuse.observation.type', observationType],
      ['langfuse.observation.input', contentOf(field(body, 'input'))],
      ['langfuse.observation.output', contentOf(field(body, 'output'))],
      ['langfuse.observation.level', textField(body, 'level')],
      ['langfuse.observation.status_message', textField(body, 'statusMessage')],
      ['langfuse.observation.model.name', textField(body, 'model')],
      ['langfuse.observation.model.parameters', contentOf(field(body, 'modelParameters'))],
      ['langfuse.observation.completion_start_time', isoTimeOf(body, 'completionStartTime')],
      ['langfuse.observation.prompt.name', textField(body, 'promptName')],
      ['langfuse.observation.prompt.version', numberOrText(field(body, 'promptVersion'))],
      ...usageOf(body),
      ...sharedAttributes(body),
      ...metadataOf('langfuse.observation.metadata', field(body, 'metadata')),
    ]),
  };
}

/** Extends the trace to the end of one of its observations. Undefined if the part has no end. */
export function traceEndOf(patch: SpanPatch): SpanPatch | undefined {
  const { project, traceId, endTimeUnixNano, startTimeUnixNano } = patch;
  const endsAfterUnixNano = endTimeUnixNano ?? startTimeUnixNano;
  if (endsAfterUnixNano === undefined || traceId === patch.spanId) return undefined;
  return {
    project,
    traceId,
    spanId: traceId,
    order: CREATED,
    endsAfterUnixNano,
    attributes: NONE,
    isAddition: true,
  };
}

const NONE: ReadonlyMap<string, AttributeValue> = new Map();
const TAGS = 'langfuse.trace.tags';
const COMBINED: ReadonlySet<string> = new Set([TAGS]);

function partOf({ project, scope, resource }: BatchSource) {
  return { project, scope, resource };
}

function millis(timeUnixNano: bigint | undefined): number {
  return timeUnixNano === undefined ? 0 : Number(timeUnixNano / 1_000_000n);
}

function statusOf(level: string | undefined, message: string | undefined): Partial<SpanPatch> {
  return level === undefined
    ? {}
    : { statusCode: level === 'ERROR' ? 'error' : 'unset', statusMessage: message };
}

function sharedAttributes(body: Fields): [string, string | undefined][] {
  return [
    ['langfuse.environment', textField(body, 'environment')],
    ['langfuse.release', textField(body, 'release')],
    ['langfuse.version', textField(body, 'version')],
  ];
}

/** Keys are attributes of their own, so that later events add keys without repeating the others. */
function metadataOf(prefix: string, value: unknown): [string, AttributeValue | undefined][] {
  if (!isFields(value)) return [[prefix, contentOf(value)]];
  return Object.entries(value).map(([key, item]) => [`${prefix}.${key}`, scalarOrText(item)]);
}

function numberOrText(value: unknown): AttributeValue | undefined {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}

/** @throws InvalidItem */
function isoTimeOf(body: Fields, key: string): string | undefined {
  return timeField(body, key) === undefined ? undefined : textField(body, key);
}

/** Usage has an older form with counts and costs in one object, and a newer form with two objects. */
function usageOf(body: Fields): [string, string | undefined][] {
  const older = field(body, 'usage');
  const usage = isFields(older) ? older : {};
  const unit = field(usage, 'unit');
  const isTokens = unit === undefined || unit === 'TOKENS';
  return [
    [
      'langfuse.observation.usage_details',
      contentOf(nonEmpty(field(body, 'usageDetails')) ?? (isTokens ? nonEmpty(countsOf(usage)) : undefined)),
    ],
    [
      'langfuse.observation.cost_details',
      contentOf(nonEmpty(field(body, 'costDetails')) ?? nonEmpty(costsOf(usage))),
    ],
    // Characters, seconds and images are kept, but they are not tokens.
    ['langfuse.observation.usage', isTokens ? undefined : contentOf(usage)],
  ];
}

const COSTS: Readonly<Record<string, string>> = {
  inputCost: 'input',
  outputCost: 'output',
  totalCost: 'total',
};

function countsOf(usage: Fields): Fields {
  return Object.fromEntries(
    Object.entries(usage).filter(
      ([key, value]) => value !== null && key !== 'unit' && !Object.hasOwn(COSTS, key),
    ),
  );
}

function costsOf(usage: Fields): Fields {
  return Object.fromEntries(
    Object.entries(COSTS).flatMap(([key, name]) => {
      const value = field(usage, key);
      return typeof value === 'number' ? [[name, value]] : [];
    }),
  );
}

function nonEmpty(value: unknown): Fields | undefined {
  return isFields(value) && Object.keys(value).length > 0 ? value : undefined;
}
