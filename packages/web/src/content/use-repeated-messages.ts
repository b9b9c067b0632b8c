import { useQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import { spanQuery } from '../api/queries.ts';
import type { SpanDetail } from '../api/types.ts';
import { countRepeated } from './repeated-messages.ts';
import { TraceContext } from './tool-span-link.tsx';

/** How many input messages of a call stood in the call before it; 0 while that is not known. */
export function useRepeatedMessages(span: SpanDetail): number {
  const trace = useContext(TraceContext);
  const before = trace?.spans.reduce<string | undefined>(
    (latest, other) => (isCallBefore(other, span) ? other.spanId : latest),
    undefined,
  );
  const { data } = useQuery({
    ...spanQuery(trace?.traceId ?? '', before ?? '', trace?.project),
    enabled: before !== undefined,
  });
  if (!data || before === undefined) return 0;
  return countRepeated(
    [...(data.inputMessages ?? []), ...(data.outputMessages ?? [])],
    span.inputMessages ?? [],
  );
}

type Call = Pick<SpanDetail, 'kind' | 'parentSpanId' | 'startTime'>;

/** Siblings that talk to a model, one after the other. The list of a trace is in the order of its tree. */
function isCallBefore(other: Call, span: Call): boolean {
  return other.kind === 'llm' && other.parentSpanId === span.parentSpanId && other.startTime < span.startTime;
}
