import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { topSpansQuery, topTracesQuery } from '../../api/queries.ts';
import type { ListedSpan, TraceSummary } from '../../api/types.ts';
import { showCost, showCount, showDuration } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { visibleName } from '../../format/visible-name.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { Value } from '../../ui/value.tsx';
import { useDashboard } from './dashboard-context.ts';
import type { Panel } from './panel.ts';
import { PanelFrame, PanelNote, PanelProblem, PanelSkeleton } from './panel-frame.tsx';
import { joinedFilter } from './use-metrics.ts';

type TopPanelProps = Extract<Panel, { chart: 'top' }> & { readonly className?: string };

const ROWS = 10;

/** The first ten spans or traces of an order. Each row opens its trace. */
export function TopPanel({ title, describes, of, sort, q, className }: TopPanelProps) {
  const { project, view, fromMs, toMs } = useDashboard();
  const filter = joinedFilter(view.q, q);
  const query = {
    project,
    sort: sort as '-costUsd',
    limit: ROWS,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    ...(filter !== '' && { q: filter }),
  };
  const spans = useQuery({ ...topSpansQuery(query), enabled: of === 'spans' });
  const traces = useQuery({ ...topTracesQuery(query), enabled: of === 'traces' });
  const { error, isPlaceholderData } = of === 'spans' ? spans : traces;
  const rows = of === 'spans' ? spans.data?.spans : traces.data?.traces;
  const all = {
    project,
    from: query.from,
    to: query.to,
    ...(filter !== '' && { q: filter }),
    ...(sort !== '-startTime' && { sort }),
  };
  return (
    <PanelFrame
      {...{ title, describes, className: className ?? '', isStale: isPlaceholderData }}
      aside={
        <Link
          to={of === 'spans' ? '/spans' : '/'}
          search={all}
          className="link ml-auto text-small whitespace-nowrap"
        >
          All
        </Link>
      }
    >
      {error && !rows ? (
        <PanelProblem error={error} />
      ) : !rows ? (
        <PanelSkeleton />
      ) : rows.length === 0 ? (
        <PanelNote>Nothing in this range.</PanelNote>
      ) : (
        <ol className="flex flex-col">
          {rows.map((row) => (
            <TopRow
              key={'spanId' in row ? `${row.traceId} ${row.spanId}` : row.traceId}
              row={row}
              project={project}
              sort={sort}
            />
          ))}
        </ol>
      )}
    </PanelFrame>
  );
}

function TopRow({ row, project, sort }: { row: ListedSpan | TraceSummary; project: string; sort: string }) {
  const isSpan = 'spanId' in row;
  const started = parseTimestamp(row.startTime);
  const details = isSpan ? (row.model ?? row.toolName ?? '') : (row.models[0] ?? '');
  return (
    <li className="border-t border-line/60 first:border-t-0">
      <Link
        to="/t/$traceId"
        params={{ traceId: row.traceId }}
        search={{ project, ...(isSpan && { span: row.spanId }) }}
        className="flex h-7 items-center gap-2 hover:bg-hover"
      >
        {isSpan && <KindIcon kind={row.kind} />}
        <span
          className={`min-w-0 shrink truncate ${row.status === 'error' ? 'text-error' : ''}`}
          title={row.name}
        >
          {visibleName(row.name)}
        </span>
        <span className="hidden min-w-0 shrink-[2] truncate text-small text-ink-faint sm:inline">
          {visibleName(details)}
        </span>
        <span className="ml-auto shrink-0 pl-2 text-right text-small whitespace-nowrap text-ink-faint">
          {started ? formatInstant(started.epochMs, Date.now()) : ''}
        </span>
        <span className="w-20 shrink-0 text-right">
          <Value shown={figureOf(row, sort)} />
        </span>
      </Link>
    </li>
  );
}

function figureOf(row: ListedSpan | TraceSummary, sort: string) {
  if (sort === '-costUsd') return showCost(row.costUsd, 'unpricedCalls' in row ? row : undefined);
  if (sort === '-spanCount' && 'spanCount' in row) return showCount(row.spanCount);
  return showDuration(row.durationMs);
}
