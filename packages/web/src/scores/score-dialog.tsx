import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { useState } from 'react';
import { nameKey } from '../frame/key-help.tsx';
import { Modal } from '../ui/modal.tsx';
import { type Judgement, type KnownScore, ownScoreOf } from './own-scores.ts';

interface ScoreDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly traceName: string;
  readonly span: { readonly spanId: string; readonly name: string } | undefined;
  /** The target that is selected when the dialog opens. */
  readonly target: 'span' | 'trace';
  readonly scores: readonly KnownScore[];
  readonly onJudge: (judgement: Judgement) => void;
}

/** A dialog for a thumb up or down with a comment. It works with the keyboard alone: arrows choose, Enter saves. */
export function ScoreDialog({ open, onClose, ...props }: ScoreDialogProps) {
  return (
    <Modal open={open} onClose={onClose} label="Add a score">
      <ScoreForm onClose={onClose} {...props} />
    </Modal>
  );
}

function ScoreForm({
  onClose,
  traceName,
  span,
  target: first,
  scores,
  onJudge,
}: Omit<ScoreDialogProps, 'open'>) {
  const [target, setTarget] = useState(span ? first : 'trace');
  const spanIdOf = (chosen: 'span' | 'trace') => (chosen === 'span' ? (span?.spanId ?? null) : null);
  const before = ownScoreOf(scores, spanIdOf(target));
  // Undefined until it is changed here: the previous score can arrive after the dialog has opened.
  const [newValue, setValue] = useState<boolean>();
  const [newComment, setComment] = useState<string>();
  const value = newValue ?? before?.value !== false;
  const comment = newComment ?? before?.comment ?? '';
  const choose = (chosen: 'span' | 'trace') => {
    setTarget(chosen);
    if (!ownScoreOf(scores, spanIdOf(chosen))) return;
    setValue(undefined);
    setComment(undefined);
  };
  return (
    <form
      className="flex flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        onJudge({ spanId: spanIdOf(target), value, comment: comment.trim() });
        onClose();
      }}
    >
      <h2 className="text-title font-semibold">Add a score</h2>
      <fieldset className="flex gap-2">
        <legend className="sr-only">Thumb up or down</legend>
        <Choice name="thumb" checked={value} onChoose={() => setValue(true)} autofocus>
          <ThumbsUp size={14} aria-hidden /> Up
        </Choice>
        <Choice name="thumb" checked={!value} onChoose={() => setValue(false)} autofocus>
          <ThumbsDown size={14} aria-hidden /> Down
        </Choice>
      </fieldset>
      {span && (
        <fieldset className="flex min-w-0 flex-wrap gap-2">
          <legend className="sr-only">Target of the score</legend>
          <Choice name="target" checked={target === 'trace'} onChoose={() => choose('trace')}>
            <span className="text-ink-faint">Trace</span>{' '}
            <span className="truncate">{traceName || '(no name)'}</span>
          </Choice>
          <Choice name="target" checked={target === 'span'} onChoose={() => choose('span')}>
            <span className="text-ink-faint">Span</span>{' '}
            <span className="truncate">{span.name || '(no name)'}</span>
          </Choice>
        </fieldset>
      )}
      <label className="flex flex-col gap-1 text-small text-ink-soft">
        Comment (optional)
        <textarea
          className="field h-auto min-h-16 py-1 text-body"
          value={comment}
          maxLength={10_000}
          onChange={(event) => setComment(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey))
              event.currentTarget.form?.requestSubmit();
          }}
        />
      </label>
      <div className="flex flex-wrap items-center gap-2">
        <button type="submit" className="control-primary">
          {before ? 'Update score' : 'Save score'}
        </button>
        <button type="button" className="control" onClick={onClose}>
          Cancel
        </button>
        <span className="ml-auto flex items-center gap-1 text-small text-ink-faint">
          <kbd className="key">↑</kbd>
          <kbd className="key">↓</kbd> choose
          <kbd className="key ml-2">{nameKey('mod+Enter')}</kbd> save
        </span>
      </div>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
  /** Takes the focus when the dialog opens, if this choice is checked. */
  readonly autofocus?: boolean;
  readonly children: React.ReactNode;
}

/** A radio button that looks like the other controls. */
function Choice({ name, checked, onChoose, autofocus = false, children }: ChoiceProps) {
  return (
    <label className="control min-w-0 cursor-pointer has-checked:border-accent has-checked:bg-selected has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input
        type="radio"
        name={name}
        className="size-3 shrink-0 accent-accent"
        checked={checked}
        onChange={onChoose}
        {...(autofocus && checked && { 'data-autofocus': true })}
      />
      {children}
    </label>
  );
}
