import { ROLL_UPS, type RollUpBy } from '@throughline/spans';
import { BAR_WIDTHS, type BarWidth } from '../../waterfall/measured-layout.ts';

/** The part of the trace that the waterfall shows, in ms since the trace began; `fromMs` < `toMs`. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The ways to look at a trace. */
export const TRACE_VIEWS = ['waterfall', 'flame', 'runs', 'conversation'] as const;
export type TraceAs = (typeof TRACE_VIEWS)[number];

/** Everything that defines what the trace page shows. */
export interface TraceView {
  /** If absent, the page finds the project that has the trace. */
  readonly project?: string;
  /** How the trace is shown. */
  readonly as: TraceAs;
  /** Id of the selected span. */
  readonly span?: string;
  /** Tab of the detail pane. If absent, the first one that the span has. */
  readonly tab?: string;
  /** Search text for the tree. */
  readonly find?: string;
  /** Texts that are marked in the details, because a search found them. */
  readonly found: readonly string[];
  /** Show only matching rows and their ancestors. */
  readonly onlyMatches: boolean;
  /** If absent, the whole trace. */
  readonly zoom?: TimeWindow;
  /** Rows at this depth and deeper start collapsed. If absent, all rows are expanded. */
  readonly depth?: number;
  /** Shows the totals by this above the tree. If absent, they are hidden. */
  readonly by?: RollUpBy;
  /** Key of the row of the totals whose spans are marked. */
  readonly mark?: string;
  /** Column that the totals are sorted by, with a minus if descending. If absent, by the critical path. */
  readonly order?: string;
  /** What the width of a bar means. */
  readonly width: BarWidth;
  /** Hides the critical path. */
  readonly hidePath: boolean;
  /** Ids of spans whose state is the opposite of what `depth` defines. */
  readonly toggled: readonly string[];
}

const isRollUp = (text: string | undefined): text is RollUpBy => ROLL_UPS.some((by) => by === text);

/** Maximum number of toggled spans in the URL, to limit its length. The page keeps the others in memory. */
const MOST_TOGGLED = 60;

/** Maximum number of texts that are marked. */
const MOST_FOUND = 20;

export function parseTraceView(search: Readonly<Record<string, string>>): TraceView {
  const zoom = parseZoom(search.zoom);
  const depth = /^\d{1,6}$/.test(search.depth ?? '') ? Number(search.depth) : undefined;
  return {
    ...(search.project && { project: search.project }),
    as: TRACE_VIEWS.find((as) => as === search.as) ?? 'waterfall',
    ...(search.span && { span: search.span }),
    ...(search.tab && { tab: search.tab }),
    ...(search.find && { find: search.find }),
    found: search.found ? search.found.split('\n').slice(0, MOST_FOUND) : [],
    onlyMatches: search.only === '1',
    ...(zoom && { zoom }),
    ...(depth !== undefined && { depth }),
    ...(isRollUp(search.by) && { by: search.by }),
    ...(isRollUp(search.by) && search.mark && { mark: search.mark }),
    ...(isRollUp(search.by) && search.order && { order: search.order }),
    width: BAR_WIDTHS.find((width) => width === search.width) ?? 'time',
    hidePath: search.path === '0',
    toggled: search.toggled ? search.toggled.split('~').filter(Boolean).slice(0, MOST_TOGGLED) : [],
  };
}

/** The search parameters of a view, without defaults. */
export function printTraceView(view: TraceView): Record<string, string> {
  return {
    ...(view.project && { project: view.project }),
    ...(view.as !== 'waterfall' && { as: view.as }),
    ...(view.span && { span: view.span }),
    ...(view.tab && { tab: view.tab }),
    ...(view.find && { find: view.find }),
    ...(view.found.length > 0 && { found: view.found.join('\n') }),
    ...(view.onlyMatches && { only: '1' }),
    ...(view.zoom && { zoom: `${view.zoom.fromMs}~${view.zoom.toMs}` }),
    ...(view.depth !== undefined && { depth: String(view.depth) }),
    ...(view.by && { by: view.by }),
    ...(view.by && view.mark && { mark: view.mark }),
    ...(view.by && view.order && { order: view.order }),
    ...(view.width !== 'time' && { width: view.width }),
    ...(view.hidePath && { path: '0' }),
    ...(view.toggled.length > 0 && { toggled: view.toggled.slice(0, MOST_TOGGLED).join('~') }),
  };
}

function parseZoom(text: string | undefined): TimeWindow | null {
  const match = /^(-?\d+(?:\.\d+)?(?:e-?\d+)?)~(\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(text ?? '');
  if (!match) return null;
  const [fromMs, toMs] = [Number(match[1]), Number(match[2])];
  return Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs < toMs ? { fromMs, toMs } : null;
}
