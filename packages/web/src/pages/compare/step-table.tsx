import { formatCost, formatCount, formatDuration } from '@throughline/spans';
import { useState } from 'react';
import type { TraceDiff } from '../../api/types.ts';
import { ABSENT, countOf } from '../../format/numbers.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import type { FoldedRow } from './fold-rows.ts';

type Step = TraceDiff['steps'][number];

interface StepTableProps {
  readonly rows: readonly FoldedRow<Step>[];
  readonly selected: number | undefined;
  readonly onSelect: (index: number | undefined) => void;
  readonly onOpen: (index: number) => void;
}

/** Rows beyond this number are shown on demand, so that comparing large traces stays quick. */
const PAGE = 400;
/** Deeper steps are not indented further. */
const MOST_INDENT = 12;

const MARKS: Readonly<Record<Step['change'], { readonly text: string; readonly className: string }>> = {
  same: { text: '', className: '' },
  changed: { text: 'changed', className: 'text-warning' },
  moved: { text: 'moved', className: 'text-warning' },
  added: { text: 'added', className: 'text-accent' },
  removed: { text: 'removed', className: 'text-ink-faint line-through' },
};

/** Every step of both traces once, with what is different. Runs of equal steps are folded. */
export function StepTable({ rows, selected, onSelect, onOpen }: StepTableProps) {
  const [shown, setShown] = useState(PAGE);
  const hidden = rows.length - shown;
  return (
    <section
      aria-label="Steps"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      className="min-h-0 min-w-0 flex-1 overflow-auto"
    >
      <table className="w-full border-collapse text-left">
        <thead className="sticky top-0 z-[1] bg-page text-small text-ink-faint">
          <tr className="h-7">
            <th scope="col" className="w-2/5 pl-3 font-normal">
              Step
            </th>
            <th scope="col" className="hidden w-1/3 px-2 font-normal sm:table-cell">
              Difference
            </th>
            <th scope="col" className="px-2 text-right font-normal">
              Δ Duration
            </th>
            <th scope="col" className="hidden px-2 text-right font-normal md:table-cell">
              Δ Tokens
            </th>
            <th scope="col" className="px-2 pr-3 text-right font-normal">
              Δ Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row) =>
            row.kind === 'fold' ? (
              <tr key={`fold ${row.index}`} className="h-7 border-t border-line/60 bg-sunken">
                <td colSpan={5} className="pl-3">
                  <button
                    type="button"
                    className="text-small text-ink-soft hover:text-ink"
                    onClick={() => onOpen(row.index)}
                  >
                    {countOf(row.count, 'step')} the same
                  </button>
                </td>
              </tr>
            ) : (
              <StepRow
                key={row.index}
                step={row.row}
                selected={row.index === selected}
                onSelect={() => onSelect(row.index === selected ? undefined : row.index)}
              />
            ),
          )}
        </tbody>
      </table>
      {hidden > 0 && (
        <button type="button" className="control m-3" onClick={() => setShown(shown + PAGE)}>
          Show more of {countOf(hidden, 'row')}
        </button>
      )}
    </section>
  );
}

function StepRow({ step, selected, onSelect }: { step: Step; selected: boolean; onSelect: () => void }) {
  const { a, b, change, depth, delta, differences } = step;
  const span = b ?? a;
  const mark = MARKS[change];
  if (!span) return null;
  return (
    <tr
      className={`h-7 border-t border-line/60 hover:bg-hover ${selected ? 'bg-selected' : ''}`}
      onClick={onSelect}
    >
      <td className="max-w-0 pr-2" style={{ paddingLeft: 12 + Math.min(depth, MOST_INDENT) * 14 }}>
        <button
          type="button"
          aria-pressed={selected}
          className="flex w-full min-w-0 items-center gap-1.5 text-left"
          title={span.name}
        >
          <KindIcon kind={span.kind} />
          <span className={`truncate ${change === 'removed' ? 'line-through' : ''}`}>
            {span.name || '(no name)'}
          </span>
          {mark.text && <span className={`shrink-0 text-tiny ${mark.className}`}>{mark.text}</span>}
        </button>
      </td>
      <td className="hidden max-w-0 truncate px-2 text-small text-ink-soft sm:table-cell">
        {a && b ? differences.map((field) => describe(field, a, b)).join(', ') : ''}
      </td>
      <td className="px-2 text-right whitespace-nowrap">
        <Delta value={delta.durationMs} format={formatDuration} />
      </td>
      <td className="hidden px-2 text-right whitespace-nowrap md:table-cell">
        <Delta value={delta.tokens} format={formatCount} />
      </td>
      <td className="px-2 pr-3 text-right whitespace-nowrap">
        <Delta value={delta.costUsd} format={formatCost} />
      </td>
    </tr>
  );
}

function Delta({ value, format }: { value: number | null; format: (value: number) => string }) {
  if (value === null) return <span className="text-ink-faint">{ABSENT}</span>;
  if (value === 0) return <span className="text-ink-faint">0</span>;
  return `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}

type Side = NonNullable<Step['a']>;

function describe(field: Step['differences'][number], a: Side, b: Side): string {
  if (field === 'model') return `model ${a.model ?? ABSENT} → ${b.model ?? ABSENT}`;
  if (field === 'name') return `name ${a.name} → ${b.name}`;
  if (field === 'parent') return 'below another step';
  if (field === 'status') return b.status === 'error' ? 'now fails' : 'no longer fails';
  return `${field} differs`;
}
