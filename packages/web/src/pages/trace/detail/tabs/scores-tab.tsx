import { Plus } from 'lucide-react';
import { FoldedText } from '../../../../content/folded-text.tsx';
import { JsonView } from '../../../../content/json-view.tsx';
import { formatInstant, parseTimestamp } from '../../../../format/timestamp.ts';
import type { KnownScore } from '../../../../scores/own-scores.ts';
import { ScoreIcon } from '../../../../scores/score-chip.tsx';
import { describeScore, showScoreValue } from '../../../../scores/show-score.ts';
import { Section } from '../section.tsx';

interface ScoresTabProps {
  readonly ofSpan: readonly KnownScore[];
  readonly ofTrace: readonly KnownScore[];
  readonly onScore: (target: 'span' | 'trace') => void;
}

/** The scores of the span and of its trace, with source and comment. */
export function ScoresTab({ ofSpan, ofTrace, onScore }: ScoresTabProps) {
  return (
    <>
      <ScoreSection title="This span" scores={ofSpan} onScore={() => onScore('span')} />
      <ScoreSection title="The whole trace" scores={ofTrace} onScore={() => onScore('trace')} />
    </>
  );
}

interface ScoreSectionProps {
  readonly title: string;
  readonly scores: readonly KnownScore[];
  readonly onScore: () => void;
}

function ScoreSection({ title, scores, onScore }: ScoreSectionProps) {
  return (
    <Section
      title={scores.length === 0 ? title : `${title} (${scores.length})`}
      aside={
        <button type="button" className="control-quiet" onClick={onScore} title="Add a score  s">
          <Plus size={13} aria-hidden /> Score<span className="sr-only"> {title.toLowerCase()}</span>
        </button>
      }
    >
      {scores.length === 0 ? (
        <p className="text-ink-faint">No scores yet.</p>
      ) : (
        <ul>
          {scores.map((score, i) => (
            <ScoreRow key={score.id ?? `${score.name} ${i}`} score={score} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function ScoreRow({ score }: { score: KnownScore }) {
  const { name, label, source, evaluator, comment, metadata, updatedAt, pending } = score;
  const time = updatedAt === undefined ? null : parseTimestamp(updatedAt);
  return (
    <li className={`border-t border-line py-2 first:border-t-0 ${pending ? 'text-ink-faint' : ''}`}>
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="min-w-0 wrap-anywhere">{name}</span>
        <b className="font-semibold wrap-anywhere" title={describeScore(score)}>
          {showScoreValue(score)}
        </b>
        {label && <span className="text-ink-soft wrap-anywhere">{label}</span>}
        <span className="ml-auto flex items-center gap-1.5 text-small text-ink-faint">
          <ScoreIcon score={{ ...score, name: '' }} />
          <span className="wrap-anywhere">{evaluator ? `${source} · ${evaluator}` : source}</span>
          {pending ? (
            <span>saving…</span>
          ) : (
            time && (
              <time dateTime={updatedAt} title={updatedAt} className="whitespace-nowrap">
                {formatInstant(time.epochMs, Date.now())}
              </time>
            )
          )}
        </span>
      </div>
      {comment && (
        <div className="mt-1 text-ink-soft">
          <FoldedText text={comment} />
        </div>
      )}
      {metadata && Object.keys(metadata).length > 0 && (
        <details className="mt-1">
          <summary className="cursor-pointer text-small text-ink-faint">Metadata</summary>
          <JsonView value={metadata} />
        </details>
      )}
    </li>
  );
}
