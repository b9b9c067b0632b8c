import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { userTracesQuery } from '../../api/queries.ts';
import type { TraceSummary } from '../../api/types.ts';
import { showCost, showDuration } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { visibleName } from '../../format/visible-name.ts';
import { PreviewCell } from '../../list/cells.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { Value } from '../../ui/value.tsx';
import { type ListOfUser, SHOWN } from './list-of-user.ts';
import { ListSection } from './list-section.tsx';

/** The last traces of the user, with what was said. */
export function LastTraces({ project, q, bounds }: ListOfUser) {
  const state = useQuery(userTracesQuery({ project, q, ...bounds, limit: SHOWN }));
  return (
    <ListSection
      title="Last traces"
      state={state}
      all={{ link: { to: '/', search: { project, ...bounds, q } }, text: 'All traces' }}
    >
      {state.data?.traces.length === 0 && <p className="py-2 text-ink-faint">No traces in this time.</p>}
      <ul>
        {state.data?.traces.map((trace) => (
          <TraceRow key={trace.traceId} trace={trace} project={project} />
        ))}
      </ul>
    </ListSection>
  );
}

function TraceRow({ trace, project }: { trace: TraceSummary; project: string }) {
  const start = parseTimestamp(trace.startTime);
  return (
    <li className="border-b border-line py-1.5">
      <div className="flex min-w-0 items-center gap-x-3">
        <span className="flex min-w-0 flex-1 items-center gap-1">
          <StatusMark status={trace.status} running={trace.running} failures={trace.errorCount} />
          <Link
            to="/t/$traceId"
            params={{ traceId: trace.traceId }}
            search={{ project }}
            title={trace.name}
            className="min-w-0 truncate underline-offset-2 hover:text-accent hover:underline"
          >
            {visibleName(trace.name) || '(no name)'}
          </Link>
        </span>
        {start && (
          <time
            dateTime={trace.startTime}
            title={trace.startTime}
            className="shrink-0 text-small text-ink-soft"
          >
            {formatInstant(start.epochMs, Date.now())}
          </time>
        )}
        <span className="w-16 shrink-0 text-right">
          {trace.running ? (
            <span className="text-accent">running</span>
          ) : (
            <Value shown={showDuration(trace.durationMs)} />
          )}
        </span>
        <span className="w-20 shrink-0 text-right">
          <Value shown={showCost(trace.costUsd, trace)} />
        </span>
      </div>
      {(trace.inputPreview !== null || trace.outputPreview !== null) && (
        <div className="flex min-w-0 pl-4 text-small">
          <PreviewCell input={trace.inputPreview} output={trace.outputPreview} />
        </div>
      )}
    </li>
  );
}
