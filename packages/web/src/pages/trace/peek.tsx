import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Maximize2, X } from 'lucide-react';
import { type CSSProperties, useState } from 'react';
import { traceQuery } from '../../api/queries.ts';
import type { Trace } from '../../api/types.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { TraceScreen } from './trace-screen.tsx';
import { parseTraceView } from './url.ts';

interface PeekProps {
  readonly traceId: string;
  /** Id of the span to select. */
  readonly spanId?: string;
  readonly project: string;
  readonly width: number;
  readonly onClose: () => void;
}

/** A preview of a trace beside the list: the trace screen with less width. On a narrow screen it covers the list. */
export function Peek({ traceId, spanId, project, width, onClose }: PeekProps) {
  const { data, error, refetch } = useQuery({
    ...traceQuery(traceId, project),
    placeholderData: keepPreviousData,
  });
  return (
    <aside
      aria-label="Preview"
      className="fixed inset-0 z-20 flex flex-col bg-page lg:static lg:w-(--peek-width) lg:max-w-[65%] lg:shrink-0"
      style={{ '--peek-width': `${width}px` } as CSSProperties}
    >
      <div className="flex h-8 shrink-0 items-center justify-end gap-1 border-b border-line px-2">
        <span className="mr-auto truncate font-mono text-small text-ink-faint">{traceId}</span>
        <Link
          to="/t/$traceId"
          params={{ traceId }}
          search={{ project, ...(spanId !== undefined && { span: spanId }) }}
          className="control-quiet"
          aria-label="Open the trace"
        >
          <Maximize2 size={13} aria-hidden /> Open
        </Link>
        <button type="button" className="control-quiet" onClick={onClose} aria-label="Close the preview">
          <X size={14} aria-hidden />
        </button>
      </div>
      {error ? (
        <ProblemView error={error} onRetry={() => void refetch()} />
      ) : (
        data && (
          <PeekedTrace
            key={JSON.stringify([data.traceId, spanId])}
            trace={data}
            project={project}
            {...(spanId !== undefined && { spanId })}
          />
        )
      )}
    </aside>
  );
}

function PeekedTrace({ trace, project, spanId }: { trace: Trace; project: string; spanId?: string }) {
  const [view, setView] = useState(() =>
    parseTraceView({ project, ...(spanId !== undefined && { span: spanId }) }),
  );
  return <TraceScreen trace={trace} view={view} onView={setView} peeking />;
}
