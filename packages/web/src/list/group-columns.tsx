import { bothDirections, formatCount, GROUP_SORT_FIELDS } from '@throughline/spans';
import type { SessionSummary, UserSummary } from '../api/types.ts';
import { countOf, showCost, showCount, sumOf } from '../format/numbers.ts';
import { Value } from '../ui/value.tsx';
import { InstantCell, instantWidth, PreviewCell } from './cells.tsx';
import type { Column } from './column.ts';

type Group = SessionSummary | UserSummary;

export const GROUP_SORTS = bothDirections(GROUP_SORT_FIELDS);

const count = (id: string, label: string, rank: number | undefined, of: (group: Group) => number | null) =>
  ({
    id,
    label,
    width: 84,
    end: true,
    sort: id,
    ...(rank !== undefined && { rank }),
    render: (group) => <Value shown={showCount(of(group))} />,
  }) satisfies Column<Group>;

/** The columns that sessions and users have in common. */
export const GROUP_COLUMNS: readonly Column<Group>[] = [
  {
    id: 'lastSeen',
    label: 'Last seen',
    width: (groups) => Math.max(104, instantWidth(groups.map(({ lastSeen }) => lastSeen))),
    end: true,
    rank: 1,
    sort: 'lastSeen',
    render: ({ lastSeen }, { nowMs }) => <InstantCell time={lastSeen} nowMs={nowMs} />,
  },
  {
    id: 'firstSeen',
    label: 'First seen',
    width: (groups) => Math.max(104, instantWidth(groups.map(({ firstSeen }) => firstSeen))),
    end: true,
    rank: 7,
    sort: 'firstSeen',
    render: ({ firstSeen }, { nowMs }) => <InstantCell time={firstSeen} nowMs={nowMs} />,
  },
  count('traceCount', 'Traces', 2, ({ traceCount }) => traceCount),
  {
    id: 'failedTraceCount',
    label: 'Failed',
    width: 84,
    end: true,
    rank: 4,
    sort: 'failedTraceCount',
    render: ({ failedTraceCount, traceCount }) => (
      <span
        className={failedTraceCount > 0 ? 'text-error' : 'text-ink-faint'}
        title={`${formatCount(failedTraceCount)} of ${countOf(traceCount, 'trace')} failed`}
      >
        {showCount(failedTraceCount).text}
      </span>
    ),
  },
  {
    ...count('errorCount', 'Failed spans', 8, ({ errorCount }) => errorCount),
    width: 96,
    render: ({ errorCount }) => (
      <span className={errorCount > 0 ? 'text-warning' : 'text-ink-faint'}>{showCount(errorCount).text}</span>
    ),
  },
  count('totalTokens', 'Tokens', 6, (group) => sumOf(group.inputTokens, group.outputTokens)),
  count('inputTokens', 'Input tokens', undefined, ({ inputTokens }) => inputTokens),
  count('outputTokens', 'Output tokens', undefined, ({ outputTokens }) => outputTokens),
  {
    id: 'costUsd',
    label: 'Cost',
    width: 96,
    end: true,
    rank: 3,
    sort: 'costUsd',
    render: (group) => <Value shown={showCost(group.costUsd, group)} />,
  },
  {
    id: 'lastTrace',
    label: 'Last trace',
    width: 120,
    render: ({ lastTraceName }) => (
      <span className="truncate" title={lastTraceName}>
        {lastTraceName}
      </span>
    ),
  },
  {
    id: 'preview',
    label: 'Last input → Output',
    width: 200,
    grow: 4,
    share: 0.3,
    rank: 5,
    render: ({ lastInputPreview, lastOutputPreview }) => (
      <PreviewCell input={lastInputPreview} output={lastOutputPreview} />
    ),
  },
];
