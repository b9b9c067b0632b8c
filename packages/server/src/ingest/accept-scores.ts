import type { Engine } from '../clickhouse/engine.ts';
import type { Journal } from '../journal/journal.ts';
import { batchOf } from '../tables/ingest-tables.ts';
import { writeRow } from '../tables/row-binary/columns.ts';
import { RowBinaryWriter } from '../tables/row-binary/row-binary-writer.ts';
import { SCORE_COLUMNS, type Score, scoreIdOf } from '../tables/score-row.ts';

export interface AcceptScoresParts {
  readonly journal: Pick<Journal, 'append'>;
  readonly engine: Pick<Engine, 'query'>;
  /** Nanoseconds since 1970; never twice the same. */
  readonly now: () => bigint;
  /** Applied to what people and judges wrote, before anything is kept. */
  readonly redactText?: RedactText | undefined;
}

/** Redacts a text; its key is read as context, see `RedactionContext`. */
export type RedactText = (text: string, key?: string) => string;

/** A score as a client sends it; without a time of creation it keeps the one it has, or was created now. */
export type GivenScore = Omit<Score, 'createdUnixNano'> & { readonly createdUnixNano: bigint | undefined };

/** Resolves with the ids, in order, once the scores would survive a crash. @throws ThroughlineError */
export type AcceptScores = (project: string, scores: readonly GivenScore[]) => Promise<string[]>;

export function createAcceptScores(parts: AcceptScoresParts): AcceptScores {
  const { journal, engine, now, redactText } = parts;
  return async (project, sent) => {
    const version = now();
    const scores = redactText ? sent.map((score) => redactScore(score, redactText)) : sent;
    const given = scores.map((score) => {
      const complete = { ...score, createdUnixNano: score.createdUnixNano ?? version };
      return { id: scoreIdOf(complete), score: complete, known: score.createdUnixNano !== undefined };
    });
    const undated = given.filter(({ known }) => !known).map(({ id }) => id);
    const created = await createdTimes(engine, project, undated);
    const writer = new RowBinaryWriter(1 << 12);
    for (const { id, score, known } of given) {
      const createdUnixNano = (known ? undefined : created.get(id)) ?? score.createdUnixNano;
      writeRow(SCORE_COLUMNS, writer, { project, id, score: { ...score, createdUnixNano }, version });
    }
    await journal.append(batchOf({ scores: { writer, rows: given.length } }));
    return given.map(({ id }) => id);
  };
}

/**
 * Redacts every text of a score but its own id and the ids of the trace and span it is about. The id of a session is
 * redacted as it is in spans, so that the two still match.
 */
function redactScore(score: GivenScore, redact: RedactText): GivenScore {
  const { sessionId, name, value, label, unit, source, evaluator, comment, metadata } = score;
  return {
    ...score,
    sessionId: redact(sessionId, 'session.id'),
    name: redact(name),
    value: typeof value === 'string' ? redact(value) : value,
    label: label && redact(label),
    unit: unit && redact(unit),
    source: redact(source),
    evaluator: evaluator && redact(evaluator),
    comment: comment && redact(comment),
    metadata: metadata && redact(metadata),
  };
}

/** A change must not wait for a store that does not answer. */
const MAX_SECONDS = 2;

/** When the scores that are replaced were created. Best effort: what is still in the journal is not found. */
async function createdTimes(
  engine: AcceptScoresParts['engine'],
  project: string,
  ids: readonly string[],
): Promise<Map<string, bigint>> {
  if (ids.length === 0) return new Map();
  try {
    const rows = await engine.query<{ id: string; created_ns: string }>(
      `SELECT id, toUnixTimestamp64Nano(created) AS created_ns
       FROM scores FINAL WHERE project = {project:String} AND id IN {ids:Array(String)}`,
      { project, ids },
      { maxSeconds: MAX_SECONDS },
    );
    return new Map(rows.map((row) => [row.id, BigInt(row.created_ns)]));
  } catch {
    return new Map();
  }
}
