import { Link } from '@tanstack/react-router';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { useProject } from '../../frame/use-project.ts';
import { labelOf, RECENT, recentReaching, type TimeRange } from '../../url/time-range.ts';
import { useDashboard } from './dashboard-context.ts';
import type { Dashboard } from './panel.ts';
import { printDashboardView } from './url.ts';

const HOUR_MS = 3_600_000;

/** Shown if the range has no spans that pass the filter, with the way to some. */
export function EmptyDashboard({ dashboard: { name, range } }: { readonly dashboard: Dashboard }) {
  const { project, view, nowMs } = useDashboard();
  const { projects } = useProject();
  const last = parseTimestamp(projects.find((each) => each.name === project)?.lastSpanAt ?? '')?.epochMs;
  const nearest = last === undefined ? undefined : rangeWith(last, nowMs);
  const link = (change: Partial<typeof view>) => ({
    to: '/dashboards/$name' as const,
    params: { name },
    search: printDashboardView({ ...view, project, ...change }, range),
  });
  return (
    <div className="mx-auto flex max-w-lg flex-col items-center gap-2 px-4 py-16 text-center">
      <h2 className="text-title font-semibold">Nothing in this range</h2>
      <p className="text-ink-soft wrap-anywhere">
        During “{labelOf(view.range)}”, no span of <b className="font-medium">{project}</b>{' '}
        {view.q === '' ? 'arrived.' : 'passes the filter'}
        {view.q !== '' && (
          <>
            {' '}
            <code className="rounded-control bg-sunken px-1 font-mono text-small">{view.q}</code>.
          </>
        )}
        {last !== undefined && ` The newest span started at ${formatInstant(last, nowMs)}.`}
      </p>
      {view.q !== '' ? (
        <Link {...link({ q: '' })} className="control-primary mt-2">
          Remove the filter
        </Link>
      ) : nearest ? (
        <Link {...link({ range: nearest })} className="control-primary mt-2">
          Show {nearest.kind === 'recent' ? RECENT[nearest.recent].label.toLowerCase() : 'the newest day'}
        </Link>
      ) : (
        <Link to="/" search={{ project }} className="control-primary mt-2">
          How to send traces
        </Link>
      )}
    </div>
  );
}

/** The nearest range that has a span. */
function rangeWith(lastMs: number, nowMs: number): TimeRange {
  const recent = recentReaching(lastMs, nowMs);
  if (recent) return { kind: 'recent', recent };
  return { kind: 'between', fromMs: lastMs - 24 * HOUR_MS, toMs: lastMs + HOUR_MS };
}
