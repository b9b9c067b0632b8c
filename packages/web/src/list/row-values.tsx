import { printFilter } from '@throughline/spans';
import { CircleMinus, ListFilter } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { equals, not, withCondition } from '../filter/conditions.ts';
import { Modal } from '../ui/modal.tsx';
import type { RowValue } from './column.ts';

interface RowValuesProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly values: readonly RowValue[];
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
}

/** The values of a row as a menu: Enter filters by one, and the button beside it excludes it. */
export function RowValues({ open, onClose, title, values, filter, onFilter }: RowValuesProps) {
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const [down, across] = [
      { ArrowDown: 2, ArrowUp: -2 }[event.key] ?? 0,
      { ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0,
    ];
    if (down === 0 && across === 0) return;
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.max(0, Math.min(buttons.length - 1, at + down + across))]?.focus();
    event.preventDefault();
  };
  const apply = (next: string) => {
    onClose();
    onFilter(next);
  };
  return (
    <Modal open={open} onClose={onClose} label="Filter by a value of this row">
      <div className="p-3">
        <h2 className="mb-2 truncate text-title font-semibold" title={title}>
          Filter by a value of “{title}”
        </h2>
        {values.length === 0 && <p className="text-ink-soft">This row has no values to filter by.</p>}
        <ul ref={list} className="flex max-h-[60vh] flex-col overflow-y-auto" onKeyDown={onKeyDown}>
          {values.map(({ label, subject, value }, index) => {
            const condition = equals(subject, value);
            return (
              <li key={printFilter(condition)} className="flex items-center gap-1">
                <button
                  type="button"
                  {...(index === 0 && { 'data-autofocus': true })}
                  aria-label={`Filter by ${label} ${value}`}
                  className="menu-row min-w-0 flex-1 focus-visible:bg-hover"
                  onClick={() => apply(withCondition(filter, condition))}
                >
                  <ListFilter size={13} className="shrink-0 text-ink-faint" aria-hidden />
                  <span className="w-28 shrink-0 truncate text-ink-soft">{label}</span>
                  <span className="min-w-0 truncate font-mono text-small" title={value}>
                    {value}
                  </span>
                </button>
                <button
                  type="button"
                  className="control-quiet shrink-0"
                  aria-label={`Exclude ${label} ${value}`}
                  title="Exclude this"
                  onClick={() => apply(withCondition(filter, not(condition)))}
                >
                  <CircleMinus size={13} aria-hidden />
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </Modal>
  );
}
