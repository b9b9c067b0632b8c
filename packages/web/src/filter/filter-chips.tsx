import { Link } from '@tanstack/react-router';
import { printFilter } from '@throughline/spans';
import { X } from 'lucide-react';
import type { SearchRecord } from '../url/search-params.ts';
import { conditionsOf, withoutCondition } from './conditions.ts';
import type { FilterPath } from './filter-target.ts';

interface FilterChipsProps {
  readonly filter: string;
  readonly path: FilterPath;
  /** Address of the page with another filter. */
  readonly search: (filter: string) => SearchRecord;
}

/** The conditions that must all hold, each with a button to remove it. */
export function FilterChips({ filter, path, search }: FilterChipsProps) {
  const conditions = conditionsOf(filter);
  if (conditions.length === 0) return null;
  return (
    <ul
      aria-label="Conditions of the filter"
      className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-3 py-1.5"
    >
      {conditions.map((condition, index) => {
        const text = printFilter(condition);
        const excludes = condition.type === 'not';
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a filter may have the same condition twice.
            key={index}
            className={`flex h-6 min-w-0 items-center rounded-control pl-2 font-mono text-small ${excludes ? 'border border-line-strong text-ink-soft' : 'bg-accent-wash text-ink'}`}
          >
            <span className="truncate" title={text}>
              {text}
            </span>
            <Link
              to={path}
              search={search(withoutCondition(filter, index))}
              resetScroll={false}
              aria-label={`Remove ${text}`}
              className="flex h-6 items-center rounded-control px-1.5 text-ink-soft hover:text-ink"
            >
              <X size={12} aria-hidden />
            </Link>
          </li>
        );
      })}
      {conditions.length > 1 && (
        <li>
          <Link to={path} search={search('')} resetScroll={false} className="control-quiet text-small">
            Clear all
          </Link>
        </li>
      )}
    </ul>
  );
}
