import { isStale, type LabelField } from '@throughline/spans';
import { FilterLink } from '../filter/filter-link.tsx';
import { ABSENT, showDuration } from '../format/numbers.ts';
import { isSameDay, isSameYear } from '../format/time-zone.ts';
import { formatInstant, parseTimestamp } from '../format/timestamp.ts';
import { Value } from '../ui/value.tsx';
import { showOpen } from '../waterfall/running.ts';
import type { CellContext, RowValue } from './column.ts';

/** A point in time, with all its digits on hover. */
export function InstantCell({ time, nowMs }: { time: string; nowMs: number }) {
  const instant = parseTimestamp(time);
  if (!instant) return <Absent />;
  return (
    <time dateTime={time} title={time} className="whitespace-nowrap">
      {formatInstant(instant.epochMs, nowMs)}
    </time>
  );
}

/** Width in px of a column of {@link InstantCell}: dates of other days and of other years are longer. */
export function instantWidth(times: readonly string[]): number {
  const now = Date.now();
  const instants = times.flatMap((time) => parseTimestamp(time)?.epochMs ?? []);
  if (instants.some((ms) => !isSameYear(ms, now))) return 172;
  return instants.some((ms) => !isSameDay(ms, now)) ? 132 : 84;
}

interface DurationCellProps {
  readonly startTime: string;
  readonly durationMs: number | null;
  readonly running: boolean;
  readonly context: CellContext;
}

/** A duration as a number on a bar. A bar that would be longer than the cell has a mark at its end. */
export function DurationCell({ startTime, durationMs, running, context }: DurationCellProps) {
  const share = durationMs === null ? 0 : durationMs / context.fullMs;
  return (
    <>
      {durationMs !== null && !running && (
        <span
          className={`bar-fill ${share > 1 ? 'border-r-2 border-r-ink-faint' : ''}`}
          style={{ width: `${Math.min(1, share) * 100}%` }}
          aria-hidden
        />
      )}
      {/* Faint text is hard to read on the bar. */}
      <span className="relative [&_.text-ink-faint]:text-ink-soft">
        {running ? (
          <Running startTime={startTime} durationMs={durationMs} nowMs={context.nowMs} />
        ) : (
          <Value shown={showDuration(durationMs)} />
        )}
      </span>
    </>
  );
}

function Running({
  startTime,
  durationMs,
  nowMs,
}: {
  startTime: string;
  durationMs: number | null;
  nowMs: number;
}) {
  const elapsedMs = nowMs - (parseTimestamp(startTime)?.epochMs ?? nowMs);
  const stale = isStale(elapsedMs, durationMs ?? 0);
  const { text, exact } = showOpen(elapsedMs, stale);
  return (
    <span className={`whitespace-nowrap ${stale ? 'text-ink-soft' : 'text-accent'}`} title={exact}>
      {text}
      {!stale && <span className="sr-only"> and running</span>}
    </span>
  );
}

/** Input and output on one line. A short input leaves its room to the output. */
export function PreviewCell({ input, output }: { input: string | null; output: string | null }) {
  if (input === null && output === null) return <Absent />;
  return (
    <span className="flex min-w-0 flex-1 gap-1.5">
      <span className="max-w-1/2 shrink-0 truncate text-ink-soft" title={input ?? ''}>
        {input ?? ABSENT}
      </span>
      <span className="text-ink-faint" aria-hidden>
        →
      </span>
      <span className="min-w-0 truncate" title={output ?? ''}>
        {output ?? ABSENT}
      </span>
    </span>
  );
}

/** A value of a field that filters the list. */
export function LabelCell({ field, value }: { field: LabelField; value: string | null }) {
  if (value === null) return <Absent />;
  // Above the link of the row, which covers it.
  return <FilterLink subject={field} value={value} className="relative z-[1]" compact />;
}

export function TextCell({ text }: { text: string | null }) {
  if (text === null || text === '') return <Absent />;
  return (
    <span className="truncate" title={text}>
      {text}
    </span>
  );
}

export function Absent() {
  return <span className="text-ink-faint">{ABSENT}</span>;
}

/** The value of a label for "filter by this". */
export function labelValues(field: LabelField, value: string | null): readonly RowValue[] {
  return value === null || value === '' ? [] : [{ label: field, subject: field, value }];
}
