/** A window of time on the waterfall, ms since the trace began, `fromMs` < `toMs`. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Everything that the trace page shows by. */
export interface TraceView {
  /** Absent: wherever the trace is. */
  readonly project?: string;
  readonly span?: string;
  /** Tab of the detail pane; absent: the first that the span has. */
  readonly tab?: string;
  /** Text looked for in the tree. */
  readonly find?: string;
  /** Only rows that match, and their ancestors. */
  readonly onlyMatches: boolean;
  /** Absent: the whole trace. */
  readonly zoom?: TimeWindow;
  /** Rows deeper than this start closed; absent: all open. */
  readonly depth?: number;
  /** Span ids that are closed though `depth` leaves them open, or the other way round. */
  readonly toggled: readonly string[];
}

/** Past this many the URL would grow without bound; the page keeps the rest to itself. */
const MOST_TOGGLED = 60;

export function parseTraceView(search: Readonly<Record<string, string>>): TraceView {
  const zoom = parseZoom(search.zoom);
  const depth = /^\d{1,6}$/.test(search.depth ?? '') ? Number(search.depth) : undefined;
  return {
    ...(search.project && { project: search.project }),
    ...(search.span && { span: search.span }),
    ...(search.tab && { tab: search.tab }),
    ...(search.find && { find: search.find }),
    onlyMatches: search.only === '1',
    ...(zoom && { zoom }),
    ...(depth !== undefined && { depth }),
    toggled: search.toggled ? search.toggled.split('~').filter(Boolean).slice(0, MOST_TOGGLED) : [],
  };
}

/** Defaults are left out. */
export function printTraceView(view: TraceView): Record<string, string> {
  return {
    ...(view.project && { project: view.project }),
    ...(view.span && { span: view.span }),
    ...(view.tab && { tab: view.tab }),
    ...(view.find && { find: view.find }),
    ...(view.onlyMatches && { only: '1' }),
    ...(view.zoom && { zoom: `${view.zoom.fromMs}~${view.zoom.toMs}` }),
    ...(view.depth !== undefined && { depth: String(view.depth) }),
    ...(view.toggled.length > 0 && { toggled: view.toggled.slice(0, MOST_TOGGLED).join('~') }),
  };
}

function parseZoom(text: string | undefined): TimeWindow | null {
  const match = /^(-?\d+(?:\.\d+)?(?:e-?\d+)?)~(\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(text ?? '');
  if (!match) return null;
  const [fromMs, toMs] = [Number(match[1]), Number(match[2])];
  return Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs < toMs ? { fromMs, toMs } : null;
}
