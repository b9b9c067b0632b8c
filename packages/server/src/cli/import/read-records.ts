import { isRecord, type JsonObject } from './json-object.ts';

/** A record of an exported file, ready to be sent. */
export type ImportedRecord =
  | { readonly kind: 'spans' | 'logs'; readonly resources: readonly JsonObject[]; readonly count: number }
  | { readonly kind: 'score'; readonly score: JsonObject }
  | { readonly kind: 'tags'; readonly traceId: string; readonly tags: readonly string[] };

/** Says what is wrong with a line. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

/**
 * Reads one line of a file: JSON lines of `throughline export`, or an export request of OTLP as JSON, which OpenTelemetry's
 * file exporters write as well.
 *
 * @throws LineError
 */
export function readRecords(line: string): ImportedRecord[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new LineError('it is not JSON');
  }
  if (!isRecord(value)) throw new LineError('it is not a JSON object');
  if (value.type === 'span') return [ofSpan(value)];
  if (value.type === 'log') return [ofLog(value)];
  if (value.type === 'score') return [{ kind: 'score', score: scoreOf(value) }];
  if (value.type === 'tags') return [ofTags(value)];
  const { resourceSpans, resourceLogs } = value;
  if (!Array.isArray(resourceSpans) && !Array.isArray(resourceLogs))
    throw new LineError('it has neither "type" nor "resourceSpans" nor "resourceLogs"');
  return [
    ...requestOf('spans', resourceSpans, 'scopeSpans', 'spans'),
    ...requestOf('logs', resourceLogs, 'scopeLogs', 'logRecords'),
  ];
}

function ofSpan({ otlp }: JsonObject): ImportedRecord {
  return { kind: 'spans', resources: [resourceOf(otlp, 'scopeSpans', 'spans', 'span')], count: 1 };
}

function ofLog({ otlp }: JsonObject): ImportedRecord {
  return { kind: 'logs', resources: [resourceOf(otlp, 'scopeLogs', 'logRecords', 'logRecord')], count: 1 };
}

function ofTags({ traceId, tags }: JsonObject): ImportedRecord {
  if (typeof traceId !== 'string' || !Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string'))
    throw new LineError('"traceId" or "tags" is missing');
  return { kind: 'tags', traceId, tags };
}

function resourceOf(otlp: unknown, scopes: string, records: string, record: string): JsonObject {
  if (!isRecord(otlp) || !isRecord(otlp[record])) throw new LineError(`"otlp.${record}" is missing`);
  return {
    resource: otlp.resource,
    schemaUrl: otlp.resourceSchemaUrl,
    [scopes]: [{ scope: otlp.scope, schemaUrl: otlp.scopeSchemaUrl, [records]: [otlp[record]] }],
  };
}

function requestOf(
  kind: 'spans' | 'logs',
  resources: unknown,
  scopes: string,
  records: string,
): ImportedRecord[] {
  if (!Array.isArray(resources) || resources.length === 0) return [];
  const list = resources.filter(isRecord);
  const scoped = list.flatMap((resource) => listOf(resource[scopes]));
  const count = scoped.reduce((sum, scope) => sum + listOf(scope[records]).length, 0);
  return [{ kind, resources: list, count }];
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The fields that `POST /scores` accepts. */
const SCORE_FIELDS = [
  'id',
  'traceId',
  'spanId',
  'sessionId',
  'name',
  'value',
  'label',
  'unit',
  'source',
  'evaluator',
  'comment',
  'metadata',
  'createdAt',
];

function scoreOf(line: JsonObject): JsonObject {
  return Object.fromEntries(SCORE_FIELDS.flatMap((name) => (name in line ? [[name, line[name]]] : [])));
}
