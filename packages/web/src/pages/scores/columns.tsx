import type { Score } from '../../api/types.ts';
import { InstantCell, instantWidth, TextCell } from '../../list/cells.tsx';
import type { Column } from '../../list/column.ts';
import { ScoreIcon } from '../../scores/score-chip.tsx';
import { describeScore, showScoreValue } from '../../scores/show-score.ts';

type ScoreColumn = Column<Score>;

const text = (id: string, label: string, width: number, rank: number, of: (score: Score) => string | null) =>
  ({
    id,
    label,
    width,
    rank,
    when: (scores) => scores.some((score) => of(score) !== null),
    render: (score) => <TextCell text={of(score)} />,
  }) satisfies ScoreColumn;

export const COLUMNS: readonly ScoreColumn[] = [
  {
    id: 'name',
    label: 'Name',
    width: 150,
    grow: 1,
    most: 320,
    rank: 0,
    link: true,
    render: (score) => (
      <>
        <ScoreIcon score={score} size={13} />
        <span className="ml-1.5 truncate">{score.name}</span>
      </>
    ),
  },
  {
    id: 'value',
    label: 'Value',
    width: 110,
    end: true,
    rank: 1,
    sort: 'value',
    render: (score) => (
      <span className="truncate" title={describeScore(score)}>
        {showScoreValue(score)}
      </span>
    ),
  },
  text('label', 'Label', 100, 7, ({ label }) => label),
  {
    id: 'updated',
    label: 'Changed',
    width: (scores) => Math.max(100, instantWidth(scores.map(({ updatedAt }) => updatedAt))),
    end: true,
    rank: 2,
    sort: 'updatedAt',
    render: ({ updatedAt }, { nowMs }) => <InstantCell time={updatedAt} nowMs={nowMs} />,
  },
  {
    id: 'created',
    label: 'Created',
    width: (scores) => Math.max(100, instantWidth(scores.map(({ createdAt }) => createdAt))),
    end: true,
    render: ({ createdAt }, { nowMs }) => <InstantCell time={createdAt} nowMs={nowMs} />,
  },
  text('source', 'Source', 90, 3, ({ source }) => source),
  text('evaluator', 'Evaluator', 130, 5, ({ evaluator }) => evaluator),
  text('target', 'About', 72, 4, ({ spanId, sessionId }) =>
    sessionId !== null ? 'session' : spanId !== null ? 'span' : 'trace',
  ),
  text('id', 'Id of the target', 160, 8, ({ spanId, traceId, sessionId }) => sessionId ?? spanId ?? traceId),
  {
    id: 'comment',
    label: 'Comment',
    width: 160,
    grow: 4,
    share: 0.3,
    rank: 6,
    render: ({ comment }) => <TextCell text={comment} />,
  },
];
