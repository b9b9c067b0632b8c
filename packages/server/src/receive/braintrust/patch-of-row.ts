import type { RawResource, RawScope } from '@throughline/spans';
import type { GivenScore } from '../../ingest/accept-scores.ts';
import { CREATED, type SpanPatch, UPDATED } from '../../ingest/patches/span-patch.ts';
import { DEFAULT_PROJECT, isProjectName, PROJECT_NAME_RULE } from '../../project/project-name.ts';
import {
  attributesOf,
  contentOf,
  describe,
  type Fields,
  field,
  fieldsIn,
  InvalidItem,
  idField,
  inRange,
  requiredId,
  tagsOf,
  textField,
  timeField,
  toJson,
} from '../sdk-http/field-readers.ts';

/** Where a row of Braintrust is stored. */
export interface KnownRow {
  readonly project: string;
  readonly traceId: string;
  readonly spanId: string;
}

export interface RowSource {
  /** The project in the header of Throughline, which takes precedence. */
  readonly project: string | undefined;
  /** A row by its id. Feedback has no other id. */
  readonly find: (rowId: string) => KnownRow | undefined;
}

/** What a row is stored as. A row of feedback has only scores. */
export interface RowRecords {
  readonly id: string;
  readonly place: KnownRow;
  readonly patch: SpanPatch | undefined;
  readonly scores: readonly GivenScore[];
}

/** Fields that a row with `_is_merge` combines with earlier ones key by key. */
const COMBINED: ReadonlySet<string> = new Set([
  'braintrust.input_json',
  'braintrust.output_json',
  'braintrust.expected_json',
  'braintrust.metadata',
  'braintrust.metrics',
  'braintrust.span_attributes',
  'braintrust.context_json',
]);

/** @throws InvalidItem */
export function recordsOfRow(row: Fields, source: RowSource): RowRecords {
  for (const key of ['experiment_id', 'dataset_id', 'prompt_session_id', 'function_data'])
    if (field(row, key) !== undefined)
      throw new InvalidItem(
        `the row has ${key}; Throughline stores the logs of projects, not experiments or datasets`,
      );
  if (field(row, '_object_delete') === true) throw new InvalidItem('Throughline does not delete rows');
  const id = requiredId(row, 'id');
  const comment = fieldsIn(row, 'comment');
  const target = textField(comment, 'text') === undefined ? id : requiredId(fieldsIn(row, 'origin'), 'id');
  const known = source.find(target);
  const spanId = idField(row, 'span_id') ?? known?.spanId ?? target;
  const place: KnownRow = {
    project: source.project ?? projectOf(row) ?? known?.project ?? DEFAULT_PROJECT,
    traceId: idField(row, 'root_span_id') ?? known?.traceId ?? spanId,
    spanId,
  };
  const isFeedback =
    target !== id || (field(row, '_is_merge') === true && field(row, 'span_id') === undefined);
  return {
    id: target,
    place,
    patch: isFeedback && !hasContent(row) ? undefined : patchOf(row, place),
    scores: [...scoresOf(row, place), ...commentOf(comment, place)],
  };
}

/** Fields of a row that are part of its span. */
const CONTENT = ['input', 'output', 'expected', 'error', 'tags', 'metadata', 'metrics', 'span_attributes'];

function hasContent(row: Fields): boolean {
  return CONTENT.some((key) => field(row, key) !== undefined);
}

/** @throws InvalidItem */
function projectOf(row: Fields): string | undefined {
  const name = textField(row, 'project_id');
  if (name !== undefined && !isProjectName(name))
    throw new InvalidItem(`project_id is not ${PROJECT_NAME_RULE}`);
  return name;
}

/** @throws InvalidItem */
function patchOf(row: Fields, place: KnownRow): SpanPatch {
  const isMerge = field(row, '_is_merge') === true;
  const metrics = fieldsIn(row, 'metrics');
  const span = fieldsIn(row, 'span_attributes');
  const parents = field(row, 'span_parents');
  const parentId = Array.isArray(parents) ? parents[0] : undefined;
  if (parentId !== undefined && typeof parentId !== 'string')
    throw new InvalidItem(`span_parents has ${describe(parentId)}, expected texts`);
  const error = contentOf(field(row, 'error'));
  const json = (key: string) => (field(row, key) === undefined ? undefined : toJson(field(row, key)));
  return {
    ...place,
    order: isMerge ? UPDATED : CREATED,
    name: textField(span, 'name'),
    parentSpanId: parentId ?? (isMerge ? undefined : ''),
    startTimeUnixNano: secondsField(metrics, 'start') ?? (isMerge ? undefined : timeField(row, 'created')),
    endTimeUnixNano: secondsField(metrics, 'end'),
    statusCode: error === undefined ? undefined : 'error',
    statusMessage: error,
    scope: SCOPE,
    resource: resourceOf(place.project),
    attributes: attributesOf([
      ['braintrust.input_json', json('input')],
      ['braintrust.output_json', json('output')],
      ['braintrust.expected_json', json('expected')],
      ['braintrust.metadata', json('metadata')],
      ['braintrust.metrics', json('metrics')],
      ['braintrust.span_attributes', json('span_attributes')],
      ['braintrust.context_json', json('context')],
      ['braintrust.tags', tagsOf(field(row, 'tags'))],
      ['braintrust.id', textField(row, 'id')],
    ]),
    combined: COMBINED,
  };
}

const SCOPE: RawScope = {
  name: 'braintrust',
  version: '',
  attributes: new Map(),
  droppedAttributesCount: 0,
  schemaUrl: '',
};

function resourceOf(project: string): RawResource {
  const attributes = attributesOf([
    ['throughline.project', project === DEFAULT_PROJECT ? undefined : project],
  ]);
  return { attributes, droppedAttributesCount: 0, schemaUrl: '' };
}

/** A time in seconds since 1970, with decimals. @throws InvalidItem */
function secondsField(metrics: Fields, key: string): bigint | undefined {
  const value = field(metrics, key);
  if (value === undefined) return undefined;
  const time =
    typeof value === 'number' && Math.abs(value) < 1e10
      ? inRange(BigInt(Math.round(value * 1e6)) * 1000n)
      : undefined;
  if (time === undefined)
    throw new InvalidItem(`metrics.${key} is ${describe(value)}, expected seconds since 1970`);
  return time;
}

const MAX_SCORES = 100;
const MAX_NAME = 200;
const MAX_TEXT = 500;
const MAX_COMMENT = 10_000;

function scoresOf(row: Fields, place: KnownRow): GivenScore[] {
  return Object.entries(fieldsIn(row, 'scores'))
    .slice(0, MAX_SCORES)
    .flatMap(([name, value]) =>
      typeof value === 'number' && Number.isFinite(value) && name !== '' && name.length <= MAX_NAME
        ? [
            scoreOf(place, {
              name,
              value,
              source: textField(row, '_audit_source') === 'app' ? 'human' : 'api',
            }),
          ]
        : [],
    );
}

/** A comment of a person is a score in words. */
function commentOf(comment: Fields, place: KnownRow): GivenScore[] {
  const text = textField(comment, 'text');
  if (text === undefined) return [];
  return [
    scoreOf(place, {
      name: 'comment',
      value: text.slice(0, MAX_TEXT),
      source: 'human',
      comment: text.slice(0, MAX_COMMENT),
    }),
  ];
}

function scoreOf(
  { traceId, spanId }: KnownRow,
  score: Pick<GivenScore, 'name' | 'value' | 'source' | 'comment'>,
): GivenScore {
  return { traceId, spanId, sessionId: '', createdUnixNano: undefined, ...score };
}
