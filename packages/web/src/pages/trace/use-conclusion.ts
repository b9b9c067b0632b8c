import { useQuery } from '@tanstack/react-query';
import type { Conclusion } from '@throughline/spans';
import { useMemo } from 'react';
import { conclusionQuery } from '../../api/queries.ts';
import type { Trace } from '../../api/types.ts';

/** The server does not read the content of larger traces for the page. */
const MOST_SPANS = 20_000;

/**
 * The conclusion from the facts of the spans and, if the trace has documents, what became of them. That part needs the
 * content of several spans, so it is read from the server and appears a little later, at the end.
 */
export function useConclusion(
  trace: Trace,
  project: string | undefined,
  ofFacts: Conclusion | undefined,
): Conclusion | undefined {
  const hasDocuments = useMemo(
    () => trace.spans.some(({ documentCount }) => documentCount !== null && documentCount > 0),
    [trace.spans],
  );
  const { data } = useQuery({
    ...conclusionQuery(trace.traceId, project ?? ''),
    enabled: project !== undefined && hasDocuments && trace.spanCount <= MOST_SPANS,
  });
  return useMemo(() => {
    const ofDocuments = data?.sentences.filter(({ topic }) => topic === 'documents') ?? [];
    if (!ofFacts || ofDocuments.length === 0) return ofFacts;
    return { sentences: [...ofFacts.sentences, ...ofDocuments] } as Conclusion;
  }, [ofFacts, data]);
}
