import { useQuery } from '@tanstack/react-query';
import { useContext, useMemo } from 'react';
import { spanQuery } from '../../api/queries.ts';
import type { SpanDetail } from '../../api/types.ts';
import { callBefore } from './call-before.ts';
import { countRepeated } from './repeated-messages.ts';
import { TraceContext } from './tool-span-link.tsx';

/** Number of input messages that were already in the previous call; 0 until that is known. */
export function useRepeatedMessages(span: SpanDetail): number {
  const trace = useContext(TraceContext);
  const before = useMemo(() => trace && callBefore(trace.spans, span), [trace, span]);
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
