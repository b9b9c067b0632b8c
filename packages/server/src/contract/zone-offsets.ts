import { offsetReader } from './time-zone.ts';

/** The difference between the clocks of a zone and UTC during a range, in milliseconds. */
export interface ZoneOffsets {
  /** At the start of the range. */
  readonly first: number;
  /** When the clocks changed, in ascending order, and the difference since then. */
  readonly changes: readonly { readonly atMs: number; readonly offsetMs: number }[];
}

const STEP_MS = 7 * 86_400_000;
/** Changes of clocks happen at full minutes. */
const MINUTE_MS = 60_000;

export function zoneOffsets(zone: string, fromMs: number, toMs: number): ZoneOffsets {
  const offsetAt = offsetReader(zone);
  const first = offsetAt(fromMs);
  const changes: { atMs: number; offsetMs: number }[] = [];
  let before = first;
  for (let ms = fromMs; ms < toMs; ms += STEP_MS) {
    const end = Math.min(ms + STEP_MS, toMs);
    const after = offsetAt(end);
    if (after === before) continue;
    changes.push({ atMs: findChange(offsetAt, ms, end, before), offsetMs: after });
    before = after;
  }
  return { first, changes };
}

/** The first minute of a range in which the difference is another one than before. */
function findChange(offsetAt: (ms: number) => number, fromMs: number, toMs: number, before: number): number {
  let low = Math.floor(fromMs / MINUTE_MS);
  let high = Math.ceil(toMs / MINUTE_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}
