import { ArrowDown, ArrowUp, Columns3, Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Dropdown } from '../ui/dropdown.tsx';
import type { Column } from './column.ts';
import type { ListLayout } from './place-columns.ts';
import { withMoved } from './with-moved.ts';

interface ColumnMenuProps<Row> {
  readonly columns: readonly Column<Row>[];
  /** Ids of the columns that are shown, in their order. */
  readonly shown: readonly string[];
  readonly layout: ListLayout;
  readonly onLayout: (layout: ListLayout) => void;
  /** Whether attributes can be added as columns. */
  readonly attributes: boolean;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

const MOST_ATTRIBUTES = 20;

/** Chooses the columns of a list and their order, and adds attributes as columns. */
export function ColumnMenu<Row>(props: ColumnMenuProps<Row>) {
  const { columns, shown, layout, onLayout, attributes, open, onOpenChange } = props;
  const byId = new Map(columns.map((column) => [column.id, column]));
  const choose = (ids: readonly string[]) => onLayout({ ...layout, columns: ids });
  const hidden = columns.filter(({ id }) => !shown.includes(id));
  const isChanged = layout.columns !== undefined || Object.keys(layout.widths).length > 0;
  return (
    <Dropdown
      label="Columns"
      open={open}
      onOpenChange={onOpenChange}
      align="end"
      trigger={<Columns3 size={13} aria-hidden />}
    >
      <div className="flex max-h-[min(32rem,70vh)] w-72 flex-col">
        <div className="min-h-0 overflow-y-auto">
          <ul aria-label="Columns that are shown">
            {shown.map((id, index) => {
              const label = byId.get(id)?.label ?? id;
              return (
                <li key={id} className="flex h-7 items-center gap-1 rounded-control pl-1 hover:bg-hover">
                  <label className="flex min-w-0 flex-1 items-center gap-2">
                    <input
                      type="checkbox"
                      className="size-3.5 accent-accent"
                      checked
                      disabled={byId.get(id)?.link ?? false}
                      onChange={() => choose(shown.filter((each) => each !== id))}
                    />
                    <span className="truncate" title={label}>
                      {label}
                    </span>
                  </label>
                  <MoveButton
                    label={`Move ${label} to the left`}
                    disabled={index === 0}
                    onClick={() => choose(withMoved(shown, id, index - 1))}
                    icon={ArrowUp}
                  />
                  <MoveButton
                    label={`Move ${label} to the right`}
                    disabled={index === shown.length - 1}
                    onClick={() => choose(withMoved(shown, id, index + 1))}
                    icon={ArrowDown}
                  />
                </li>
              );
            })}
          </ul>
          {hidden.length > 0 && (
            <ul aria-label="Other columns" className="mt-1 border-t border-line pt-1">
              {hidden.map(({ id, label }) => (
                <li key={id} className="flex h-7 items-center rounded-control pl-1 hover:bg-hover">
                  <label className="flex min-w-0 flex-1 items-center gap-2 text-ink-soft">
                    <input
                      type="checkbox"
                      className="size-3.5 accent-accent"
                      checked={false}
                      onChange={() => choose([...shown, id])}
                    />
                    <span className="truncate">{label}</span>
                  </label>
                </li>
              ))}
            </ul>
          )}
        </div>
        {attributes && (
          <AttributeForm
            full={shown.filter((id) => id.startsWith('attr.')).length >= MOST_ATTRIBUTES}
            onAdd={(id) => !shown.includes(id) && choose([...shown, id])}
          />
        )}
        {isChanged && (
          <button
            type="button"
            className="menu-row mt-1 border-t border-line"
            onClick={() => onLayout({ widths: {} })}
          >
            <X size={13} aria-hidden /> Reset columns and widths
          </button>
        )}
      </div>
    </Dropdown>
  );
}

function AttributeForm({ full, onAdd }: { full: boolean; onAdd: (id: string) => void }) {
  const [key, setKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const name = key.trim();
    if (/^(?:attr|score)\.?$/.test(name) || name === '') return;
    onAdd(name.startsWith('score.') || name.startsWith('attr.') ? name : `attr.${name}`);
    setKey('');
  };
  return (
    <form onSubmit={submit} className="mt-1 flex items-center gap-1 border-t border-line pt-1.5">
      <input
        aria-label="Attribute or score to add as a column"
        className="field min-w-0 flex-1 font-mono text-small"
        placeholder={full ? `At most ${MOST_ATTRIBUTES} attributes` : 'attr.customer.tier, score.helpful'}
        maxLength={200}
        disabled={full}
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      <button type="submit" className="control-quiet" aria-label="Add the column" disabled={full}>
        <Plus size={13} aria-hidden />
      </button>
    </form>
  );
}

function MoveButton({
  label,
  disabled,
  onClick,
  icon: Icon,
}: {
  label: string;
  disabled: boolean;
  onClick: () => void;
  icon: typeof ArrowUp;
}) {
  return (
    <button
      type="button"
      className="control-quiet px-1 disabled:invisible"
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={12} aria-hidden />
    </button>
  );
}
