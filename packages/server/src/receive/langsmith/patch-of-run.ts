import type { AttributeValue, RawEvent, RawResource, RawScope } from '@throughline/spans';
import { CREATED, type SpanPatch, UPDATED } from '../../ingest/patches/span-patch.ts';
import { DEFAULT_PROJECT, isProjectName, PROJECT_NAME_RULE } from '../../project/project-name.ts';
import {
  attributesOf,
  contentOf,
  type Fields,
  field,
  fieldsIn,
  InvalidItem,
  idField,
  isFields,
  parseIsoTime,
  scalarOrText,
  tagsOf,
  textField,
  timeField,
  toJson,
} from '../sdk-http/field-readers.ts';
import { parseDottedOrder } from './dotted-order.ts';
import { usageOfOutputs } from './usage-of-outputs.ts';

/** A run, or the fields of it that a patch changes. Large fields can be JSON texts that are not parsed yet. */
export interface Run {
  readonly isPatch: boolean;
  readonly id: string;
  readonly fields: Fields;
  /** JSON texts that came beside the other fields: `inputs`, `outputs`, `events`, `extra`, `error`, `serialized`. */
  readonly texts: ReadonlyMap<string, string>;
  readonly attachments: readonly Fields[];
}

/** Trace and project of a run that is already known. Patches of old SDKs contain neither. */
export interface KnownRun {
  readonly project: string;
  readonly traceId: string;
}

export interface RunSource {
  /** The project in the header of Throughline, which takes precedence. */
  readonly project: string | undefined;
  readonly find: (runId: string) => KnownRun | undefined;
}

/** @throws InvalidItem */
export function patchOfRun({ isPatch, id, fields, texts, attachments }: Run, source: RunSource): SpanPatch {
  const known = source.find(id);
  const place = parseDottedOrder(textField(fields, 'dotted_order') ?? '');
  const parentId = idField(fields, 'parent_run_id') ?? place?.parentId;
  const traceId =
    idField(fields, 'trace_id') ??
    place?.traceId ??
    known?.traceId ??
    (parentId === undefined ? undefined : source.find(parentId)?.traceId) ??
    id;
  const project = source.project ?? projectOf(fields) ?? known?.project ?? DEFAULT_PROJECT;
  const value = (key: string): unknown => parsed(texts.get(key)) ?? field(fields, key);
  const extra = value('extra');
  const error = contentOf(value('error'));
  const runType = textField(fields, 'run_type');
  const details = isFields(extra) ? extra : {};
  const metadata = fieldsIn(details, 'metadata');
  const invocation = fieldsIn(details, 'invocation_params');
  const isCall = runType === undefined || runType === 'llm' || runType === 'embedding';
  const usage = (isCall ? usageOfOutputs(value('outputs')) : undefined) ?? field(metadata, 'usage_metadata');
  return {
    project,
    traceId,
    spanId: id,
    order: isPatch ? UPDATED : CREATED,
    name: textField(fields, 'name'),
    parentSpanId: parentId ?? (place || !isPatch ? '' : undefined),
    startTimeUnixNano: place?.startTimeUnixNano ?? timeField(fields, 'start_time'),
    endTimeUnixNano: timeField(fields, 'end_time'),
    statusCode: error === undefined ? undefined : 'error',
    statusMessage: error,
    events: eventsOf(value('events')),
    scope: SCOPE,
    resource: resourceOf(project, fieldsIn(details, 'runtime')),
    attributes: attributesOf([
      // The dialect reads the other attributes only of spans with a kind.
      ['langsmith.span.kind', runType ?? (isPatch ? undefined : 'chain')],
      ['gen_ai.prompt', texts.get('inputs') ?? contentOf(field(fields, 'inputs'))],
      ['gen_ai.completion', texts.get('outputs') ?? contentOf(field(fields, 'outputs'))],
      ['langsmith.usage_metadata', contentOf(usage)],
      ['langsmith.span.tags', tagsOf(field(fields, 'tags'))],
      ['langsmith.reference_example_id', textField(fields, 'reference_example_id')],
      ['langsmith.serialized', structureOf(value('serialized'))],
      ['langsmith.attachments', attachments.length === 0 ? undefined : toJson(attachments)],
      ...modelOf(metadata, invocation),
      ...Object.entries(metadata)
        .filter(([key]) => key !== 'usage_metadata')
        .map(([key, item]): [string, AttributeValue | undefined] => [
          `langsmith.metadata.${key}`,
          scalarOrText(item),
        ]),
    ]),
  };
}

/** @throws InvalidItem */
function projectOf(fields: Fields): string | undefined {
  const name = textField(fields, 'session_name');
  if (name !== undefined && !isProjectName(name))
    throw new InvalidItem(`session_name is not ${PROJECT_NAME_RULE}`);
  return name;
}

const SCOPE: RawScope = {
  name: 'langsmith',
  version: '',
  attributes: new Map(),
  droppedAttributesCount: 0,
  schemaUrl: '',
};

/** Attributes of a resource for the entries of `extra.runtime`. */
const RUNTIME: readonly (readonly [field: string, attribute: string])[] = [
  ['sdk', 'telemetry.sdk.name'],
  ['sdk_version', 'telemetry.sdk.version'],
  ['runtime', 'telemetry.sdk.language'],
  ['platform', 'os.description'],
];

function resourceOf(project: string, runtime: Fields): RawResource {
  return {
    attributes: attributesOf([
      ['throughline.project', project === DEFAULT_PROJECT ? undefined : project],
      ...RUNTIME.map(([key, name]): [string, string | undefined] => [name, textField(runtime, key)]),
    ]),
    droppedAttributesCount: 0,
    schemaUrl: '',
  };
}

/** LangChain's older integrations have the model only in the parameters of the call. */
function modelOf(metadata: Fields, invocation: Fields): [string, AttributeValue | undefined][] {
  const model = textField(invocation, 'model') ?? textField(invocation, 'model_name');
  const isKnown = textField(metadata, 'ls_model_name') !== undefined;
  return [
    ['langsmith.metadata.ls_model_name', isKnown ? undefined : model],
    [
      'langsmith.metadata.ls_invocation_params',
      Object.keys(invocation).length === 0 ? undefined : toJson(invocation),
    ],
  ];
}

const MAX_EVENTS = 1000;

/**
 * Model clients record an event for every token of a stream. The first of them has the time at which the answer began.
 */
function eventsOf(events: unknown): RawEvent[] | undefined {
  if (!Array.isArray(events) || events.length === 0) return undefined;
  return events.slice(0, MAX_EVENTS).flatMap((event): RawEvent[] => {
    if (!isFields(event)) return [];
    const { name, time, ...rest } = event;
    const timeUnixNano = typeof time === 'string' ? parseIsoTime(time) : timeOfNumber(time);
    if (typeof name !== 'string' || timeUnixNano === undefined) return [];
    const attributes = attributesOf(
      Object.entries(rest).map(([key, value]) => [key, scalarOrText(value)] as const),
    );
    return [{ name, timeUnixNano, attributes, droppedAttributesCount: 0 }];
  });
}

function timeOfNumber(time: unknown): bigint | undefined {
  try {
    return timeField({ time }, 'time');
  } catch {
    return undefined;
  }
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function structureOf(value: unknown): string | undefined {
  return isFields(value) && Object.keys(value).length > 0 ? toJson(value) : undefined;
}
