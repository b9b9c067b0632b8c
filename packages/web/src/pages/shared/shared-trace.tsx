import { useQuery } from '@tanstack/react-query';
import { sharedTraceQuery, traceQuery } from '../../api/queries.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { useUrlView } from '../../url/search-params.ts';
import { TraceScreen } from '../trace/trace-screen.tsx';
import { TraceSkeleton } from '../trace/trace-skeleton.tsx';
import { parseTraceView, printTraceView } from '../trace/url.ts';

/** A trace that a public link opens, for people without any other access. */
export function SharedTracePage() {
  const link = useQuery({ ...sharedTraceQuery, retry: false });
  const traceId = link.data?.traceId;
  // The server takes the project from the link.
  const trace = useQuery({ ...traceQuery(traceId ?? '', ''), enabled: traceId !== undefined });
  // Without a project the page shows nothing that needs access to one, such as scores.
  const [{ project: _, ...view }, setView] = useUrlView(parseTraceView, printTraceView);
  useTitle(trace.data ? trace.data.name || trace.data.traceId : 'Shared trace');
  const error = link.error ?? trace.error;
  return (
    <div className="flex h-full flex-col">
      <header className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-3 border-b border-line bg-rail px-3 text-small text-ink-soft">
        <span className="flex items-center gap-2 font-medium text-ink">
          <img src="/icon.svg" alt="" width={16} height={16} /> Throughline
        </span>
        <span>Shared trace, read only</span>
        {link.data?.expiresAt && <Expiry time={link.data.expiresAt} />}
      </header>
      <main id="page" className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto outline-none">
        {trace.data ? (
          <TraceScreen trace={trace.data} view={view} onView={setView} readOnly />
        ) : error ? (
          <ProblemView
            error={error}
            onRetry={() => void (traceId === undefined ? link.refetch() : trace.refetch())}
          />
        ) : (
          <TraceSkeleton />
        )}
      </main>
    </div>
  );
}

function Expiry({ time }: { time: string }) {
  const at = parseTimestamp(time);
  return (
    at && (
      <span className="ml-auto">
        The link works until <time dateTime={time}>{formatInstant(at.epochMs, Date.now())}</time>
      </span>
    )
  );
}
