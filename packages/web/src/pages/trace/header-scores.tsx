import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { KnownScore } from '../../scores/own-scores.ts';
import { ScoreChip } from '../../scores/score-chip.tsx';
import { Dropdown } from '../../ui/dropdown.tsx';
import type { TraceLayout } from '../../waterfall/layout.ts';

interface HeaderScoresProps {
  readonly scores: readonly KnownScore[];
  readonly layout: TraceLayout;
  /** Shows the scores of a span, or those of the trace if the id is null. */
  readonly onShow: (spanId: string | null) => void;
  readonly onScore: () => void;
}

/** Maximum number of scores beside the conclusion. The others open in a menu. */
const MOST_CHIPS = 4;

/** The scores of a trace and its spans, each with a link to its details, and the button to add a score. */
export function HeaderScores({ scores, layout, onShow, onScore }: HeaderScoresProps) {
  const [open, setOpen] = useState(false);
  const nameOf = ({ spanId }: KnownScore) =>
    spanId === null
      ? undefined
      : (layout.spans[layout.indexOf.get(spanId) ?? -1]?.name ?? 'a span that is not shown');
  const chip = (score: KnownScore, i: number, onClick: () => void) => {
    const spanName = nameOf(score);
    return (
      <button
        key={score.id ?? `${score.name} ${score.spanId} ${i}`}
        type="button"
        className="inline-flex min-w-0 max-w-full rounded-control hover:bg-hover"
        onClick={onClick}
      >
        <ScoreChip score={score} {...(spanName !== undefined && { spanName })} />
      </button>
    );
  };
  const hidden = scores.length - MOST_CHIPS;
  return (
    <section aria-label="Scores" className="flex min-w-0 flex-wrap items-center gap-1">
      {scores.slice(0, MOST_CHIPS).map((score, i) => chip(score, i, () => onShow(score.spanId)))}
      {hidden > 0 && (
        <Dropdown
          label={`All ${scores.length} scores`}
          trigger={<span className="text-small">+{hidden}</span>}
          triggerClass="control-quiet h-5"
          open={open}
          onOpenChange={setOpen}
        >
          <ul className="flex max-h-80 max-w-96 flex-col gap-0.5 overflow-y-auto">
            {scores.map((score, i) => (
              <li key={score.id ?? `${score.name} ${score.spanId} ${i}`} className="flex items-center gap-2">
                {chip(score, i, () => {
                  setOpen(false);
                  onShow(score.spanId);
                })}
                <span className="min-w-0 truncate text-small text-ink-faint">{nameOf(score)}</span>
              </li>
            ))}
          </ul>
        </Dropdown>
      )}
      <button type="button" className="control-quiet h-5" onClick={onScore} title="Add a score  s">
        <Plus size={12} aria-hidden />
        <span className="text-small">Score</span>
      </button>
    </section>
  );
}
