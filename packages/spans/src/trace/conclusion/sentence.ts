import { printableName } from '../printable-name.ts';
import type { TraceLayout } from '../trace-layout.ts';

/** Topics of sentences. */
export const CONCLUSION_TOPICS = ['running', 'errors', 'time', 'cost', 'clocks', 'documents'] as const;
/** A topic of a sentence. */
export type ConclusionTopic = (typeof CONCLUSION_TOPICS)[number];

/** Causes of sentences. Clients with their own wording use the cause and its figures. */
export const CONCLUSION_CAUSES = [
  'waiting-for-span',
  'never-ended',
  'failed-trace',
  'failed-retries',
  'retried',
  'survived-failure',
  'slow-step',
  'slow-call',
  'loop',
  'slow-kind',
  'unrecorded-time',
  'no-slow-step',
  'slow-branch',
  'one-after-another',
  'expensive-step',
  'expensive-call',
  'no-expensive-step',
  'no-price',
  'no-model-calls',
  'clock-difference',
  'best-document-unused',
  'answer-documents',
  'answer-without-documents',
] as const;
/** A cause of a sentence. */
export type ConclusionCause = (typeof CONCLUSION_CAUSES)[number];

/** A piece of a sentence. If it names spans, it is shown as a link to them. */
export interface ConclusionPart {
  readonly text: string;
  /** The span to open first; at most {@link MAX_LINKED_SPANS}. */
  readonly spanIds?: readonly string[];
}

/** One sentence about a trace, with links to the spans that it names. */
export interface ConclusionSentence {
  readonly topic: ConclusionTopic;
  readonly cause: ConclusionCause;
  readonly parts: readonly ConclusionPart[];
  /** The figures in the sentence, with their unit in the name: `criticalMs`, `costUsd`, `share` from 0 to 1. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A few sentences about a trace, the most important first. */
export interface Conclusion {
  readonly sentences: readonly ConclusionSentence[];
}

/** Maximum number of spans that a part names. */
export const MAX_LINKED_SPANS = 100;

/** A link to spans, shown as `label`. */
export function link(layout: TraceLayout, label: string, indexes: Iterable<number>): ConclusionPart {
  const spanIds: string[] = [];
  for (const index of indexes) {
    const spanId = layout.spans[index]?.spanId;
    if (spanId === undefined) continue;
    if (spanIds.length === MAX_LINKED_SPANS) break;
    spanIds.push(spanId);
  }
  return { text: printableName(label), spanIds };
}

/** A link to one span with its name. */
export function linkTo(layout: TraceLayout, index: number): ConclusionPart {
  return link(layout, layout.spans[index]?.name || '(no name)', [index]);
}

export function sentence(
  topic: ConclusionTopic,
  cause: ConclusionCause,
  figures: Readonly<Record<string, number>>,
  ...parts: readonly (string | ConclusionPart)[]
): ConclusionSentence {
  return { topic, cause, figures, parts: joinTexts(parts) };
}

/** Joins neighbouring texts, so that a sentence has as few parts as possible. */
function joinTexts(parts: readonly (string | ConclusionPart)[]): readonly ConclusionPart[] {
  const joined: ConclusionPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part !== 'string') joined.push(part);
    else if (part === '') continue;
    else if (last && !last.spanIds) joined[joined.length - 1] = { text: last.text + part };
    else joined.push({ text: part });
  }
  return joined;
}

/** Parts separated as in `a, b and c`. */
export function listed(parts: readonly ConclusionPart[]): readonly (string | ConclusionPart)[] {
  return parts.flatMap((part, i) => (i === 0 ? [part] : [i === parts.length - 1 ? ' and ' : ', ', part]));
}

/** The sentences as one text. */
export function formatConclusion({ sentences }: Conclusion): string {
  return sentences.map(textOf).join(' ');
}

/** Returns a sentence as text. */
export function textOf({ parts }: ConclusionSentence): string {
  return parts.map(({ text }) => text).join('');
}
