import { isDigitAt, skipDigits } from './chars.ts';
import type { Detector, Match } from './detectors/detector.ts';
import { INERT_TRIGGERS, inertEnd } from './inert.ts';

/** A match and the position in the list of detectors of the one that found it. */
export interface Found extends Match {
  readonly by: number;
}

/** Finds from left to right, without overlaps, what begins at `start` or later; words before it still count. */
export type Scan = (text: string, start: number) => readonly Found[];

interface Asked {
  readonly detector: Detector;
  readonly by: number;
}

const NOTHING: readonly Found[] = [];

/**
 * One pass for all detectors. Every character costs one look-up in a table; only at a trigger are the detectors that
 * named it asked, in their order. The first that finds something wins and the scan goes on behind it, also if
 * `accepts` lets the value stand.
 */
export function compileScan(
  detectors: readonly Detector[],
  labels: ReadonlySet<string>,
  accepts: (text: string, found: Found) => boolean,
): Scan {
  // 64 Ki entries, so that no character needs a range check; text touches a few hundred of them.
  const slots = new Uint8Array(0x10000);
  const asked: (readonly Asked[])[] = [[]];
  for (const char of new Set(INERT_TRIGGERS + detectors.map(({ triggers }) => triggers).join(''))) {
    const list = detectors.map((detector, by) => ({ detector, by }));
    const slot = asked.push(list.filter(({ detector }) => detector.triggers.includes(char))) - 1;
    slots[char.charCodeAt(0)] = slot;
  }
  const inertSlots = new Set([...INERT_TRIGGERS].map((char) => slots[char.charCodeAt(0)]));

  return (text, start) => {
    let found: Found[] | undefined;
    let from = 0;
    let at = start;
    while (at < text.length) {
      const slot = slots[text.charCodeAt(at)] as number;
      if (slot === 0) {
        at++;
        continue;
      }
      const inert = inertSlots.has(slot) ? inertEnd(text, at, labels) : undefined;
      const hit =
        inert === undefined ? ask(asked[slot] as readonly Asked[], text, at, from, start) : undefined;
      if (hit !== undefined && accepts(text, hit)) {
        found ??= [];
        found.push(hit);
      }
      const end = inert ?? hit?.end;
      if (end === undefined) at = isDigitAt(text, at) ? skipDigits(text, at) : at + 1;
      else {
        from = end;
        at = Math.max(end, at + 1);
      }
    }
    return found ?? NOTHING;
  };
}

function ask(
  asked: readonly Asked[],
  text: string,
  at: number,
  from: number,
  start: number,
): Found | undefined {
  for (const { detector, by } of asked) {
    const match = detector.find(text, at, from);
    if (match !== undefined && match.start >= start && match.end > match.start) return { ...match, by };
  }
  return undefined;
}
