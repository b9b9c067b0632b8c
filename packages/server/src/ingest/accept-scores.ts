import type { Journal } from '../journal/journal.ts';
import { batchOf } from '../tables/ingest-tables.ts';
import { writeRow } from '../tables/row-binary/columns.ts';
import { RowBinaryWriter } from '../tables/row-binary/row-binary-writer.ts';
import { SCORE_COLUMNS, type Score, scoreIdOf } from '../tables/score-row.ts';
import { SCORE_START_COLUMNS } from '../tables/score-start-row.ts';

export interface AcceptScoresParts {
  readonly journal: Pick<Journal, 'append'>;
  /** The current time in nanoseconds since 1970. Never returns the same value twice. */
  readonly now: () => bigint;
  /** Redacts the texts of scores before anything is stored. */
  readonly redactText?: RedactText | undefined;
}

/** Redacts a text. The key is context, see `RedactionContext`. */
export type RedactText = (text: string, key?: string) => string;

/** A score as sent. Without a creation time, it was created when the first score with its id arrived. */
export type GivenScore = Omit<Score, 'createdUnixNano'> & { readonly createdUnixNano: bigint | undefined };

/** Resolves with the ids, in order, once the scores would survive a crash. @throws ThroughlineError */
export type AcceptScores = (project: string, scores: readonly GivenScore[]) => Promise<string[]>;

export function createAcceptScores({ journal, now, redactText }: AcceptScoresParts): AcceptScores {
  return async (project, sent) => {
    const version = now();
    const given = redactText ? sent.map((score) => redactScore(score, redactText)) : sent;
    const scores = new RowBinaryWriter(1 << 12);
    const starts = new RowBinaryWriter(1 << 10);
    const ids = given.map((score) => {
      // A score without a time has the time of its receipt. Readers then take that of the first score with its id.
      const createdUnixNano = score.createdUnixNano ?? version;
      const complete = { ...score, createdUnixNano };
      const id = scoreIdOf(complete);
      writeRow(SCORE_COLUMNS, scores, { project, id, score: complete, version });
      writeRow(SCORE_START_COLUMNS, starts, { project, id, createdUnixNano, version });
      return id;
    });
    const rows = ids.length;
    await journal.append(
      batchOf({ scores: { writer: scores, rows }, score_starts: { writer: starts, rows } }),
    );
    return ids;
  };
}

/**
 * Redacts every text of a score except its own id and the ids of its trace and span. Session ids are redacted in the
 * same way as in spans, so that they still match.
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
