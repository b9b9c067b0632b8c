import type { Detector, Match } from '../detectors/detector.ts';
import { isEscapeLetterAt, skipDigits } from '../text/chars.ts';
import { inertEnd } from './inert.ts';
import { mayStartNumber } from './number-start.ts';
import { createTriggerReader } from './trigger-reader.ts';
import { type Asked, compileTriggers } from './triggers.ts';

/** A match and the index of the detector that found it. */
export interface Found extends Match {
  readonly by: number;
}

/** What one pass over a text finds. */
export interface Scanned {
  /** From left to right, without overlaps. */
  readonly found: readonly Found[];
  /** The text has characters that may hide something, see `fold.ts`. */
  readonly isFoldable: boolean;
}

/** Finds matches that begin at `start` or later; words before `start` still count. */
export type Scan = (text: string, start: number) => Scanned;

const NOTHING: Scanned = { found: [], isFoldable: false };

/**
 * One pass for all detectors. Every character costs one look-up in a table; only at a trigger do the detectors that
 * named it look, in their order. The first that finds something wins and the scan continues after it, also if
 * `accepts` lets the value stay.
 */
export function compileScan(
  detectors: readonly Detector[],
  labels: ReadonlySet<string>,
  accepts: (text: string, found: Found) => boolean,
): Scan {
  const triggers = compileTriggers(detectors);
  const { slots, pairs, asked } = triggers;
  const read = createTriggerReader(triggers);

  return (text, start) => {
    const reader = read(text);
    let found: Found[] | undefined;
    let from = 0;
    for (let at = reader.next(start); at < text.length; ) {
      const code = text.charCodeAt(at);
      const previous = at === 0 ? 0 : text.charCodeAt(at - 1);
      const slot = previous < 128 && code < 128 ? pairs[(previous << 7) | code] : slots[code];
      const isInertTrigger = code === 0x5b || code === 0x2a || code === 0x3b;
      const inert = isInertTrigger ? inertEnd(text, at, labels) : undefined;
      const runEnd = code >= 0x30 && code <= 0x39 ? skipDigits(text, at) : at;
      const isWorthAsking = inert === undefined && (runEnd === at || mayStartNumber(text, at, runEnd));
      const hit = isWorthAsking
        ? ask(asked[slot as number] as readonly Asked[], text, at, from, start)
        : undefined;
      if (hit !== undefined && accepts(text, hit)) {
        found ??= [];
        found.push(hit);
      }
      from = inert ?? hit?.end ?? from;
      at = reader.next(Math.max(from, runEnd, at + 1));
    }
    return found === undefined && !reader.isFoldable
      ? NOTHING
      : { found: found ?? NOTHING.found, isFoldable: reader.isFoldable };
  };
}

function ask(
  asked: readonly Asked[],
  text: string,
  at: number,
  from: number,
  start: number,
): Found | undefined {
  for (const { find, by } of asked) {
    const match = find(text, at, from);
    if (match === undefined || match.start < start) continue;
    // The letter of `\n` in raw JSON is not part of the value after it: the backslash would be left alone.
    const matchStart = isEscapeLetterAt(text, match.start) ? match.start + 1 : match.start;
    if (match.end > matchStart) return { ...match, start: matchStart, by };
  }
  return undefined;
}
