import { useState } from 'react';
import { THUMB } from '../../scores/show-score.ts';
import { Modal } from '../../ui/modal.tsx';
import type { GivenScore } from './changes.ts';

interface ScoreRowsDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** What is scored, such as `3 traces`. */
  readonly what: string;
  readonly onScore: (score: GivenScore) => void;
}

/** A dialog for one score that several rows get. */
export function ScoreRowsDialog({ open, onClose, ...props }: ScoreRowsDialogProps) {
  return (
    <Modal open={open} onClose={onClose} label="Score the selection">
      <ScoreForm onClose={onClose} {...props} />
    </Modal>
  );
}

function ScoreForm({ onClose, what, onScore }: Omit<ScoreRowsDialogProps, 'open'>) {
  const [name, setName] = useState(THUMB);
  const [value, setValue] = useState('up');
  const [comment, setComment] = useState('');
  return (
    <form
      className="flex flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        onScore({
          name: name.trim(),
          value: scoreValueOf(name.trim(), value.trim()),
          comment: comment.trim(),
        });
      }}
    >
      <h2 className="text-title font-semibold">Score {what}</h2>
      <div className="flex flex-wrap gap-3">
        <label className="flex min-w-0 flex-1 flex-col gap-1 text-small text-ink-soft">
          Name
          <input
            className="field text-body"
            required
            maxLength={200}
            value={name}
            data-autofocus
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="flex min-w-0 flex-1 flex-col gap-1 text-small text-ink-soft">
          Value
          <input
            className="field text-body"
            required
            maxLength={500}
            value={value}
            list="score-values"
            onChange={(event) => setValue(event.target.value)}
          />
          <datalist id="score-values">
            {(name.trim() === THUMB ? ['up', 'down'] : ['yes', 'no']).map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </label>
      </div>
      <p className="text-small text-ink-faint">
        A number, <q>{name.trim() === THUMB ? 'up or down' : 'yes or no'}</q>, or a category. Your earlier
        score with this name is replaced.
      </p>
      <label className="flex flex-col gap-1 text-small text-ink-soft">
        Comment (optional)
        <textarea
          className="field h-auto min-h-16 py-1 text-body"
          value={comment}
          maxLength={10_000}
          onChange={(event) => setComment(event.target.value)}
        />
      </label>
      <div className="flex flex-wrap items-center gap-2">
        <button type="submit" className="control-primary">
          Score {what}
        </button>
        <button type="button" className="control" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}

const WORDS: Readonly<Record<string, boolean>> = { yes: true, no: false, true: true, false: false };
const THUMBS: Readonly<Record<string, boolean>> = { up: true, down: false };

/** What the user typed as the value of a score. */
function scoreValueOf(name: string, text: string): GivenScore['value'] {
  const word = { ...WORDS, ...(name === THUMB && THUMBS) }[text.toLowerCase()];
  if (word !== undefined) return word;
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
