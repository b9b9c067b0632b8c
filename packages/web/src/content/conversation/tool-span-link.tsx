import { useQueries } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { createContext, useContext } from 'react';
import { spanQuery } from '../../api/queries.ts';
import type { SpanSummary } from '../../api/types.ts';

/** The trace that a message belongs to. It allows a tool call to link to the span that ran it. */
interface TraceContextValue {
  readonly traceId: string;
  readonly project: string | undefined;
  readonly spans: readonly SpanSummary[];
  readonly onSelect: (spanId: string) => void;
  /** Start of the selected span, ISO 8601. The spans of its tool calls are looked for around it. */
  readonly aroundTime?: string | undefined;
}

export const TraceContext = createContext<TraceContextValue | null>(null);

/** Maximum number of spans with the tool's name that are loaded to compare their call ids. */
const MOST_CANDIDATES = 8;

/** A link from a tool call to the span that ran it. It appears when a tool span with the same call id is found. */
export function ToolSpanLink({ name, callId }: { name: string | undefined; callId: string | undefined }) {
  const trace = useContext(TraceContext);
  const candidates =
    trace && callId
      ? trace.spans
          .filter((span) => isTool(span, name))
          .toSorted(byDistance(trace.aroundTime))
          .slice(0, MOST_CANDIDATES)
      : [];
  const found = useQueries({
    queries: candidates.map((span) => spanQuery(trace?.traceId ?? '', span.spanId, trace?.project)),
    combine: (answers) => answers.find(({ data }) => data?.tool?.callId === callId)?.data?.spanId,
  });
  if (!trace || !found) return null;
  return (
    <button
      type="button"
      className="link ml-auto flex shrink-0 items-center gap-0.5"
      onClick={() => trace.onSelect(found)}
    >
      Go to tool span <ArrowRight size={12} aria-hidden />
    </button>
  );
}

/** Whether a span ran the tool with this name, or any tool if the name is not known. */
function isTool(span: SpanSummary, name: string | undefined): boolean {
  return span.kind === 'tool' && (name === undefined || (span.toolName ?? span.name) === name);
}

/** Sorts spans by how far they start from an instant, so that the tool of a late call is among the first. */
function byDistance(around: string | undefined): (a: SpanSummary, b: SpanSummary) => number {
  const at = Date.parse(around ?? '');
  if (Number.isNaN(at)) return () => 0;
  const distance = ({ startTime }: SpanSummary) => Math.abs(Date.parse(startTime) - at);
  return (a, b) => distance(a) - distance(b);
}
