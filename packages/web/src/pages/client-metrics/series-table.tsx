import type { MetricSeries } from '../../api/types.ts';
import { ABSENT, showCount } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { Value } from '../../ui/value.tsx';
import { FIGURE_NAMES, figureOf, type SeriesGroup } from './series-groups.ts';

/** One metric as a table with a row per series. */
export function SeriesTable({ group }: { group: SeriesGroup }) {
  const { name, description, unit, kind, series } = group;
  return (
    <section aria-label={name} className="min-w-0">
      <h2 className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-mono font-medium wrap-anywhere">{name}</span>
        <span className="text-small font-normal text-ink-faint">
          {kind.replace('-', ' ')}
          {unit && `, in ${unit.replace(/[{}]/g, '')}`}
        </span>
      </h2>
      {description && <p className="text-small text-ink-soft">{description}</p>}
      <table className="mt-1 w-full border-collapse text-left">
        <thead className="border-b border-line text-small text-ink-faint">
          <tr className="h-7">
            <th className="pr-2 font-normal">Series</th>
            <th className="px-2 text-right font-normal">{FIGURE_NAMES[kind]}</th>
            <th className="hidden px-2 text-right font-normal sm:table-cell">Measurements</th>
            <th className="hidden px-2 text-right font-normal md:table-cell">Points</th>
            <th className="pl-2 text-right font-normal">Last received</th>
          </tr>
        </thead>
        <tbody>
          {series.map((one) => (
            <SeriesRow key={one.seriesId} series={one} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SeriesRow({ series }: { series: MetricSeries }) {
  const { service, attributes, count, points, lastTime } = series;
  const last = parseTimestamp(lastTime);
  return (
    <tr className="border-b border-line/60 align-top hover:bg-hover">
      <td className="py-1 pr-2">
        <div className="flex flex-wrap gap-x-3 gap-y-0.5">
          {service && <span className="font-medium wrap-anywhere">{service}</span>}
          {Object.entries(attributes).map(([key, value]) => (
            <span key={key} className="text-small wrap-anywhere">
              <span className="text-ink-faint">{key}</span>{' '}
              {typeof value === 'string' ? value : JSON.stringify(value)}
            </span>
          ))}
          {!service && Object.keys(attributes).length === 0 && (
            <span className="text-ink-faint">{ABSENT}</span>
          )}
        </div>
      </td>
      <td className="px-2 py-1 text-right">
        <Value shown={figureOf(series)} />
      </td>
      <td className="hidden px-2 py-1 text-right sm:table-cell">
        <Value shown={showCount(count)} />
      </td>
      <td className="hidden px-2 py-1 text-right text-ink-soft md:table-cell">
        <Value shown={showCount(points)} />
      </td>
      <td className="py-1 pl-2 text-right whitespace-nowrap text-ink-soft">
        <time dateTime={lastTime} title={lastTime}>
          {last ? formatInstant(last.epochMs, Date.now()) : lastTime}
        </time>
      </td>
    </tr>
  );
}
