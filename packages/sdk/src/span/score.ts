import { contentText } from '../content/capture.ts';
import { cut } from '../content/limited-text.ts';
import { type Client, currentClient } from '../context/client.ts';
import { swallow, warnOnce } from '../core/report.ts';
import { activeSpan } from './start-span.ts';

/**
 * What a score applies to: the active span (`'span'`), its trace (`'trace'`), or a span, trace or session by id. You can
 * also pass a `Span`.
 */
export type ScoreTarget =
  | 'span'
  | 'trace'
  | { readonly traceId: string; readonly spanId?: string | undefined }
  | { readonly sessionId: string };

/** Optional fields of a score. */
export interface ScoreOptions {
  /** Explanation of the score. Truncated to 10,000 characters. */
  readonly comment?: string | undefined;
  /** Origin of the score: `human`, `code`, `llm` or a name of your own. Default: 'code'. */
  readonly source?: string | undefined;
  /** Name of the person, check or judge that produced the score. */
  readonly evaluator?: string | undefined;
  /** Meaning of a numeric value in words, e.g. `pass`. */
  readonly label?: string | undefined;
  /** Unit of a numeric value, e.g. `ms`. */
  readonly unit?: string | undefined;
  /**
   * Id of the score. A later score with the same id replaces it. Default: derived from target, name, source and
   * evaluator.
   */
  readonly id?: string | undefined;
  /** Further data. Ignored if it is larger than 64 KiB as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** Limits of the server. A request with one score above them would be rejected as a whole. */
const MAX = { name: 200, id: 200, target: 800, word: 500, comment: 10_000, metadata: 64 << 10 };

/**
 * Records a score: a number, a category or a boolean. It may be sent before the trace or long after it. Like spans,
 * scores are sent in the background and retried. Does nothing if there is no active span for the target, or if nothing
 * is sent to a server. Never throws: if the name, id or value is empty or too long, the score is dropped with a warning.
 *
 * @param name Name of the score, up to 200 characters.
 * @param value A finite number, a boolean, or a category of up to 500 characters.
 * @example
 * score('trace', 'helpful', true, { comment: 'solved it', source: 'human' });
 */
export function score(
  target: ScoreTarget,
  name: string,
  value: number | string | boolean,
  options: ScoreOptions = {},
): void {
  try {
    const client = currentClient();
    const ids = idsOf(target);
    if (!client?.delivery || ids === undefined) return;
    if (!isScore(name, value, ids, options)) {
      warnOnce(
        `the score "${cut(String(name), 50)}" was not sent: its name, id or value is empty or too long`,
      );
      return;
    }
    client.delivery.addScore(JSON.stringify({ ...ids, name, value, ...details(options, client) }));
  } catch (error) {
    swallow('recording a score', error);
  }
}

function isScore(name: string, value: unknown, ids: Ids, { id }: ScoreOptions): boolean {
  const targets = Object.values(ids) as (string | undefined)[];
  return (
    isTextUpTo(MAX.name, name) &&
    (id === undefined || isTextUpTo(MAX.id, id)) &&
    targets.every((each) => each === undefined || isTextUpTo(MAX.target, each)) &&
    (typeof value === 'boolean' || Number.isFinite(value) || isTextUpTo(MAX.word, value))
  );
}

function isTextUpTo(length: number, value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= length;
}

function details(options: ScoreOptions, { config: { capture } }: Client): Record<string, unknown> {
  const { comment, metadata, source, evaluator, label, unit, id } = options;
  const short = (text: string | undefined) => (text === undefined ? undefined : cut(text, MAX.word));
  const masked = (key: string, value: unknown) =>
    value === undefined ? undefined : contentText(key, value, capture, undefined);
  const commentText = masked('score.comment', comment);
  const metadataText = masked('score.metadata', metadata);
  return {
    id,
    source: short(source) || 'code',
    evaluator: short(evaluator),
    label: short(label),
    unit: short(unit),
    comment: commentText === undefined ? undefined : cut(commentText, MAX.comment),
    ...(metadataText !== undefined && metadataText.length <= MAX.metadata
      ? { metadata: JSON.parse(metadataText) }
      : {}),
  };
}

interface Ids {
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly sessionId?: string | undefined;
}

const NO_TRACE = /^0*$/;

function idsOf(target: ScoreTarget): Ids | undefined {
  if (typeof target === 'object' && 'sessionId' in target) return { sessionId: target.sessionId };
  const span = typeof target === 'object' ? target : activeSpan();
  if (span === undefined || NO_TRACE.test(span.traceId)) return undefined;
  return target === 'trace' || span.spanId === undefined
    ? { traceId: span.traceId }
    : { traceId: span.traceId, spanId: span.spanId };
}
