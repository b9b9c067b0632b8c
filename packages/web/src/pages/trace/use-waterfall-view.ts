import { layoutAt, layoutTrace, type RollUp, rollUp } from '@throughline/spans';
import { useCallback, useMemo } from 'react';
import type { Trace } from '../../api/types.ts';
import { useNow } from '../../ui/use-now.ts';
import { findSpans, nextMarked } from '../../waterfall/find-spans.ts';
import { measuredLayout } from '../../waterfall/measured-layout.ts';
import { type Folding, matchingRows, openRows, rowOf, toggle, unfoldTo } from '../../waterfall/rows.ts';
import { windowAround, within } from '../../waterfall/time-scale.ts';
import type { TimeWindow, TraceView } from './url.ts';
import { useExplanation } from './use-explanation.ts';

type ChangeView = (change: (view: TraceView) => TraceView) => void;

/** Derives rows, matches and the selection from a view of a trace, and returns the functions that change the view. */
export function useWaterfallView(trace: Trace, view: TraceView, onView: ChangeView) {
  const still = useMemo(() => layoutTrace(trace.spans), [trace.spans]);
  const nowMs = useNow(still.running);
  const layout = useMemo(() => layoutAt(still, nowMs), [still, nowMs]);
  const explanation = useExplanation(still, layout);
  const { width } = view;
  const bars = useMemo(() => measuredLayout(layout, width), [layout, width]);
  const { depth, toggled, find, onlyMatches, zoom, span, by, mark } = view;
  const folding = useMemo<Folding>(() => ({ depth, toggled: new Set(toggled) }), [depth, toggled]);
  const path = explanation?.path;
  const totals = useMemo(() => (by && path ? rollUp(still, path, by) : undefined), [still, path, by]);
  const matches = useMemo(() => {
    if (find) return findSpans(still.spans, find);
    return totals && mark !== undefined ? spansOfRow(totals, mark) : undefined;
  }, [still, find, totals, mark]);
  const matchCount = useMemo(() => matches?.reduce((sum, mark) => sum + mark, 0) ?? 0, [matches]);
  const filtered = onlyMatches && matches !== undefined;
  const rows = useMemo(
    () => (filtered ? matchingRows(still, matches) : openRows(still, folding)),
    [still, folding, filtered, matches],
  );
  const selected = (span === undefined ? undefined : layout.indexOf.get(span)) ?? 0;
  const time = useMemo<TimeWindow>(
    () => within(zoom ?? { fromMs: 0, toMs: bars.totalMs }, bars.totalMs),
    [zoom, bars],
  );

  const setTime = useCallback(
    (next: TimeWindow) =>
      onView(({ zoom: _, ...rest }) => {
        const whole = next.fromMs <= 0 && next.toMs >= bars.totalMs;
        return whole ? rest : { ...rest, zoom: { fromMs: round(next.fromMs), toMs: round(next.toMs) } };
      }),
    [onView, bars],
  );

  /** Selects a span. Expands its ancestors and, if the search hides the span, shows all rows again. */
  const select = useCallback(
    (index: number) => {
      const spanId = layout.spans[index]?.spanId;
      if (spanId === undefined) return;
      onView((old) => {
        const before: Folding = { depth: old.depth, toggled: new Set(old.toggled) };
        const after = unfoldTo(layout, index, before);
        const isHidden = old.onlyMatches && matches?.[index] === 0;
        return {
          ...old,
          span: spanId,
          toggled: after === before ? old.toggled : [...after.toggled],
          onlyMatches: old.onlyMatches && !isHidden,
        };
      });
    },
    [layout, matches, onView],
  );

  /** Selects a span, and moves the timeline if it does not show the span. */
  const jump = useCallback(
    (index: number) => {
      select(index);
      const startMs = bars.startMs[index] ?? 0;
      const endMs = startMs + (bars.durationMs[index] || 0);
      if (startMs <= time.toMs && endMs >= time.fromMs) return;
      const half = (time.toMs - time.fromMs) / 2;
      const middle = (startMs + endMs) / 2;
      setTime(within({ fromMs: middle - half, toMs: middle + half }, bars.totalMs));
    },
    [bars, time, select, setTime],
  );

  const toggleRow = useCallback(
    (index: number) => {
      const spanId = layout.spans[index]?.spanId;
      if (spanId === undefined) return;
      onView((old) => ({
        ...old,
        toggled: [...toggle({ depth: old.depth, toggled: new Set(old.toggled) }, spanId).toggled],
      }));
    },
    [layout, onView],
  );

  const fit = useCallback(
    (index: number) => {
      const startMs = bars.startMs[index] ?? 0;
      const endMs = startMs + (bars.durationMs[index] || bars.totalMs - startMs);
      setTime(windowAround(startMs, endMs, bars.totalMs));
    },
    [bars, setTime],
  );

  const setDepth = useCallback(
    (next: number | undefined) =>
      onView(({ depth: _, ...rest }) => ({
        ...rest,
        toggled: [],
        ...(next !== undefined && { depth: next }),
      })),
    [onView],
  );

  const nextMatch = useCallback(
    (step: 1 | -1) => {
      if (!matches) return;
      const next = nextMarked(matches, selected, step);
      if (next >= 0) jump(next);
    },
    [matches, selected, jump],
  );

  return {
    layout,
    bars,
    explanation,
    totals,
    folding,
    matches,
    matchCount,
    rows,
    selected,
    selectedRow: useMemo(() => rowOf(layout, rows, selected), [layout, rows, selected]),
    time,
    setTime,
    select,
    jump,
    toggleRow,
    fit,
    setDepth,
    nextMatch,
  };
}

/** Marks with 1 each span of a row of the totals. Undefined if the trace has no such row. */
function spansOfRow({ rows, rowOf }: RollUp, key: string): Uint8Array | undefined {
  const row = rows.findIndex((each) => each.key === key);
  return row < 0 ? undefined : Uint8Array.from(rowOf, (each) => Number(each === row));
}

/** Rounds to picoseconds, to keep links short. */
function round(ms: number): number {
  return Number(ms.toFixed(6));
}
