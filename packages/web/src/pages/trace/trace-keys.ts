import type { RefObject } from 'react';
import type { KeyBinding } from '../../frame/keys.tsx';
import { isLeaf } from '../../waterfall/layout.ts';
import { isClosed } from '../../waterfall/rows.ts';
import { panBy, zoomAround } from '../../waterfall/time-scale.ts';
import type { useWaterfallView } from './use-waterfall-view.ts';

interface TraceKeysInput extends ReturnType<typeof useWaterfallView> {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly findBox: RefObject<HTMLInputElement | null>;
  readonly detail: RefObject<HTMLElement | null>;
  /** Index of the span that the key for the next most expensive call selected last. */
  readonly lastByCost: RefObject<number | undefined>;
  /** Shows or hides the totals. */
  readonly toggleTotals: () => void;
  /** Opens the dialog that adds a score. Undefined if none can be added. */
  readonly score: (() => void) | undefined;
}

/** The keyboard shortcuts of a trace. */
export function traceKeys(input: TraceKeysInput): readonly KeyBinding[] {
  const { layout, bars, rows, selected, selectedRow, folding, time, explanation } = input;
  const step = (by: number) => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, selectedRow + by))];
    if (next !== undefined) input.select(next);
  };
  const pageful = Math.max(1, Math.floor((input.scroller.current?.clientHeight ?? 280) / 28) - 2);
  const closed = isClosed(layout, selected, folding);
  const leaf = isLeaf(layout, selected);
  const zoom = (factor: number) => {
    const startMs = bars.startMs[selected] ?? 0;
    const middle = startMs + (bars.durationMs[selected] || 0) / 2;
    const inSight = middle >= time.fromMs && middle <= time.toMs;
    input.setTime(zoomAround(time, inSight ? middle : (time.fromMs + time.toMs) / 2, factor, bars.totalMs));
  };
  const pan = (share: number) => input.setTime(panBy(time, (time.toMs - time.fromMs) * share, bars.totalMs));
  return [
    { keys: ['j', 'ArrowDown'], label: 'Next span', run: () => step(1), yieldsToPanes: true },
    { keys: ['k', 'ArrowUp'], label: 'Previous span', run: () => step(-1), yieldsToPanes: true },
    {
      keys: ['ArrowLeft', 'h'],
      label: 'Collapse, or go to parent',
      run: () =>
        !leaf && !closed
          ? input.toggleRow(selected)
          : input.select(Math.max(0, layout.parent[selected] ?? 0)),
      yieldsToPanes: true,
    },
    {
      keys: ['ArrowRight', 'l'],
      label: 'Expand, or go to first child',
      run: () => {
        if (leaf) return;
        if (closed) input.toggleRow(selected);
        else input.select(selected + 1);
      },
      yieldsToPanes: true,
    },
    { keys: ['PageDown'], label: 'Page down', run: () => step(pageful), yieldsToPanes: true },
    { keys: ['PageUp'], label: 'Page up', run: () => step(-pageful), yieldsToPanes: true },
    { keys: ['Home'], label: 'First span', run: () => step(-rows.length), yieldsToPanes: true },
    { keys: ['End'], label: 'Last span', run: () => step(rows.length), yieldsToPanes: true },
    { keys: ['Enter'], label: 'Go to details', run: () => focusDetail(input.detail.current) },
    { keys: ['Escape'], label: 'Back to tree', run: () => input.scroller.current?.focus() },
    {
      keys: ['e'],
      label: 'Next error',
      run: () =>
        selectNext(
          input,
          (explanation?.errors ?? []).toSorted((a, b) => a - b),
        ),
    },
    {
      keys: ['$'],
      label: 'Next most expensive span',
      run: () => selectNextByCost(input, explanation?.byCost ?? []),
    },
    { keys: ['/'], label: 'Find a span', run: () => input.findBox.current?.focus() },
    { keys: ['n'], label: 'Next match', run: () => input.nextMatch(1) },
    { keys: ['N'], label: 'Previous match', run: () => input.nextMatch(-1) },
    { keys: ['b'], label: 'Totals by step', run: input.toggleTotals },
    ...(input.score ? [{ keys: ['s'], label: 'Add a score', run: input.score }] : []),
    { keys: ['f'], label: 'Zoom to span', run: () => input.fit(selected) },
    { keys: ['+', '='], label: 'Zoom in', run: () => zoom(0.6) },
    { keys: ['-'], label: 'Zoom out', run: () => zoom(1 / 0.6) },
    {
      keys: ['0'],
      label: 'Show the whole trace',
      run: () => input.setTime({ fromMs: 0, toMs: bars.totalMs }),
    },
    { keys: ['['], label: 'Scroll to earlier', run: () => pan(-0.25) },
    { keys: [']'], label: 'Scroll to later', run: () => pan(0.25) },
    { keys: ['E'], label: 'Expand all', run: () => input.setDepth(undefined) },
    { keys: ['C'], label: 'Collapse all but the top level', run: () => input.setDepth(1) },
  ];
}

/** Selects the next of `indexes` (ascending) after the selected span. After the last comes the first. */
function selectNext({ selected, jump }: TraceKeysInput, indexes: readonly number[]) {
  const next = indexes.find((index) => index > selected) ?? indexes[0];
  if (next !== undefined) jump(next);
}

/**
 * Selects the most expensive call, and when it is pressed again, the next one. If the user selected something else in
 * between, it begins with the most expensive call again.
 */
function selectNextByCost({ selected, jump, lastByCost }: TraceKeysInput, byCost: readonly number[]) {
  const at = lastByCost.current === selected ? byCost.indexOf(selected) : -1;
  const next = byCost[(at + 1) % byCost.length];
  if (next === undefined) return;
  lastByCost.current = next;
  jump(next);
}

function focusDetail(detail: HTMLElement | null) {
  (detail?.querySelector<HTMLElement>('[role="tabpanel"]') ?? detail)?.focus();
}
