import { useQueries } from '@tanstack/react-query';
import { ArrowLeft, ArrowRight } from 'lucide-react';
import { type ReactNode, useContext, useMemo } from 'react';
import { spanQuery } from '../../api/queries.ts';
import type { Message, SpanDetail } from '../../api/types.ts';
import { callsAfter, callsBefore } from './call-before.ts';
import { TraceContext } from './tool-span-link.tsx';

/** Links from a tool span to the model call that requested it, and to the one that read its result. */
export function ToolCallLinks({ span }: { span: SpanDetail }) {
  const trace = useContext(TraceContext);
  const callId = span.tool?.callId ?? undefined;
  const [before, after] = useMemo(
    () => (trace && callId ? [callsBefore(trace.spans, span), callsAfter(trace.spans, span)] : [[], []]),
    [trace, span, callId],
  );
  const askedBy = useCallWith(before, ({ outputMessages }) => hasPart(outputMessages, 'tool_call', callId));
  const readBy = useCallWith(after, ({ inputMessages }) =>
    hasPart(inputMessages, 'tool_call_response', callId),
  );
  if (!trace || (!askedBy && !readBy)) return null;
  return (
    <p className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-small">
      {askedBy && (
        <CallLink onClick={() => trace.onSelect(askedBy.spanId)}>
          <ArrowLeft size={12} aria-hidden /> Asked for by {askedBy.name}
        </CallLink>
      )}
      {readBy && (
        <CallLink onClick={() => trace.onSelect(readBy.spanId)}>
          Result read by {readBy.name} <ArrowRight size={12} aria-hidden />
        </CallLink>
      )}
    </p>
  );
}

function CallLink({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className="link flex min-w-0 items-center gap-0.5" onClick={onClick}>
      {children}
    </button>
  );
}

/** Loads candidates and returns the first whose content satisfies the condition. */
function useCallWith(
  spanIds: readonly string[],
  isWanted: (span: SpanDetail) => boolean,
): SpanDetail | undefined {
  const trace = useContext(TraceContext);
  return useQueries({
    queries: spanIds.map((spanId) => spanQuery(trace?.traceId ?? '', spanId, trace?.project)),
    combine: (answers) => answers.find(({ data }) => data && isWanted(data))?.data,
  });
}

function hasPart(
  messages: readonly Message[] | null,
  type: 'tool_call' | 'tool_call_response',
  callId: string | undefined,
): boolean {
  return (
    messages?.some(({ parts }) => parts.some((part) => part.type === type && part.id === callId)) ?? false
  );
}
