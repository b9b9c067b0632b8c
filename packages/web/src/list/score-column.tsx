import type { ScoreSummary } from '../api/types.ts';
import { describeScore, showScoreValue } from '../scores/show-score.ts';
import { Absent } from './cells.tsx';
import type { Column } from './column.ts';

const PREFIX = 'score.';

/** A column for each score among the chosen columns: `score.faithfulness`. */
export function scoreColumns<Row>(chosen: readonly string[] | undefined): readonly Column<Row>[] {
  const ids = [...new Set(chosen ?? [])].filter((id) => id.startsWith(PREFIX) && id.length > PREFIX.length);
  return ids.map((id) => {
    const name = id.slice(PREFIX.length);
    return {
      id,
      label: name,
      width: 104,
      end: true,
      sort: id,
      render: (row) => {
        const score = scoreOf(row, name);
        if (!score) return <Absent />;
        return (
          <span className="truncate" title={describeScore(score)}>
            {showScoreValue(score)}
          </span>
        );
      },
    };
  });
}

/** The score by which the API sorts: scores of the whole row come first in the list, then the latest. */
function scoreOf(row: unknown, name: string): ScoreSummary | undefined {
  const { scores = [] } = row as { readonly scores?: readonly ScoreSummary[] };
  return scores.find((score) => score.name === name);
}
