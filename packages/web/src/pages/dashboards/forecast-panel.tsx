import { useQuery } from '@tanstack/react-query';
import { metricsQuery } from '../../api/queries.ts';
import { showMeasure } from '../../format/measures.ts';
import { ABSENT } from '../../format/numbers.ts';
import { fromWallClock, midnight, timeZoneName, toWallClock, zonedFormat } from '../../format/time-zone.ts';
import { parseTimestamp } from '../../format/timestamp.ts';
import { Value } from '../../ui/value.tsx';
import { useDashboard } from './dashboard-context.ts';
import { forecastMonth } from './month-forecast.ts';
import { PanelFrame, PanelProblem, PanelSkeleton } from './panel-frame.tsx';

/** Days that are read before the current one, for the average. */
const DAYS_BEFORE = 8;

/** What the current month has cost, and what it will have cost at its end. The range of the page does not change it. */
export function ForecastPanel({
  title,
  className = '',
}: {
  readonly title: string;
  readonly className?: string;
}) {
  const { project, view, nowMs } = useDashboard();
  const month = monthOf(nowMs);
  const { data, error } = useQuery(
    metricsQuery(project, {
      of: 'spans',
      measures: [{ measure: 'cost', aggregation: 'sum' }],
      dimensions: [],
      from: new Date(Math.min(month.startMs, midnight(nowMs, -DAYS_BEFORE))).toISOString(),
      to: new Date(nowMs).toISOString(),
      grain: 'day',
      timeZone: timeZoneName(),
      order: 'desc',
      limit: 1,
      ...(view.q !== '' && { q: view.q }),
    }),
  );
  if (error && !data)
    return (
      <PanelFrame title={title} className={className}>
        <PanelProblem error={error} />
      </PanelFrame>
    );
  const days = (data?.rows ?? []).map((row) => ({
    startMs: parseTimestamp(String(row.time))?.epochMs ?? 0,
    usd: Number(row['cost.sum'] ?? 0),
    unpricedCalls: Number(row.unpricedCalls ?? 0),
  }));
  const forecast = forecastMonth(days, month);
  const unpriced = (some: typeof days) => ({
    unpricedCalls: some.reduce((sum, day) => sum + day.unpricedCalls, 0),
  });
  const ofMonth = days.filter(({ startMs }) => startMs >= month.startMs);
  return (
    <PanelFrame title={title} className={className}>
      {!data ? (
        <PanelSkeleton className="h-24" />
      ) : (
        <dl className="flex flex-col gap-3">
          <div>
            <dt className="text-small text-ink-faint">
              Spent in {zonedFormat('month', { month: 'long' }).format(nowMs)}
            </dt>
            <dd className="text-headline">
              <Value
                shown={showMeasure(ofMonth.length > 0 ? forecast.spentUsd : null, 'usd', unpriced(ofMonth))}
              />
            </dd>
          </div>
          <div>
            <dt className="text-small text-ink-faint">Forecast for the month</dt>
            <dd className="text-headline">
              {forecast.forecastUsd === null ? (
                ABSENT
              ) : (
                <Value shown={showMeasure(forecast.forecastUsd, 'usd', unpriced(days))} />
              )}
            </dd>
            <dd className="text-small text-ink-soft">
              {forecast.usdPerDay === null
                ? 'A forecast needs one complete day.'
                : `At ${showMeasure(forecast.usdPerDay, 'usd').text} a day, the average of the last ${forecast.days === 1 ? 'complete day' : `${forecast.days} complete days`}.`}
            </dd>
          </div>
        </dl>
      )}
    </PanelFrame>
  );
}

/** The current month and day of the zone, in milliseconds since 1970. */
function monthOf(nowMs: number) {
  const wall = new Date(toWallClock(nowMs));
  const first = (months: number) =>
    fromWallClock(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + months, 1));
  return { startMs: first(0), endMs: first(1), todayMs: midnight(nowMs), nowMs };
}
