import { Link } from '@tanstack/react-router';
import { formatInstant, parseTimestamp } from '../format/timestamp.ts';
import type { SearchRecord } from '../url/search-params.ts';
import { labelOf, RECENT, recentReaching, type TimeRange } from '../url/time-range.ts';
import type { ListPath } from './list-spec.ts';

interface EmptyRangeProps {
  readonly range: TimeRange;
  readonly project: string;
  readonly path: ListPath;
  /** Several rows of the list, in lower case. */
  readonly noun: string;
  /** Address of the list with another range. */
  readonly search: (range: TimeRange) => SearchRecord;
  /** Time of the newest span of the project. */
  readonly lastSpanAt: string | undefined;
}

const HOUR = 3_600_000;

/** Shown if the range has no traces, with a link to the nearest range that has some. */
export function EmptyRange({ range, project, path, noun, search, lastSpanAt }: EmptyRangeProps) {
  const last = parseTimestamp(lastSpanAt ?? '')?.epochMs;
  const now = Date.now();
  const recent = last === undefined ? null : recentReaching(last, now);
  const nearest: TimeRange | null =
    last === undefined
      ? null
      : recent
        ? { kind: 'recent', recent }
        : { kind: 'between', fromMs: last - 24 * HOUR, toMs: last + HOUR };
  return (
    <div className="mx-auto flex max-w-lg flex-col items-center gap-2 px-4 py-16 text-center">
      <h2 className="text-title font-semibold">No {noun} in this range</h2>
      <p className="text-ink-soft">
        Nothing arrived in <b className="font-medium">{project}</b> during “{labelOf(range)}”.
        {last !== undefined && <> The newest span came at {formatInstant(last, now)}.</>}
      </p>
      {nearest && (
        <Link to={path} search={search(nearest)} className="control-primary mt-2">
          Show {nearest.kind === 'recent' ? RECENT[nearest.recent].label.toLowerCase() : 'the newest traces'}
        </Link>
      )}
    </div>
  );
}
