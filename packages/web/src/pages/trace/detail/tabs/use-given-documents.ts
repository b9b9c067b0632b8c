import { useQueries } from '@tanstack/react-query';
import type { GivenDocument } from '@throughline/spans';
import { useContext, useMemo } from 'react';
import { spanQuery } from '../../../../api/queries.ts';
import type { SpanDetail } from '../../../../api/types.ts';
import { TraceContext } from '../../../../content/conversation/tool-span-link.tsx';

/** Number of searches before a call whose documents are loaded. */
const MOST_SEARCHES = 4;

/** The documents that the searches of the trace returned before a model call, the latest search first. */
export function useGivenDocuments(span: SpanDetail): readonly GivenDocument[] {
  const trace = useContext(TraceContext);
  const searches = useMemo(
    () =>
      (trace?.spans ?? [])
        .filter(({ documentCount, startTime }) => (documentCount ?? 0) > 0 && startTime < span.startTime)
        .toSorted((a, b) => (a.startTime < b.startTime ? 1 : -1))
        .slice(0, MOST_SEARCHES),
    [trace, span.startTime],
  );
  return useQueries({
    queries: searches.map(({ spanId }) => spanQuery(span.traceId, spanId, trace?.project)),
    combine: (answers) => documentsOf(answers.flatMap(({ data }) => data ?? [])),
  });
}

/** A reranker returns documents that the retriever also returned. The same text counts once. */
function documentsOf(spans: readonly SpanDetail[]): readonly GivenDocument[] {
  const seen = new Set<string>();
  return spans.flatMap(({ spanId, documents }) =>
    (documents ?? []).flatMap(({ id, content, score }, index): GivenDocument[] => {
      if (!content || seen.has(content)) return [];
      seen.add(content);
      return [{ spanId, index, content, ...(id !== null && { id }), ...(score !== null && { score }) }];
    }),
  );
}
