import { formatCount, type RollUpBy } from '@throughline/spans';
import { ChevronsDownUp, ChevronsUpDown, Filter, Search, Sigma, Spline, ZoomOut } from 'lucide-react';
import type { RefObject } from 'react';
import { BAR_WIDTHS, type BarWidth } from '../../waterfall/measured-layout.ts';

interface TreeToolbarProps {
  readonly find: string;
  readonly onFind: (text: string) => void;
  readonly findBox: RefObject<HTMLInputElement | null>;
  /** Number of matches, and the position of the selected span among them. Undefined if the search is empty. */
  readonly found: { readonly count: number; readonly at: number } | undefined;
  readonly onNext: (step: 1 | -1) => void;
  readonly onlyMatches: boolean;
  readonly onOnlyMatches: (only: boolean) => void;
  readonly depth: number | undefined;
  readonly maxDepth: number;
  readonly onDepth: (depth: number | undefined) => void;
  /** Grouping of the totals; undefined if they are hidden. */
  readonly by: RollUpBy | undefined;
  readonly onTotals: () => void;
  readonly barWidth: BarWidth;
  readonly onBarWidth: (width: BarWidth) => void;
  readonly hidePath: boolean;
  readonly onHidePath: (hide: boolean) => void;
  readonly zoomed: boolean;
  readonly onResetZoom: () => void;
  readonly onLeave: () => void;
}

/** Maximum depth offered in the menu. Deeper rows are expanded one by one. */
const MOST_DEPTHS = 9;

const PATH_TITLE =
  'Critical path: a line above the bar marks when the trace waited for a span, amber while none of its steps ran. Dots ' +
  'follow a branch that was done while a slower one ran. Dashes lead to a step that could have run beside a similar one.';

export function TreeToolbar(props: TreeToolbarProps) {
  const { find, found, onlyMatches, depth, maxDepth } = props;
  const depths = Array.from({ length: Math.min(maxDepth, MOST_DEPTHS) }, (_, i) => i + 1);
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-1.5 border-b border-line px-2 py-1">
      <search className="relative flex min-w-40 flex-1 items-center sm:max-w-72">
        <Search size={13} className="pointer-events-none absolute left-2 text-ink-faint" aria-hidden />
        <input
          ref={props.findBox}
          type="search"
          value={find}
          placeholder="Find a span  /"
          aria-label="Find a span by name, model, tool or error"
          className="field h-6 w-full pr-14 pl-7"
          onChange={(event) => props.onFind(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') props.onNext(event.shiftKey ? -1 : 1);
            else if (event.key === 'Escape') props.onLeave();
            else return;
            event.preventDefault();
          }}
        />
        {found && (
          <output className="pointer-events-none absolute right-2 bg-page pl-1 text-small text-ink-faint">
            {found.count === 0
              ? 'no matches'
              : `${found.at === 0 ? '' : `${formatCount(found.at)}/`}${formatCount(found.count)}`}
          </output>
        )}
      </search>
      <button
        type="button"
        className="control-quiet aria-pressed:bg-selected aria-pressed:text-ink"
        aria-pressed={onlyMatches}
        disabled={!found}
        title="Show only matches and their ancestors"
        onClick={() => props.onOnlyMatches(!onlyMatches)}
      >
        <Filter size={13} aria-hidden />
        <span className="sr-only">Only matches</span>
      </button>
      <button
        type="button"
        className="control-quiet aria-pressed:bg-selected aria-pressed:text-ink"
        aria-pressed={props.by !== undefined}
        title="Totals by step, kind, model or tool  b"
        onClick={props.onTotals}
      >
        <Sigma size={13} aria-hidden />
        <span className="text-small">By step</span>
      </button>
      <button
        type="button"
        className="control-quiet aria-pressed:bg-selected aria-pressed:text-ink"
        aria-pressed={!props.hidePath}
        disabled={props.barWidth !== 'time'}
        title={PATH_TITLE}
        onClick={() => props.onHidePath(!props.hidePath)}
      >
        <Spline size={13} aria-hidden />
        <span className="hidden text-small lg:inline">Critical path</span>
        <span className="sr-only lg:hidden">Critical path</span>
      </button>
      <select
        className="h-6 rounded-control bg-page text-small text-ink-soft hover:bg-hover"
        aria-label="Width of the bars"
        title="What the width of a bar means"
        value={props.barWidth}
        onChange={(event) =>
          props.onBarWidth(BAR_WIDTHS.find((width) => width === event.target.value) ?? 'time')
        }
      >
        {BAR_WIDTHS.map((width) => (
          <option key={width} value={width}>
            by {width}
          </option>
        ))}
      </select>
      <div className="ml-auto flex items-center gap-0.5">
        {props.zoomed && (
          <button
            type="button"
            className="control-quiet"
            onClick={props.onResetZoom}
            title="Show the whole trace  0"
          >
            <ZoomOut size={13} aria-hidden /> <span className="hidden text-small sm:inline">Reset zoom</span>
          </button>
        )}
        {maxDepth > 0 && (
          <>
            <button
              type="button"
              className="control-quiet"
              onClick={() => props.onDepth(undefined)}
              title="Expand all  E"
              aria-label="Expand all"
            >
              <ChevronsUpDown size={13} aria-hidden />
            </button>
            <button
              type="button"
              className="control-quiet"
              onClick={() => props.onDepth(1)}
              title="Collapse all but the top level  C"
              aria-label="Collapse all but the top level"
            >
              <ChevronsDownUp size={13} aria-hidden />
            </button>
            <select
              className="h-6 rounded-control bg-page text-small text-ink-soft hover:bg-hover"
              aria-label="Expand to depth"
              title="Expand to depth"
              value={depth === undefined ? '' : String(depth)}
              onChange={(event) =>
                props.onDepth(event.target.value === '' ? undefined : Number(event.target.value))
              }
            >
              <option value="">all depths</option>
              {depths.map((level) => (
                <option key={level} value={level}>
                  depth {level}
                </option>
              ))}
              {depth !== undefined && !depths.includes(depth) && <option value={depth}>depth {depth}</option>}
            </select>
          </>
        )}
      </div>
    </div>
  );
}
