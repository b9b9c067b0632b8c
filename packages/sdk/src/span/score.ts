import { contentText } from '../content/capture.ts';
import { cut } from '../content/limited-text.ts';
import { type Client, currentClient } from '../core/client.ts';
import { swallow, warnOnce } from '../core/report.ts';
import { activeSpan } from './span.ts';

/**
 * What is judged: the active span, the trace around it, or anything by its id. A `Span` will do too.
 */
export type ScoreTarget =
  | 'span'
  | 'trace'
  | { readonly traceId: string; readonly spanId?: string | undefined }
  | { readonly sessionId: string };

export interface ScoreOptions {
  /** Why. Up to 10,000 characters. */
  readonly comment?: string | undefined;
  /** Who judged: `human`, `code`, `llm` or your own word. @default 'code' */
  readonly source?: string | undefined;
  /** Which of them, e.g. the name of a check. */
  readonly evaluator?: string | undefined;
  /** What a number means in words: `pass`. */
  readonly label?: string | undefined;
  readonly unit?: string | undefined;
  /** A score with the same id is replaced. @default target, name, source and evaluator decide */
  readonly id?: string | undefined;
  /** Up to 64 kB as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What the server takes; one score beyond them would be refused with all that are sent with it. */
const MAX = { name: 200, id: 200, target: 800, word: 500, comment: 10_000, metadata: 64 << 10 };

/**
 * Sends one judgement: a number, a category or a boolean. It may come before the trace or long after it. Delivered
 * like spans: in the background, again until accepted. Does nothing where there is no target or nothing is sent.
 *
 * @example score('trace', 'helpful', true, { comment: 'solved it', source: 'human' })
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
        `the score "${cut(String(name), 50)}" is not sent: its name, id or value is empty or too long`,
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
