import type { Document } from '../../model/content.ts';
import { formatCount } from '../format.ts';
import { printableName } from '../printable-name.ts';
import { passagesOf, REPEATS, repeatedShare, wordsOf } from './passages.ts';
import { type ConclusionPart, type ConclusionSentence, sentence } from './sentence.ts';

/** A retriever or reranker with what it returned, in its order. */
export interface FoundDocuments {
  readonly spanId: string;
  readonly name: string;
  /** ISO 8601 with a fixed width. */
  readonly startTime: string;
  readonly documents: readonly Document[];
}

/** The prompt and the answer of a model call. */
export interface AnsweredPrompt {
  readonly spanId: string;
  readonly startTime: string;
  readonly prompt: string;
  readonly answer: string;
}

/** A document with a better score than this part of the best is as good as the best. */
const AS_GOOD = 0.98;
const MOST_DOCUMENTS = 200;

interface Judged {
  readonly document: Document;
  readonly rank: number;
  readonly words: string;
  /** Undefined if the document is too short to be recognised, or has no content. */
  readonly reached: boolean | undefined;
}

/**
 * Reports how documents were used: whether the best one reached a prompt, and which one the answer quotes or was marked
 * as used. Judges the last search before the last answer. Undefined if the content is not enough to decide.
 */
export function concludeDocuments(
  searches: readonly FoundDocuments[],
  calls: readonly AnsweredPrompt[],
): ConclusionSentence | undefined {
  const last = calls.toSorted(byStart).findLast(({ prompt }) => prompt !== '');
  if (!last) return undefined;
  const search = searches
    .toSorted(byStart)
    .findLast(({ startTime, documents }) => startTime <= last.startTime && documents.length > 0);
  if (!search) return undefined;
  const after = calls.filter(({ startTime }) => startTime >= search.startTime);
  const prompts = after.map(({ prompt }) => wordsOf(prompt));
  const judged = search.documents
    .slice(0, MOST_DOCUMENTS)
    .map((document, rank) => judge(document, rank, prompts));
  return concludeBest(search, judged, last) ?? concludeAnswer(search, judged, last);
}

function byStart(a: { readonly startTime: string }, b: { readonly startTime: string }): number {
  return a.startTime < b.startTime ? -1 : a.startTime > b.startTime ? 1 : 0;
}

function judge(document: Document, rank: number, prompts: readonly string[]): Judged {
  const words = wordsOf(document.content ?? '');
  const passages = passagesOf(words);
  const reached =
    passages.length === 0
      ? undefined
      : prompts.some((prompt) => passages.some((passage) => prompt.includes(passage)));
  return { document, rank, words, reached };
}

/** Whether the best document is missing from every prompt, although others are there, or all are missing. */
function concludeBest(
  search: FoundDocuments,
  judged: readonly Judged[],
  { spanId: answeredBy }: AnsweredPrompt,
): ConclusionSentence | undefined {
  const known = judged.filter(({ reached }) => reached !== undefined);
  const best = bestOf(judged);
  if (best?.reached !== false) return undefined;
  const reached = known.filter((each) => each.reached).length;
  // If several documents are equally good, it is enough that one of them reached the prompt.
  const asGood = known.some(
    (each) =>
      each.reached &&
      (each.document.score ?? 0) >= (best.document.score ?? Number.POSITIVE_INFINITY) * AS_GOOD,
  );
  if (asGood) return undefined;
  const figures = {
    documents: judged.length,
    reached,
    rank: best.rank + 1,
    ...(best.document.score !== undefined && { score: best.document.score }),
  };
  const name: ConclusionPart = { text: printableName(search.name), spanIds: [search.spanId] };
  if (reached === 0)
    return sentence(
      'documents',
      'best-document-unused',
      figures,
      judged.length === 1
        ? 'The only document of '
        : `None of the ${formatCount(judged.length)} documents of `,
      name,
      judged.length === 1 ? ' does not appear in ' : ' appears in ',
      { text: 'a prompt', spanIds: [answeredBy] },
      '.',
    );
  return sentence(
    'documents',
    'best-document-unused',
    figures,
    'The best document of ',
    name,
    ` (${describe(best)}) never reached `,
    { text: 'a prompt', spanIds: [answeredBy] },
    `; ${formatCount(reached)} of ${formatCount(judged.length)} did.`,
  );
}

/** The document with the best score or, without scores, the first. */
function bestOf(judged: readonly Judged[]): Judged | undefined {
  return judged.reduce<Judged | undefined>(
    (best, each) =>
      best === undefined ||
      (each.document.score ?? Number.NEGATIVE_INFINITY) > (best.document.score ?? Number.NEGATIVE_INFINITY)
        ? each
        : best,
    undefined,
  );
}

/** Which documents the answer was marked to use or, without marks, repeats. */
function concludeAnswer(
  search: FoundDocuments,
  judged: readonly Judged[],
  call: AnsweredPrompt,
): ConclusionSentence | undefined {
  const name: ConclusionPart = { text: printableName(search.name), spanIds: [search.spanId] };
  const answer: ConclusionPart = { text: 'The answer', spanIds: [call.spanId] };
  const used = judged.filter(({ document }) => document.used);
  if (used.length > 0)
    return sentence(
      'documents',
      'answer-documents',
      { documents: judged.length, used: used.length },
      answer,
      ' uses ',
      ...namesOf(used),
      ' of ',
      name,
      '.',
    );
  const answerWords = wordsOf(call.answer);
  const repeated = judged
    .map((each) => ({ each, share: repeatedShare(answerWords, each.words) }))
    .filter(({ share }) => share >= REPEATS)
    .sort((a, b) => b.share - a.share || a.each.rank - b.each.rank)
    .map(({ each }) => each);
  if (repeated.length === 0) return undefined;
  return sentence(
    'documents',
    'answer-documents',
    { documents: judged.length, used: repeated.length },
    answer,
    ' repeats passages of ',
    ...namesOf(repeated),
    ' of ',
    name,
    '.',
  );
}

const MOST_NAMED = 2;

function namesOf(judged: readonly Judged[]): readonly string[] {
  const names = judged.slice(0, MOST_NAMED).map(nameOf).join(' and ');
  const more = judged.length - MOST_NAMED;
  return more > 0 ? [names, ` and ${formatCount(more)} more`] : [names];
}

/** `doc-a, score 0.93` */
function describe(judged: Judged): string {
  const { score } = judged.document;
  return score === undefined ? nameOf(judged) : `${nameOf(judged)}, score ${Number(score.toPrecision(3))}`;
}

/** The id of a document, or its place in the list if it has none. */
function nameOf({ document: { id }, rank }: Judged): string {
  return id ? printableName(id) : `number ${formatCount(rank + 1)}`;
}
