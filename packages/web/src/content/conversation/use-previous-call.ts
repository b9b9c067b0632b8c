import { useQuery } from '@tanstack/react-query';
import { useContext, useMemo } from 'react';
import { spanQuery } from '../../api/queries.ts';
import type { SpanDetail } from '../../api/types.ts';
import { callBefore } from './call-before.ts';
import { countRepeated } from './repeated-messages.ts';
import { TraceContext } from './tool-span-link.tsx';

/** The previous model call of the trace, and what the call has in common with it. */
export interface PreviousCall {
  readonly span: SpanDetail;
  /** Number of input messages that were already in the previous call, as its input or output. */
  readonly repeated: number;
}

/** The previous model call; null if there is none or it cannot be read, undefined while it loads. */
export function usePreviousCall(span: SpanDetail): PreviousCall | null | undefined {
  const trace = useContext(TraceContext);
  const before = useMemo(() => trace && callBefore(trace.spans, span), [trace, span]);
  const isKnown = before !== undefined && before !== null;
  const { data, isError } = useQuery({
    ...spanQuery(trace?.traceId ?? '', before ?? '', trace?.project),
    enabled: isKnown,
  });
  return useMemo(() => {
    if (!isKnown || isError) return null;
    if (!data) return undefined;
    const earlier = [...(data.inputMessages ?? []), ...(data.outputMessages ?? [])];
    return { span: data, repeated: countRepeated(earlier, span.inputMessages ?? []) };
  }, [isKnown, isError, data, span]);
}
