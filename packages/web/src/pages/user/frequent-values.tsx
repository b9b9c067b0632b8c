import { useQuery } from '@tanstack/react-query';
import { fieldValuesQuery } from '../../api/queries.ts';
import { FilterLink } from '../../filter/filter-link.tsx';
import { countOf } from '../../format/numbers.ts';
import { visibleName } from '../../format/visible-name.ts';
import type { ListOfUser } from './list-of-user.ts';
import { ListSection } from './list-section.tsx';

interface FrequentValuesProps extends ListOfUser {
  readonly field: 'error' | 'feature' | 'model';
  readonly title: string;
  /** Text if there are no values. Empty: the section is left out. */
  readonly none: string;
}

const LIMIT = 8;

/** The most frequent values of a field among the traces of the user. Each leads to these traces. */
export function FrequentValues({ project, q, bounds, field, title, none }: FrequentValuesProps) {
  const state = useQuery(
    fieldValuesQuery('trace', { project, q, field, limit: LIMIT }, JSON.stringify(bounds), () => bounds),
  );
  const values = state.data?.values ?? [];
  if (state.data && values.length === 0 && none === '') return null;
  return (
    <ListSection title={title} state={state}>
      {values.length === 0 && <p className="py-2 text-ink-faint">{none}</p>}
      <ul>
        {values.map(({ value, count }) => (
          <li key={value} className="flex min-w-0 items-center gap-3 border-b border-line py-1">
            <span className="flex min-w-0 flex-1" title={value}>
              <FilterLink subject={field} value={value}>
                {visibleName(value)}
              </FilterLink>
            </span>
            <span className="shrink-0 text-small text-ink-soft">{countOf(count, 'trace')}</span>
          </li>
        ))}
      </ul>
    </ListSection>
  );
}
