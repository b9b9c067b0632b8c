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

/** Something that has not ended. */
export interface ShownOpen extends Shown {
  readonly stale: boolean;
  /** As part of a sentence: `running for 12 s`. */
  readonly sentence: string;
}

/** How long something has been open or, if it is stale, that its end never came. */
export function showOpen(elapsedMs: number, stale: boolean): ShownOpen {
  const elapsed = formatElapsed(elapsedMs);
  return stale
    ? {
        stale,
        text: 'no end',
        sentence: 'no end has come',
        exact: `It began ${elapsed} ago and no end has come. Its process may have stopped.`,
      }
    : {
        stale,
        text: elapsed,
        sentence: `running for ${elapsed}`,
        exact: `Running for ${elapsed}; no end has come yet`,
      };
}
