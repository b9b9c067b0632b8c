import type { TraceLayout } from './layout.ts';
import { isLeaf } from './layout.ts';

/** The collapsed spans: those at `depth` and deeper, except that the state of the ids in `toggled` is inverted. */
export interface Folding {
  /** If absent, all spans are expanded. */
  readonly depth?: number | undefined;
  readonly toggled: ReadonlySet<string>;
}

/** Whether span `i` is collapsed. */
export function isClosed(layout: TraceLayout, i: number, folding: Folding): boolean {
  const closedByDepth = folding.depth !== undefined && (layout.depth[i] as number) >= folding.depth;
  const id = layout.spans[i]?.spanId;
  return closedByDepth !== (id !== undefined && folding.toggled.has(id));
}

/** Indexes of the visible spans, in order: all but the descendants of collapsed spans. */
export function openRows(layout: TraceLayout, folding: Folding): Int32Array {
  const rows = new Int32Array(layout.spans.length);
  let count = 0;
  for (let i = 0; i < layout.spans.length; ) {
    rows[count++] = i;
    i = !isLeaf(layout, i) && isClosed(layout, i, folding) ? (layout.end[i] as number) : i + 1;
  }
  return rows.subarray(0, count);
}

/** Indexes of the matching spans and their ancestors, in order. */
export function matchingRows(layout: TraceLayout, matches: Uint8Array): Int32Array {
  const kept = new Uint8Array(matches.length);
  for (let i = 0; i < matches.length; i++) {
    if (!matches[i]) continue;
    for (let up = i; up >= 0 && !kept[up]; up = layout.parent[up] as number) kept[up] = 1;
  }
  let count = 0;
  const rows = new Int32Array(matches.length);
  for (let i = 0; i < kept.length; i++) if (kept[i]) rows[count++] = i;
  return rows.subarray(0, count);
}

/** Row of span `i`, or of its nearest visible ancestor; -1 if there is none. `rows` must be in ascending order. */
export function rowOf(layout: TraceLayout, rows: Int32Array, i: number): number {
  for (let at = i; at >= 0; at = layout.parent[at] as number) {
    let [low, high] = [0, rows.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = rows[middle] as number;
      if (found === at) return middle;
      if (found < at) low = middle + 1;
      else high = middle - 1;
    }
  }
  return -1;
}

/** Expands all ancestors of span `i`. Returns the same object if they are already expanded. */
export function unfoldTo(layout: TraceLayout, i: number, folding: Folding): Folding {
  let unfolded = folding;
  for (let up = layout.parent[i] as number; up >= 0; up = layout.parent[up] as number) {
    if (isClosed(layout, up, unfolded)) unfolded = toggle(unfolded, layout.spans[up]?.spanId as string);
  }
  return unfolded;
}

/** Expands a span if it is collapsed, and collapses it otherwise. */
export function toggle(folding: Folding, spanId: string): Folding {
  const toggled = new Set(folding.toggled);
  if (!toggled.delete(spanId)) toggled.add(spanId);
  return { depth: folding.depth, toggled };
}
