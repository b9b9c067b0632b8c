import { formatCount } from '@throughline/spans';
import { useState } from 'react';
import { FoldedText } from '../../../content/folded-text.tsx';
import { FilterButtons } from '../../../filter/filter-link.tsx';
import { countOf } from '../../../format/numbers.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { showValue } from './show-value.ts';

interface AttributesTableProps {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly dropped?: number;
  readonly searchable?: boolean;
  /** Kind of these attributes in a filter. Absent if traces cannot be filtered by them. */
  readonly filters?: 'attribute' | 'resource';
}

/** Maximum number of attributes that are shown. The others can be found by searching. */
const MOST_ROWS = 300;

/** Longer attributes are content, which is searched by its words. */
const LONGEST_FILTERABLE = 256;

function isFilterable(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && value.length <= LONGEST_FILTERABLE;
  return typeof value === 'number' || typeof value === 'boolean';
}

export function AttributesTable({
  attributes,
  dropped = 0,
  searchable = false,
  filters,
}: AttributesTableProps) {
  const [text, setText] = useState('');
  const wanted = text.toLowerCase();
  const all = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const found = all.filter(
    ([key, value]) => wanted === '' || `${key}\n${showValue(value)}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      {searchable && all.length > 5 && (
        <div className="mb-2 flex items-center gap-2">
          <input
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder="Find an attribute"
            aria-label="Find an attribute"
            className="field w-56"
          />
          <span className="text-small text-ink-faint">
            {formatCount(found.length)} of {formatCount(all.length)}
          </span>
        </div>
      )}
      {all.length === 0 && <p className="text-ink-faint">None</p>}
      <table className="w-full table-fixed">
        {/* Without it, the visually hidden header would make all three columns equally wide. */}
        <colgroup>
          <col className="w-2/5" />
          <col />
          <col className={filters ? 'w-20' : 'w-7'} />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Value</th>
            <th scope="col">Actions</th>
          </tr>
        </thead>
        <tbody>
          {found.slice(0, MOST_ROWS).map(([key, value]) => (
            <tr key={key} className="group/row border-t border-line align-top hover:bg-hover">
              <th
                scope="row"
                className="w-2/5 py-1 pr-3 text-left font-mono text-small font-normal text-ink-soft wrap-anywhere"
              >
                {key}
              </th>
              <td className="py-1">
                <FoldedText text={showValue(value)} mono />
              </td>
              <td className="text-right">
                <span className="inline-flex opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100">
                  {filters && isFilterable(value) && (
                    <FilterButtons subject={{ type: filters, key }} value={showValue(value)} />
                  )}
                  <CopyButton text={() => showValue(value)} label={`Copy ${key}`} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length > MOST_ROWS && (
        <p className="mt-1 text-small text-ink-faint">
          {formatCount(found.length - MOST_ROWS)} more. Search to find them.
        </p>
      )}
      {dropped > 0 && (
        <p className="mt-2 text-small text-warning">
          {countOf(dropped, 'attribute')} dropped by the client before sending.
        </p>
      )}
    </>
  );
}
