import type { TraceSummary } from '../../api/types.ts';
import { FilterLink } from '../../filter/filter-link.tsx';
import { showCost, showCount, sumOf } from '../../format/numbers.ts';
import {
  Absent,
  DurationCell,
  InstantCell,
  instantWidth,
  LabelCell,
  labelValues,
  PreviewCell,
} from '../../list/cells.tsx';
import type { Column } from '../../list/column.ts';
import { MatchCell } from '../../list/match-cell.tsx';
import { FittingScores, ScoreCount } from '../../list/score-cells.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { Value } from '../../ui/value.tsx';

type TraceColumn = Column<TraceSummary>;

const count = (id: string, label: string, sort: string, of: (trace: TraceSummary) => number | null) =>
  ({
    id,
    label,
    width: 80,
    end: true,
    sort,
    render: (trace) => <Value shown={showCount(of(trace))} />,
  }) satisfies TraceColumn;

const label = (field: 'env' | 'feature' | 'user' | 'session', title: string, of: keyof TraceSummary) =>
  ({
    id: field,
    label: title,
    width: 96,
    sort: of,
    when: (traces) => traces.some((trace) => trace[of] !== null),
    render: (trace) => <LabelCell field={field} value={trace[of] as string | null} />,
    values: (trace) => labelValues(field, trace[of] as string | null),
  }) satisfies TraceColumn;

export const COLUMNS: readonly TraceColumn[] = [
  {
    id: 'status',
    label: 'Status',
    width: 40,
    rank: 1,
    bare: true,
    sort: 'status',
    render: (trace) => (
      <StatusMark status={trace.status} running={trace.running} failures={trace.errorCount} />
    ),
    values: (trace) => labelValues('status', trace.status),
  },
  {
    id: 'name',
    label: 'Name',
    width: 150,
    grow: 2,
    most: 420,
    rank: 0,
    link: true,
    sort: 'name',
    render: (trace) => (
      <span className="truncate">{trace.name || <span className="text-ink-faint">(no name)</span>}</span>
    ),
    after: ({ scores }, shown) => (shown('scores') ? null : <ScoreCount scores={scores} />),
    values: (trace) => labelValues('name', trace.name),
  },
  {
    id: 'started',
    label: 'Started',
    width: (traces) => instantWidth(traces.map(({ startTime }) => startTime)),
    end: true,
    rank: 4,
    sort: 'startTime',
    render: (trace, { nowMs }) => <InstantCell time={trace.startTime} nowMs={nowMs} />,
  },
  {
    id: 'duration',
    label: 'Duration',
    width: 96,
    end: true,
    rank: 2,
    sort: 'durationMs',
    render: (trace, context) => <DurationCell {...trace} context={context} />,
  },
  {
    ...count('tokens', 'Tokens', 'totalTokens', (trace) => sumOf(trace.inputTokens, trace.outputTokens)),
    rank: 6,
    when: (traces) => traces.some((trace) => sumOf(trace.inputTokens, trace.outputTokens) !== null),
  },
  count('inputTokens', 'Input tokens', 'inputTokens', (trace) => trace.inputTokens),
  count('outputTokens', 'Output tokens', 'outputTokens', (trace) => trace.outputTokens),
  {
    id: 'cost',
    label: 'Cost',
    width: 92,
    end: true,
    rank: 3,
    sort: 'costUsd',
    when: (traces) => traces.some(({ costUsd, unpricedCalls }) => costUsd !== null || unpricedCalls > 0),
    render: (trace) => <Value shown={showCost(trace.costUsd, trace)} />,
  },
  count('spans', 'Spans', 'spanCount', (trace) => trace.spanCount),
  count('errors', 'Failed spans', 'errorCount', (trace) => trace.errorCount),
  {
    id: 'scores',
    label: 'Scores',
    width: 146,
    rank: 8,
    when: (traces) => traces.some(({ scores }) => scores.length > 0),
    render: ({ scores }) => <FittingScores scores={scores} />,
  },
  {
    id: 'models',
    label: 'Models',
    width: 136,
    sort: 'model',
    rank: 7,
    when: (traces) => traces.some(({ models }) => models.length > 0),
    render: ({ models }) =>
      models.length === 0 ? (
        <Absent />
      ) : (
        <span className="flex min-w-0 gap-1" title={models.join('\n')}>
          <FilterLink subject="model" value={models[0] ?? ''} className="relative z-[1]" compact />
          {models.length > 1 && <span className="shrink-0 text-ink-faint">+{models.length - 1}</span>}
        </span>
      ),
    values: ({ models }) => models.flatMap((model) => labelValues('model', model)),
  },
  { ...label('feature', 'Feature', 'feature'), rank: 11 },
  { ...label('user', 'User', 'userId'), rank: 9 },
  { ...label('session', 'Session', 'sessionId'), rank: 10 },
  label('env', 'Environment', 'environment'),
  {
    id: 'services',
    label: 'Services',
    width: 120,
    sort: 'service',
    render: ({ services }) => <LabelCell field="service" value={services[0] ?? null} />,
    values: ({ services }) => services.flatMap((service) => labelValues('service', service)),
  },
  {
    id: 'tags',
    label: 'Tags',
    width: 120,
    render: ({ tags }) =>
      tags.length === 0 ? (
        <Absent />
      ) : (
        <span className="truncate" title={tags.join('\n')}>
          {tags.join(', ')}
        </span>
      ),
    values: ({ tags }) => tags.flatMap((tag) => labelValues('tag', tag)),
  },
  {
    id: 'preview',
    label: 'Input → Output',
    width: 200,
    grow: 4,
    share: 0.32,
    rank: 5,
    render: ({ inputPreview, outputPreview, match }) =>
      match ? <MatchCell match={match} /> : <PreviewCell input={inputPreview} output={outputPreview} />,
  },
];
