import { createHash } from 'node:crypto';
import { columnsOf, structureOf } from './row-binary/columns.ts';

/** A score of a span (trace and span id), a trace or a session. */
export interface Score {
  /** Chosen by the client. If absent, it is derived from target, name, source and evaluator. */
  readonly id?: string | undefined;
  /** Empty if the score is about a session. */
  readonly traceId: string;
  /** Empty if the score is about a trace or a session. */
  readonly spanId: string;
  readonly sessionId: string;
  readonly name: string;
  /** A number, a category, or true or false. */
  readonly value: number | string | boolean;
  /** Meaning of a number in words. */
  readonly label?: string | undefined;
  readonly unit?: string | undefined;
  /** Origin of the score: `human`, `code`, `llm`, `api`, `otel`. */
  readonly source: string;
  readonly evaluator?: string | undefined;
  readonly comment?: string | undefined;
  /** JSON text. */
  readonly metadata?: string | undefined;
  readonly createdUnixNano: bigint;
}

/** The data of one row of `scores`. */
export interface ScoreRow {
  readonly project: string;
  readonly id: string;
  readonly score: Score;
  /** Time of receipt in nanoseconds since 1970. Of two rows with the same id, the later one is kept. */
  readonly version: bigint;
}

/** Scores with the same target, name, source and evaluator have the same id, so the later one replaces the earlier one. */
export function scoreIdOf({ id, traceId, spanId, sessionId, name, source, evaluator = '' }: Score): string {
  if (id !== undefined) return id;
  const identity = JSON.stringify([traceId, spanId, sessionId, name, source, evaluator]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

const { text, label, double, uint64, time } = columnsOf<ScoreRow>();

/** The columns of `scores` in the order of the schema, which a test compares. */
export const SCORE_COLUMNS = [
  label('project', (row) => row.project),
  text('id', (row) => row.id),
  text('trace_id', (row) => row.score.traceId),
  text('span_id', (row) => row.score.spanId),
  text('session_id', (row) => row.score.sessionId),
  label('name', (row) => row.score.name),
  label('value_type', (row) => VALUE_TYPES[typeof row.score.value as keyof typeof VALUE_TYPES]),
  double('number', (row) => (typeof row.score.value === 'string' ? undefined : Number(row.score.value))),
  text('text', (row) => (typeof row.score.value === 'string' ? row.score.value : undefined)),
  label('label', (row) => row.score.label),
  label('unit', (row) => row.score.unit),
  label('source', (row) => row.score.source),
  label('evaluator', (row) => row.score.evaluator),
  text('comment', (row) => row.score.comment),
  text('metadata', (row) => row.score.metadata),
  time('created', (row) => row.score.createdUnixNano),
  uint64('version', (row) => row.version),
];

const VALUE_TYPES = { number: 'number', string: 'category', boolean: 'boolean' } as const;

export const SCORE_STRUCTURE = structureOf(SCORE_COLUMNS);
