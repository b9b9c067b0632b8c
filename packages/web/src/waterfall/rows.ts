import type { TraceLayout } from './layout.ts';
import { isLeaf } from './layout.ts';

/** Which spans are closed: those deeper than `depth`, except the ids in `toggled`, which are the other way round. */
export interface Folding {
  /** Absent: all are open. */
  readonly depth?: number | undefined;
  readonly toggled: ReadonlySet<string>;
}

export function isClosed(layout: TraceLayout, i: number, folding: Folding): boolean {
  const closedByDepth = folding.depth !== undefined && (layout.depth[i] as number) >= folding.depth;
  const id = layout.spans[i]?.spanId;
  return closedByDepth !== (id !== undefined && folding.toggled.has(id));
}

/** Indexes of the spans that stand in the list, in its order. */
export function openRows(layout: TraceLayout, folding: Folding): Int32Array {
  const rows = new Int32Array(layout.spans.length);
  let count = 0;
  for (let i = 0; i < layout.spans.length; ) {
    rows[count++] = i;
    i = !isLeaf(layout, i) && isClosed(layout, i, folding) ? (layout.end[i] as number) : i + 1;
  }
  return rows.subarray(0, count);
}

/** The matches and all that stands above them. */
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

/** Row of span `i`, or of its nearest ancestor that is shown; -1 where none is. `rows` ascends. */
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

/** The folding with every ancestor of `i` open; the same object where they are open already. */
export function unfoldTo(layout: TraceLayout, i: number, folding: Folding): Folding {
  let unfolded = folding;
  for (let up = layout.parent[i] as number; up >= 0; up = layout.parent[up] as number) {
    if (isClosed(layout, up, unfolded)) unfolded = toggle(unfolded, layout.spans[up]?.spanId as string);
  }
  return unfolded;
}

export function toggle(folding: Folding, spanId: string): Folding {
  const toggled = new Set(folding.toggled);
  if (!toggled.delete(spanId)) toggled.add(spanId);
  return { depth: folding.depth, toggled };
}
