import { isStale, type LabelField } from '@throughline/spans';
import { Star } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ScoreSummary, TraceSummary } from '../../api/types.ts';
import { FilterLink } from '../../filter/filter-link.tsx';
import { ABSENT, pluralOf, showCost, showCount, showDuration, sumOf } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { ScoreChip } from '../../scores/score-chip.tsx';
import { describeScore, fitScores, humanFirst } from '../../scores/show-score.ts';
import { StatusMark } from '../../ui/status-mark.tsx';
import { Value } from '../../ui/value.tsx';
import { showOpen } from '../../waterfall/running.ts';
import type { TraceSort } from './url.ts';

/** What a cell needs in addition to its trace. */
export interface CellContext {
  readonly nowMs: number;
  /** Duration whose bar has the full width of the cell. */
  readonly fullMs: number;
}

export interface Column {
  readonly id: string;
  readonly label: string;
  /** Classes for the width, the alignment, and the minimum width of the list for this column. */
  readonly className: string;
  /** Further classes, if the width depends on the traces. */
  readonly classNameOf?: (traces: readonly TraceSummary[]) => string;
  /** Whether to show the column for these traces. If absent, it is always shown. */
  readonly when?: (traces: readonly TraceSummary[]) => boolean;
  /** Sort order after a click on the header. */
  readonly sort?: TraceSort;
  readonly render: (trace: TraceSummary, context: CellContext) => ReactNode;
}

export const COLUMNS: readonly Column[] = [
  {
    id: 'status',
    label: 'Status',
    className: 'w-12 justify-center',
    render: (trace) => (
      <StatusMark status={trace.status} running={trace.running} failures={trace.errorCount} />
    ),
  },
  { id: 'name', label: 'Name', className: 'min-w-40 flex-[2]', render: () => null },
  {
    id: 'started',
    label: 'Started',
    className: 'justify-end whitespace-nowrap hidden @lg:flex',
    // Dates of other years name the year.
    classNameOf: (traces) => (traces.some(isOfOtherYear) ? 'w-44' : 'w-34'),
    sort: '-startTime',
    render: (trace, { nowMs }) => {
      const start = parseTimestamp(trace.startTime);
      return start ? (
        <time dateTime={trace.startTime} title={trace.startTime}>
          {formatInstant(start.epochMs, nowMs)}
        </time>
      ) : (
        ABSENT
      );
    },
  },
  {
    id: 'duration',
    label: 'Duration',
    className: 'w-24 justify-end relative',
    sort: '-durationMs',
    render: (trace, { fullMs, nowMs }) => (
      <>
        {trace.durationMs !== null && !trace.running && (
          <span
            className="bar-fill"
            style={{ width: `${Math.min(1, trace.durationMs / fullMs) * 100}%` }}
            aria-hidden
          />
        )}
        {/* Faint text is hard to read on the bar. */}
        <span className="relative [&_.text-ink-faint]:text-ink-soft">
          {trace.running ? (
            <Running trace={trace} nowMs={nowMs} />
          ) : (
            <Value shown={showDuration(trace.durationMs)} />
          )}
        </span>
      </>
    ),
  },
  {
    id: 'tokens',
    label: 'Tokens',
    className: 'w-20 justify-end hidden @2xl:flex',
    sort: '-totalTokens',
    when: (traces) => traces.some((trace) => sumOf(trace.inputTokens, trace.outputTokens) !== null),
    render: (trace) => <Value shown={showCount(sumOf(trace.inputTokens, trace.outputTokens))} />,
  },
  {
    id: 'cost',
    label: 'Cost',
    className: 'w-24 justify-end hidden @sm:flex',
    sort: '-costUsd',
    when: (traces) => traces.some(({ costUsd }) => costUsd !== null),
    render: (trace) => <Value shown={showCost(trace.costUsd, trace.costIncomplete)} />,
  },
  {
    id: 'scores',
    label: 'Scores',
    className: 'w-44 hidden @4xl:flex @min-[90rem]:w-72',
    when: (traces) => traces.some(({ scores }) => scores.length > 0),
    render: ({ scores }) =>
      scores.length === 0 ? (
        <span className="text-ink-faint">{ABSENT}</span>
      ) : (
        <>
          <Scores scores={humanFirst(scores)} room={24} className="flex @min-[90rem]:hidden" />
          <Scores scores={humanFirst(scores)} room={42} className="hidden @min-[90rem]:flex" />
        </>
      ),
  },
  {
    id: 'models',
    label: 'Models',
    className: 'w-40 hidden @6xl:flex',
    when: (traces) => traces.some(({ models }) => models.length > 0),
    render: ({ models }) =>
      models.length === 0 ? (
        <span className="text-ink-faint">{ABSENT}</span>
      ) : (
        <span className="flex min-w-0 gap-1" title={models.join('\n')}>
          <FilterLink subject="model" value={models[0] ?? ''} className="relative z-[1]" compact />
          {models.length > 1 && <span className="shrink-0 text-ink-faint">+{models.length - 1}</span>}
        </span>
      ),
  },
  {
    id: 'feature',
    label: 'Feature',
    className: 'w-28 hidden @7xl:flex',
    when: (traces) => traces.some(({ feature }) => feature !== null),
    render: (trace) => <Label field="feature" value={trace.feature} />,
  },
  {
    id: 'user',
    label: 'User',
    className: 'w-20 hidden @6xl:flex',
    when: (traces) => traces.some(({ userId }) => userId !== null),
    render: (trace) => <Label field="user" value={trace.userId} />,
  },
  {
    id: 'session',
    label: 'Session',
    className: 'w-24 hidden @6xl:flex',
    when: (traces) => traces.some(({ sessionId }) => sessionId !== null),
    render: (trace) => <Label field="session" value={trace.sessionId} />,
  },
  {
    id: 'preview',
    label: 'Input → Output',
    className: 'min-w-36 flex-[4] hidden @3xl:flex',
    render: ({ inputPreview, outputPreview }) =>
      inputPreview === null && outputPreview === null ? (
        <span className="text-ink-faint">{ABSENT}</span>
      ) : (
        <span className="flex min-w-0 flex-1 gap-1.5">
          <span className="max-w-1/2 shrink-0 truncate text-ink-soft" title={inputPreview ?? ''}>
            {inputPreview ?? ABSENT}
          </span>
          <span className="text-ink-faint" aria-hidden>
            →
          </span>
          <span className="min-w-0 truncate" title={outputPreview ?? ''}>
            {outputPreview ?? ABSENT}
          </span>
        </span>
      ),
  },
];

