import { formatDuration } from '@throughline/spans';
import type { Shown } from '../format/numbers.ts';

/** An unfinished trace without news for this long is stale: nobody knows whether it is still running. */
const STALE_MS = 3_600_000;

/** Whether something unfinished is stale. `nowMs` and `lastMs`, the last known instant, are on the same time scale. */
export function isStale(nowMs: number, lastMs: number): boolean {
  return nowMs - lastMs > STALE_MS;
}

/** `12 s`, `2 m 05 s`: whole seconds, since it counts them. Clocks disagree, so less than nothing is nothing. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** How long something has been open, or that its end never came. */
export function showOpen(elapsedMs: number, stale: boolean): Shown {
  const elapsed = formatElapsed(elapsedMs);
  return stale
    ? { text: 'no end', exact: `It began ${elapsed} ago and no end has come. Its process may have stopped.` }
    : { text: elapsed, exact: `Running for ${elapsed}; no end has come yet` };
}
