import type { LabelField } from '@throughline/spans';
import type { ListedSpan } from '../../api/types.ts';
import { showCost, showCount, showDuration, sumOf } from '../../format/numbers.ts';
import {
  DurationCell,
  InstantCell,
  instantWidth,
  LabelCell,
  labelValues,
  PreviewCell,
  TextCell,
} from '../../list/cells.tsx';
import type { Column } from '../../list/column.ts';
import { FittingScores, ScoreCount } from '../../list/score-cells.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { StatusMark } from '../../ui/status-mark.tsx';
import { Value } from '../../ui/value.tsx';

type SpanColumn = Column<ListedSpan>;

const count = (id: string, label: string, sort: string, of: (span: ListedSpan) => number | null) =>
  ({
    id,
    label,
    width: 80,
    end: true,
    sort,
    when: (spans) => spans.some((span) => of(span) !== null),
    render: (span) => <Value shown={showCount(of(span))} />,
  }) satisfies SpanColumn;

type TextOf = { [K in keyof ListedSpan]: ListedSpan[K] extends string | null ? K : never }[keyof ListedSpan];

/** A column of a text. The API sorts by texts under their own names, except by the id of a trace. */
const label = (field: LabelField, title: string, of: TextOf) =>
  ({
    id: field,
    label: title,
    width: 104,
    ...(of !== 'traceId' && { sort: of }),
    when: (spans) => spans.some((span) => span[of] !== null),
    render: (span) => <LabelCell field={field} value={span[of]} />,
    values: (span) => labelValues(field, span[of]),
  }) satisfies SpanColumn;

const list = (field: 'tag' | 'finish', title: string, of: (span: ListedSpan) => readonly string[]) =>
  ({
    id: field,
    label: title,
    width: 96,
    render: (span) => <TextCell text={of(span).join(', ')} />,
    values: (span) => of(span).flatMap((value) => labelValues(field, value)),
  }) satisfies SpanColumn;

export const COLUMNS: readonly SpanColumn[] = [
  {
    id: 'status',
    label: 'Status',
    width: 40,
    rank: 1,
    bare: true,
    sort: 'status',
    render: ({ status, durationMs }) => <StatusMark status={status} running={durationMs === null} />,
    values: ({ status }) => labelValues('status', status),
  },
  {
    id: 'name',
    label: 'Name',
    width: 160,
    grow: 2,
    most: 420,
    rank: 0,
    link: true,
    sort: 'name',
    render: ({ kind, name }) => (
      <>
        <KindIcon kind={kind} />
        <span className="ml-1.5 truncate">{name || <span className="text-ink-faint">(no name)</span>}</span>
      </>
    ),
    after: ({ scores }, shown) => (shown('scores') ? null : <ScoreCount scores={scores} />),
    values: ({ name }) => labelValues('name', name),
  },
  label('kind', 'Kind', 'kind'),
  {
    id: 'started',
    label: 'Started',
    width: (spans) => instantWidth(spans.map(({ startTime }) => startTime)),
    end: true,
    rank: 4,
    sort: 'startTime',
    render: (span, { nowMs }) => <InstantCell time={span.startTime} nowMs={nowMs} />,
  },
  {
    id: 'duration',
    label: 'Duration',
    width: 96,
    end: true,
    rank: 2,
    sort: 'durationMs',
    render: (span, context) => (
      <DurationCell {...span} running={span.durationMs === null} context={context} />
    ),
  },
  {
    id: 'ttft',
    label: 'First token',
    width: 88,
    end: true,
    rank: 11,
    sort: 'ttftMs',
    when: (spans) => spans.some(({ ttftMs }) => ttftMs !== null),
    render: ({ ttftMs }) => <Value shown={showDuration(ttftMs)} />,
  },
  {
    ...count('tokens', 'Tokens', 'totalTokens', (span) => sumOf(span.inputTokens, span.outputTokens)),
    rank: 7,
  },
  count('inputTokens', 'Input tokens', 'inputTokens', (span) => span.inputTokens),
  count('outputTokens', 'Output tokens', 'outputTokens', (span) => span.outputTokens),
  {
    id: 'cost',
    label: 'Cost',
    width: 88,
    end: true,
    rank: 3,
    sort: 'costUsd',
    when: (spans) => spans.some(({ costUsd }) => costUsd !== null),
    render: ({ costUsd }) => <Value shown={showCost(costUsd)} />,
  },
  {
    ...count('documents', 'Documents', 'documentCount', (span) => span.documentCount),
    rank: 8,
  },
  {
    id: 'scores',
    label: 'Scores',
    width: 176,
    rank: 9,
    when: (spans) => spans.some(({ scores }) => scores.length > 0),
    render: ({ scores }) => <FittingScores scores={scores} />,
  },
  { ...label('model', 'Model', 'model'), width: 136, rank: 6 },
  { ...label('error', 'Error', 'errorType'), rank: 10 },
  label('provider', 'Provider', 'provider'),
  label('tool', 'Tool', 'toolName'),
  label('agent', 'Agent', 'agentName'),
  label('prompt', 'Prompt', 'promptName'),
  { ...label('service', 'Service', 'service'), rank: 14 },
  label('env', 'Environment', 'environment'),
  label('release', 'Release', 'release'),
  label('feature', 'Feature', 'feature'),
  { ...label('user', 'User', 'userId'), rank: 12 },
  { ...label('session', 'Session', 'sessionId'), rank: 13 },
  label('trace', 'Trace', 'traceId'),
  list('finish', 'Finish reason', ({ finishReasons }) => finishReasons),
  list('tag', 'Tags', ({ tags }) => tags),
  {
    id: 'preview',
    label: 'Input → Output',
    width: 200,
    grow: 4,
    share: 0.32,
    rank: 5,
    render: ({ inputPreview, outputPreview }) => <PreviewCell input={inputPreview} output={outputPreview} />,
  },
];
