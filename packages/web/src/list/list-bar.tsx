import { ArrowUp, PanelLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { BuilderButton } from '../filter/builder/builder-button.tsx';
import { FilterBar } from '../filter/filter-bar.tsx';
import { PageBar } from '../frame/page-bar.tsx';
import { TimeRangePicker } from '../frame/time-range-picker.tsx';
import type { SearchRecord } from '../url/search-params.ts';
import type { PageViews } from '../views/use-views.ts';
import { ViewsMenu } from '../views/views-menu.tsx';
import type { ListSpec } from './list-spec.ts';
import type { ListView } from './list-view.ts';
import { LiveToggle } from './live-toggle.tsx';

interface ListBarProps<Row> {
  readonly spec: ListSpec<Row>;
  readonly view: ListView;
  readonly project: string;
  readonly views: PageViews;
  /** The search parameters of the address. */
  readonly search: SearchRecord;
  readonly show: (change: Partial<ListView>, replace?: boolean) => void;
  readonly recent: readonly string[];
  readonly onFilter: (filter: string) => void;
  /** Conditions of a list without a filter language. */
  readonly conditions: ReactNode;
  /** Further controls, and the menu of columns. */
  readonly children: ReactNode;
  readonly live: Parameters<typeof LiveToggle>[0]['state'];
  readonly facets: boolean;
  readonly onFacets: (shown: boolean) => void;
  /** Number of new rows that wait. */
  readonly waiting: number;
  readonly onTakeNew: () => void;
}

/** The bar of a list: title, filter, saved views, range and further controls. */
export function ListBar<Row>(props: ListBarProps<Row>) {
  const { spec, view, project, show, facets, waiting } = props;
  const hasFilter = spec.filterOf !== undefined;
  return (
    <PageBar
      filter={
        hasFilter ? (
          <>
            <FilterBar
              applied={view.q}
              of={spec.filterOf ?? 'trace'}
              nouns={spec.nouns[1]}
              project={project}
              range={view.range}
              recent={props.recent}
              onApply={props.onFilter}
            />
            <BuilderButton
              of={spec.filterOf ?? 'trace'}
              project={project}
              range={view.range}
              filter={view.q}
              onApply={props.onFilter}
            />
          </>
        ) : (
          props.conditions
        )
      }
      controls={
        <>
          <ViewsMenu views={props.views} project={project} search={props.search} />
          <TimeRangePicker range={view.range} onChange={(range) => show({ range })} />
          {spec.liveRows && (
            <LiveToggle
              live={view.live}
              state={props.live}
              disabled={view.range.kind !== 'recent'}
              noun={spec.nouns[1]}
              onChange={(live) => show({ live }, true)}
            />
          )}
          {props.children}
        </>
      }
    >
      <h1 className="text-title font-semibold">{spec.title}</h1>
      {hasFilter && (
        <button
          type="button"
          className="control-quiet aria-pressed:bg-selected aria-pressed:text-ink"
          aria-pressed={facets}
          aria-label="Facets"
          title="Facets  f"
          onClick={() => props.onFacets(!facets)}
        >
          <PanelLeft size={14} aria-hidden />
        </button>
      )}
      {waiting > 0 && (
        <button type="button" className="control-primary h-6 rounded-full" onClick={props.onTakeNew}>
          <ArrowUp size={12} aria-hidden /> {waiting} new
        </button>
      )}
    </PageBar>
  );
}