function isOfOtherYear({ startTime }: TraceSummary): boolean {
  const start = parseTimestamp(startTime);
  return start !== null && new Date(start.epochMs).getFullYear() !== new Date().getFullYear();
}

function Running({ trace, nowMs }: { trace: TraceSummary; nowMs: number }) {
  const elapsedMs = nowMs - (parseTimestamp(trace.startTime)?.epochMs ?? nowMs);
  const stale = isStale(elapsedMs, trace.durationMs ?? 0);
  const { text, exact } = showOpen(elapsedMs, stale);
  return (
    <span className={`whitespace-nowrap ${stale ? 'text-ink-soft' : 'text-accent'}`} title={exact}>
      {text}
      {!stale && <span className="sr-only"> and running</span>}
    </span>
  );
}

/** The scores that fit, followed by the number of the others. */
function Scores({
  scores,
  room,
  className,
}: {
  scores: readonly ScoreSummary[];
  room: number;
  className: string;
}) {
  const { shown, hidden } = fitScores(scores, room);
  return (
    <span
      className={`min-w-0 items-center gap-1 ${className}`}
      title={scores.map((score) => describeScore(score)).join('\n')}
    >
      {shown.map((score, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: scores in the list of traces have no ids.
        <ScoreChip key={i} score={score} />
      ))}
      {hidden > 0 && <span className="shrink-0 text-small text-ink-faint">+{hidden}</span>}
    </span>
  );
}

/** The number of scores, shown beside the name if the list is too narrow for the column of scores. */
export function ScoreCount({ scores }: Pick<TraceSummary, 'scores'>) {
  if (scores.length === 0) return null;
  return (
    <span className="ml-1.5 flex shrink-0 items-center gap-0.5 text-small text-ink-faint @4xl:hidden">
      <Star size={11} aria-hidden />
      {scores.length}
      <span className="sr-only"> {pluralOf(scores.length, 'score')}</span>
    </span>
  );
}

function Label({ field, value }: { field: LabelField; value: string | null }) {
  return value === null ? (
    <span className="text-ink-faint">{ABSENT}</span>
  ) : (
    // Above the link of the row, which covers it.
    <FilterLink subject={field} value={value} className="relative z-[1]" compact />
  );
}
