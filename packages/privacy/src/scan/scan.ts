import type { Detector, Match } from '../detectors/detector.ts';
import { isEscapeLetterAt, skipDigits } from '../text/chars.ts';
import { mayStartNumber } from './number-start.ts';
import { protectedEnd } from './protected-text.ts';
import { createTriggerReader } from './trigger-reader.ts';
import { compileTriggers, type ListedDetector } from './triggers.ts';

/** A match and the detector that found it. */
export interface Found extends Match {
  /** Index of the detector. */
  readonly by: number;
}

/** The result of one pass over a text. */
export interface ScanResult {
  /** Matches in ascending order, without overlaps. */
  readonly found: readonly Found[];
  /** True if the text has characters that can hide further matches, see `fold.ts`. */
  readonly isFoldable: boolean;
}

/** Finds matches that begin at `start` or later. The text before `start` only serves as context. */
export type Scan = (text: string, start: number) => ScanResult;

const NOTHING: ScanResult = { found: [], isFoldable: false };

/**
 * Compiles one pass over a text for all detectors. Every character costs one table look-up. Detectors run only at their
 * triggers, in the given order, and the first match wins. If `accepts` returns false for a match, the match is left out
 * of the result. In either case the scan continues after it.
 */
export function compileScan(
  detectors: readonly Detector[],
  labels: ReadonlySet<string>,
  accepts: (text: string, found: Found) => boolean,
): Scan {
  const triggers = compileTriggers(detectors);
  const { slots, pairs, lists } = triggers;
  const readerFor = createTriggerReader(triggers);

  return (text, start) => {
    const reader = readerFor(text);
    let found: Found[] | undefined;
    let from = 0;
    for (let at = reader.next(start); at < text.length; ) {
      const code = text.charCodeAt(at);
      const previous = at === 0 ? 0 : text.charCodeAt(at - 1);
      const slot = previous < 128 && code < 128 ? pairs[(previous << 7) | code] : slots[code];
      const mayBeProtected = code === 0x5b || code === 0x2a || code === 0x3b;
      const skipTo = mayBeProtected ? protectedEnd(text, at, labels) : undefined;
      const runEnd = code >= 0x30 && code <= 0x39 ? skipDigits(text, at) : at;
      const mayMatch = skipTo === undefined && (runEnd === at || mayStartNumber(text, at, runEnd));
      const hit = mayMatch
        ? firstMatch(lists[slot as number] as readonly ListedDetector[], text, at, from, start)
        : undefined;
      if (hit !== undefined && accepts(text, hit)) {
        found ??= [];
        found.push(hit);
      }
      from = skipTo ?? hit?.end ?? from;
      at = reader.next(Math.max(from, runEnd, at + 1));
    }
    return found === undefined && !reader.isFoldable
      ? NOTHING
      : { found: found ?? NOTHING.found, isFoldable: reader.isFoldable };
  };
}

function firstMatch(
  detectors: readonly ListedDetector[],
  text: string,
  at: number,
  from: number,
  start: number,
): Found | undefined {
  for (const { find, by } of detectors) {
    const match = find(text, at, from);
    if (match === undefined || match.start < start) continue;
    // In raw JSON, the letter of an escape such as `\n` must not be replaced without its backslash.
    const matchStart = isEscapeLetterAt(text, match.start) ? match.start + 1 : match.start;
    if (match.end > matchStart) return { ...match, start: matchStart, by };
  }
  return undefined;
}
