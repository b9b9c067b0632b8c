import { formatDuration } from '@throughline/spans';
import type { Shown } from '../format/numbers.ts';

/** Of what has not ended and has not been heard of for so long nobody knows whether it still runs. */
const QUIET_MS = 3_600_000;

/** Whether nothing came for so long. Both in ms; `lastMs` is the newest instant that is known. */
export function isQuiet(nowMs: number, lastMs: number): boolean {
  return nowMs - lastMs > QUIET_MS;
}

/** `12 s`, `2 m 05 s`: whole seconds, since it counts them. Clocks disagree, so less than nothing is nothing. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** How long something has been open, or that its end never came. */
export function showOpen(elapsedMs: number, quiet: boolean): Shown {
  const elapsed = formatElapsed(elapsedMs);
  return quiet
    ? { text: 'no end', exact: `It began ${elapsed} ago and no end has come. Its process may have stopped.` }
    : { text: elapsed, exact: `Running for ${elapsed}; no end has come yet` };
}
