import { formatDuration } from '@throughline/spans';
import type { Shown } from '../format/numbers.ts';

/** An elapsed time in whole seconds: `12 s`, `2 m 05 s`. A negative time, caused by differing clocks, is `0 s`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** The displayed duration of a span or trace that has not ended. */
export interface ShownOpen extends Shown {
  readonly stale: boolean;
  /** `running for 12 s`, or `never ended` if it is stale. */
  readonly sentence: string;
}

/** Describes how long a span or trace has been running or, if it is stale, that it never ended. */
export function showOpen(elapsedMs: number, stale: boolean): ShownOpen {
  const elapsed = formatElapsed(elapsedMs);
  return stale
    ? {
        stale,
        text: 'no end',
        sentence: 'never ended',
        exact: `Started ${elapsed} ago and never ended. Its process may have stopped.`,
      }
    : {
        stale,
        text: elapsed,
        sentence: `running for ${elapsed}`,
        exact: `Running for ${elapsed}. It has not ended yet.`,
      };
}
