import { countOf, pluralOf } from '../../format/numbers.ts';
import { Modal } from '../../ui/modal.tsx';

interface DeleteDialogProps {
  /** Undefined: the dialog is closed. */
  readonly traceIds: readonly string[] | undefined;
  /** Rows from which the traces were found, such as `3 spans`. Undefined: the traces themselves were selected. */
  readonly source: string | undefined;
  readonly project: string;
  readonly onClose: () => void;
  readonly onDelete: (traceIds: readonly string[]) => void;
}

/** Asks before traces are deleted, and says how many. */
export function DeleteDialog({ traceIds, source, project, onClose, onDelete }: DeleteDialogProps) {
  const count = traceIds?.length ?? 0;
  return (
    <Modal open={traceIds !== undefined} onClose={onClose} label="Delete traces">
      <form
        className="flex flex-col gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (traceIds) onDelete(traceIds);
        }}
      >
        <h2 className="text-title font-semibold">Delete {countOf(count, 'trace')}?</h2>
        <p>
          {source === undefined ? '' : `Selected: ${source} with ${countOf(count, 'trace')}. `}
          This deletes {count === 1 ? 'the trace' : `all ${countOf(count, 'trace')}`} from project “{project}”
          with all {count === 1 ? 'its' : 'their'} spans, content, log records, scores and tags. It cannot be
          undone.
        </p>
        <p className="text-small text-ink-soft">Spans that arrive later are stored as new data.</p>
        <div className="flex flex-wrap items-center gap-2">
          <button type="submit" className="control border-error text-error" disabled={count === 0}>
            Delete {countOf(count, 'trace')}
          </button>
          <button type="button" className="control" data-autofocus onClick={onClose}>
            Keep {count === 1 ? 'it' : `the ${pluralOf(count, 'trace')}`}
          </button>
        </div>
      </form>
    </Modal>
  );
}
