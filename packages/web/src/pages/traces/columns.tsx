import type { ReactNode } from 'react';
import type { TraceSummary } from '../../api/types.ts';
import { StatusMark } from '../../components/status-mark.tsx';
import { Value } from '../../components/value.tsx';
import { ABSENT, showCost, showCount, showDuration, sumOf } from '../../numbers.ts';
import { formatInstant, parseTimestamp } from '../../timestamp.ts';
import type { TraceSort } from './url.ts';

/** What a cell needs beside its trace. */
export interface CellContext {
  readonly nowMs: number;
  /** The duration that fills its cell. */
  readonly fullMs: number;
}

export interface Column {
  readonly id: string;
  readonly label: string;
  /** Width, alignment and from which width of the list on it is shown. */
  readonly className: string;
  /** The order that a click on its name asks for. */
  readonly sort?: TraceSort;
  readonly render: (trace: TraceSummary, context: CellContext) => ReactNode;
}

export const COLUMNS: readonly Column[] = [
  {
    id: 'status',
    label: 'Status',
    className: 'w-12 justify-center',
    render: (trace) => (
      <StatusMark status={trace.status} running={trace.durationMs === null} failures={trace.errorCount} />
    ),
  },
  { id: 'name', label: 'Name', className: 'min-w-28 flex-[2]', render: () => null },
  {
    id: 'started',
    label: 'Started',
    className: 'w-30 justify-end hidden @lg:flex',
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
    render: (trace, { fullMs }) => (
      <>
        {trace.durationMs !== null && (
          <span
            className="bar-fill"
            style={{ width: `${Math.min(1, trace.durationMs / fullMs) * 100}%` }}
            aria-hidden
          />
        )}
        <span className="relative">
          {trace.durationMs === null ? (
            <span className="text-accent" title="This trace has not ended yet">
              running
            </span>
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
    className: 'w-24 justify-end hidden @2xl:flex',
    sort: '-totalTokens',
    render: (trace) => <Value shown={showCount(sumOf(trace.inputTokens, trace.outputTokens))} />,
  },
  {
    id: 'cost',
    label: 'Cost',
    className: 'w-22 justify-end hidden @sm:flex',
    sort: '-costUsd',
    render: (trace) => <Value shown={showCost(trace.costUsd, trace.costIncomplete)} />,
  },
  {
    id: 'models',
    label: 'Models',
    className: 'w-40 hidden @5xl:flex',
    render: ({ models }) =>
      models.length === 0 ? (
        <span className="text-ink-faint">{ABSENT}</span>
      ) : (
        <span className="flex min-w-0 gap-1" title={models.join('\n')}>
          <span className="truncate">{models[0]}</span>
          {models.length > 1 && <span className="shrink-0 text-ink-faint">+{models.length - 1}</span>}
        </span>
      ),
  },
  {
    id: 'user',
    label: 'User',
    className: 'w-20 hidden @6xl:flex',
    render: (trace) => <Text value={trace.userId} />,
  },
  {
    id: 'session',
    label: 'Session',
    className: 'w-24 hidden @6xl:flex',
    render: (trace) => <Text value={trace.sessionId} />,
  },
  {
    id: 'preview',
    label: 'Input → Output',
    className: 'min-w-48 flex-[4] hidden @3xl:flex',
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

function Text({ value }: { value: string | null }) {
  return value === null ? (
    <span className="text-ink-faint">{ABSENT}</span>
  ) : (
    <span className="truncate" title={value}>
      {value}
    </span>
  );
}
