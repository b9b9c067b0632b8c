import { useState } from 'react';
import { useFieldValues } from '../../filter/use-field-values.ts';
import { Modal } from '../../ui/modal.tsx';

export interface TagChange {
  readonly add: string[];
  readonly remove: string[];
}

interface TagRowsDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** What is tagged, such as `3 traces`. */
  readonly what: string;
  readonly project: string;
  readonly onTag: (change: TagChange) => void;
}

/** A dialog that adds tags to traces and removes them. */
export function TagRowsDialog({ open, onClose, ...props }: TagRowsDialogProps) {
  return (
    <Modal open={open} onClose={onClose} label="Tag the selection">
      <TagForm onClose={onClose} {...props} />
    </Modal>
  );
}

const SUGGESTED = 30;

function TagForm({ onClose, what, project, onTag }: Omit<TagRowsDialogProps, 'open'>) {
  const [added, setAdded] = useState('');
  const [removed, setRemoved] = useState('');
  const { data } = useFieldValues({
    of: 'trace',
    enabled: true,
    field: 'tag',
    project,
    range: { kind: 'recent', recent: '30d' },
    q: '',
    limit: SUGGESTED,
  });
  const change = {
    add: tagsOf(added),
    remove: tagsOf(removed).filter((tag) => !tagsOf(added).includes(tag)),
  };
  const isEmpty = change.add.length + change.remove.length === 0;
  return (
    <form
      className="flex flex-col gap-3 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) onTag(change);
      }}
    >
      <h2 className="text-title font-semibold">Tag {what}</h2>
      <TagField label="Add tags" value={added} onChange={setAdded} autofocus />
      <TagField label="Remove tags" value={removed} onChange={setRemoved} />
      <datalist id="known-tags">
        {data?.values.map(({ value }) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      <p className="text-small text-ink-faint">
        Separate tags with commas. Tags that the application sent cannot be removed. The filter{' '}
        <code>tag:</code> finds all of them.
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <button type="submit" className="control-primary" disabled={isEmpty}>
          Change tags
        </button>
        <button type="button" className="control" onClick={onClose}>
          Cancel
        </button>
      </div>
    </form>
  );
}

interface TagFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly autofocus?: boolean;
}

function TagField({ label, value, onChange, autofocus = false }: TagFieldProps) {
  return (
    <label className="flex flex-col gap-1 text-small text-ink-soft">
      {label}
      <input
        className="field text-body"
        value={value}
        maxLength={4000}
        list="known-tags"
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        {...(autofocus && { 'data-autofocus': true })}
      />
    </label>
  );
}

function tagsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
    ),
  ];
}
