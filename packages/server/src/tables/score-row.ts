import { createHash } from 'node:crypto';
import { columnsOf, structureOf } from './row-binary/columns.ts';

/** A judgement of a span (trace and span id), a trace or a session. */
export interface Score {
  /** What the client chose; absent, it follows from target, name, source and evaluator. */
  readonly id?: string | undefined;
  /** Empty where it is about a session. */
  readonly traceId: string;
  /** Empty where it is about a trace or a session. */
  readonly spanId: string;
  readonly sessionId: string;
  readonly name: string;
  /** A number, a category, or yes and no. */
  readonly value: number | string | boolean;
  /** What a number means in words. */
  readonly label?: string | undefined;
  readonly unit?: string | undefined;
  /** Who judged: `human`, `code`, `llm`, `api`, `otel`. */
  readonly source: string;
  readonly evaluator?: string | undefined;
  readonly comment?: string | undefined;
  /** JSON. */
  readonly metadata?: string | undefined;
  readonly createdUnixNano: bigint;
}

/** What one row of `scores` is made of. */
export interface ScoreRow {
  readonly project: string;
  readonly id: string;
  readonly score: Score;
  /** Nanoseconds of receipt: of two rows of one id the later wins. */
  readonly version: bigint;
}

/** The same target, name, source and evaluator are the same score, which the later one replaces. */
export function scoreIdOf({ id, traceId, spanId, sessionId, name, source, evaluator = '' }: Score): string {
  if (id !== undefined) return id;
  const identity = JSON.stringify([traceId, spanId, sessionId, name, source, evaluator]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

const { text, label, double, uint64, time } = columnsOf<ScoreRow>();

/** The columns of `scores` in the order of its schema, which a test compares. */
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
