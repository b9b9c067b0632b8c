import { FilterLink } from '../../../filter/filter-link.tsx';
import type { ListedField } from '../../../filter/value-options.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';

/** Name, value, and the field of the filter with this value. */
export type Fact = readonly [name: string, value: string | null | undefined, field?: ListedField];

/** A list of names and values. Rows without a value are left out. Values with a field link to the traces that have them. */
export function Facts({ rows, mono = false }: { rows: readonly Fact[]; mono?: boolean }) {
  const known = rows.filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (known.length === 0) return null;
  return (
    <dl className="mb-4 grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4">
      {known.map(([name, value, field]) => (
        <div
          key={`${name} ${value}`}
          className="group/fact col-span-2 grid grid-cols-subgrid border-t border-line py-1"
        >
          <dt className="text-ink-faint">{name}</dt>
          <dd className={`flex items-start gap-1 wrap-anywhere ${mono ? 'font-mono text-small' : ''}`}>
            {field && value ? (
              <FilterLink subject={field} value={value} />
            ) : (
              <span className="min-w-0">{value}</span>
            )}
            <span className="-my-0.5 opacity-0 group-focus-within/fact:opacity-100 group-hover/fact:opacity-100">
              <CopyButton text={value ?? ''} label={`Copy ${name}`} />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
