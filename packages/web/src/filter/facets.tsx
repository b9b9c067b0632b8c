import { Link } from '@tanstack/react-router';
import { formatCount } from '@throughline/spans';
import { ChevronDown, ChevronRight, CircleMinus, X } from 'lucide-react';
import type { MouseEvent } from 'react';
import { usePreference } from '../ui/preference.ts';
import type { SearchRecord } from '../url/search-params.ts';
import type { TimeRange } from '../url/time-range.ts';
import { equals, not, stateOf, toggleCondition } from './conditions.ts';
import type { FilterPath } from './filter-target.ts';
import { useFieldValues } from './use-field-values.ts';
import type { ListedField } from './value-options.ts';

const FACETS = {
  status: 'Status',
  kind: 'Kind',
  model: 'Model',
  feature: 'Feature',
  user: 'User',
  service: 'Service',
  env: 'Environment',
  tag: 'Tag',
  tool: 'Tool',
  error: 'Error',
  finish: 'Finish reason',
} as const satisfies Partial<Record<ListedField, string>>;
type Facet = keyof typeof FACETS;

const OPEN_AT_FIRST: readonly string[] = ['status', 'model', 'feature', 'error'];
const MOST_VALUES = 8;

interface FacetsProps {
  readonly filter: string;
  /** Whether traces or spans are counted. */
  readonly of: 'trace' | 'span';
  readonly path: FilterPath;
  readonly project: string;
  readonly range: TimeRange;
  /** True if the list has loaded. Facets are requested afterwards, so that they do not delay the list. */
  readonly enabled: boolean;
  /** Address of the page with another filter. */
  readonly search: (filter: string) => SearchRecord;
  readonly onNavigate: (filter: string) => void;
  readonly onClose: () => void;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** The most frequent values of some fields under the current filter. A click filters by a value or excludes it. */
export function Facets(props: FacetsProps) {
  const [open, setOpen] = usePreference('open-facets', OPEN_AT_FIRST, isTexts);
  return (
    <aside
      aria-label="Facets"
      className="fixed inset-0 z-20 overflow-y-auto bg-page md:static md:w-56 md:shrink-0 md:border-r md:border-line"
    >
      <div className="flex h-8 items-center justify-between border-b border-line pr-1 pl-3 text-small text-ink-faint">
        Filter by
        <button type="button" className="control-quiet" aria-label="Close the facets" onClick={props.onClose}>
          <X size={13} aria-hidden />
        </button>
      </div>
      {(Object.keys(FACETS) as Facet[]).map((facet) => (
        <FacetSection
          key={facet}
          {...props}
          facet={facet}
          open={open.includes(facet)}
          onToggle={() =>
            setOpen(open.includes(facet) ? open.filter((each) => each !== facet) : [...open, facet])
          }
        />
      ))}
    </aside>
  );
}

interface FacetSectionProps extends FacetsProps {
  readonly facet: Facet;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function FacetSection({ facet, open, onToggle, ...props }: FacetSectionProps) {
  const Arrow = open ? ChevronDown : ChevronRight;
  return (
    <section className="border-b border-line/60 py-1">
      <h2>
        <button
          type="button"
          aria-expanded={open}
          className="flex h-7 w-full items-center gap-1 px-2 text-left text-ink-soft hover:text-ink"
          onClick={onToggle}
        >
          <Arrow size={13} aria-hidden /> {FACETS[facet]}
        </button>
      </h2>
      {open && <FacetValues facet={facet} {...props} />}
    </section>
  );
}

function FacetValues({
  facet,
  filter,
  of,
  path,
  project,
  range,
  enabled,
  search,
  onNavigate,
}: FacetsProps & { facet: Facet }) {
  const { data, isError, isPlaceholderData } = useFieldValues({
    of,
    enabled,
    field: facet,
    project,
    range,
    q: filter,
    limit: MOST_VALUES,
  });
  if (isError) return <p className="px-3 py-1 text-small text-ink-faint">The values could not be counted.</p>;
  if (!data) return <FacetSkeleton />;
  if (data.values.length === 0) return <p className="px-3 py-1 pl-6 text-small text-ink-faint">No values</p>;
  return (
    <>
      <ul aria-label={FACETS[facet]} className={isPlaceholderData ? 'opacity-50' : ''}>
        {data.values.map(({ value, count }) => {
          const condition = equals(facet, value);
          const state = stateOf(filter, condition);
          const onClick = (event: MouseEvent) => {
            if (!event.altKey) return;
            event.preventDefault();
            onNavigate(toggleCondition(filter, not(condition)));
          };
          return (
            <li key={value} className="group/value relative flex h-6.5 items-center hover:bg-hover">
              <Link
                to={path}
                search={search(toggleCondition(filter, condition))}
                resetScroll={false}
                title={`${value}\nAlt+click excludes it`}
                {...(state === 'included' && { 'aria-current': true })}
                className="flex h-full min-w-0 flex-1 items-center gap-2 pr-8 pl-6 aria-[current=true]:bg-selected aria-[current=true]:font-medium"
                onClick={onClick}
              >
                <span className="min-w-0 flex-1 truncate">{value}</span>
                <span className="text-small text-ink-faint">{formatCount(count)}</span>
              </Link>
              <Link
                to={path}
                search={search(toggleCondition(filter, not(condition)))}
                resetScroll={false}
                aria-label={`Exclude ${value}`}
                title={`Exclude ${value}`}
                className="absolute right-1.5 flex size-5.5 items-center justify-center rounded-control text-ink-soft opacity-0 group-hover/value:opacity-100 hover:bg-sunken hover:text-ink focus-visible:opacity-100 [@media(hover:none)]:opacity-100"
              >
                <CircleMinus size={13} aria-hidden />
              </Link>
            </li>
          );
        })}
      </ul>
      {data.more && (
        <p className="py-0.5 pl-6 text-small text-ink-faint">More: type {facet}: in the filter</p>
      )}
    </>
  );
}

const ROWS = [0, 1, 2];

function FacetSkeleton() {
  return (
    <div className="appear-late" role="status" aria-label="Counting values">
      {ROWS.map((row) => (
        <div key={row} className="flex h-6.5 items-center gap-2 pr-3 pl-6">
          <span className="skeleton h-3 flex-1" />
          <span className="skeleton h-3 w-6" />
        </div>
      ))}
    </div>
  );
}
