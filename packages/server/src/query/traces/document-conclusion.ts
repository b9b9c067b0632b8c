import {
  answerTextOf,
  type ConclusionSentence,
  concludeDocuments,
  type DocumentMark,
  markUsedDocuments,
  promptTextOf,
} from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import type { SpanSummary } from '../../contract/span.ts';
import { type ProjectScope, type SpanRange, startsWithin } from '../project-scope.ts';
import { readContents } from '../spans/read-contents.ts';
import { spanKey } from '../spans/span-key.ts';

/** The latest searches and model calls that are read; earlier ones rarely matter for the answer. */
const MAX_SEARCHES = 8;
const MAX_CALLS = 12;
/** Larger spans are left out, so that at most 10 MB are read. */
const MAX_SPAN_BYTES = 500_000;
/** The end of a longer prompt is examined. */
const MAX_PROMPT_CHARACTERS = 100_000;

/** A trace whose spans and marks of used documents were read. */
export interface TraceOfDocuments {
  readonly traceId: string;
  readonly range: SpanRange;
  /** Sorted by start. */
  readonly spans: readonly Pick<SpanSummary, 'spanId' | 'kind' | 'documentCount'>[];
  readonly marks: readonly DocumentMark[];
}

/** Finds out how the documents of a trace were used, from the content of its latest searches and model calls. */
export async function concludeDocumentsOfTrace(
  scope: ProjectScope,
  { traceId, range, spans, marks }: TraceOfDocuments,
  limits?: QueryLimits,
): Promise<ConclusionSentence | undefined> {
  const latestFirst = spans.toReversed();
  const searches = latestFirst.filter(({ documentCount }) => (documentCount ?? 0) > 0).slice(0, MAX_SEARCHES);
  if (searches.length === 0) return undefined;
  const calls = latestFirst.filter(({ kind }) => kind === 'llm').slice(0, MAX_CALLS);
  const ids = [...searches, ...calls].map(({ spanId }) => spanId);
  const these = sql`trace_id = ${traceId} AND ${startsWithin(range)} AND span_id IN ${ids}`;
  const contents = await readContents(scope, these, MAX_SPAN_BYTES, limits);
  const contentsOf = (some: readonly { readonly spanId: string }[]) =>
    some.flatMap(({ spanId }) => contents.get(spanKey({ traceId, spanId })) ?? []);
  return concludeDocuments(
    contentsOf(searches).map(({ spanId, name, startTime, content }) => ({
      spanId,
      name,
      startTime,
      documents: markUsedDocuments(content, spanId, marks).retrieval?.documents ?? [],
    })),
    contentsOf(calls).map(({ spanId, startTime, content }) => ({
      spanId,
      startTime,
      prompt: promptTextOf(content, MAX_PROMPT_CHARACTERS),
      answer: answerTextOf(content, MAX_PROMPT_CHARACTERS),
    })),
  );
}
