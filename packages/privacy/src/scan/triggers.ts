import type { Detector } from '../detectors/detector.ts';
import { isFoldable } from '../text/fold.ts';
import { canInertFollow, INERT_TRIGGERS } from './inert.ts';

/** Which detectors look at which characters. */
export interface Triggers {
  /** By UTF-16 unit: 0 for none, else an index of `asked`. It has 64 Ki entries, so no access needs a range check. */
  readonly slots: Uint8Array;
  /**
   * The same by ASCII character and the ASCII character before it (`previous * 128 + character`), narrowed by
   * `canFollow` of the detectors; 0 if no detector looks there.
   */
  readonly pairs: Uint8Array;
  readonly asked: readonly (readonly Asked[])[];
  /** The slot of characters that only make a text worth folding, see `fold.ts`. */
  readonly foldable: number;
}

export interface Asked {
  /** Copied out of its detector: objects of one shape save a look-up for every call. */
  readonly find: Detector['find'];
  /** Position in the list of detectors. */
  readonly by: number;
}

/** Compiles the triggers of all detectors into tables. */
export function compileTriggers(detectors: readonly Detector[]): Triggers {
  const slots = new Uint8Array(0x10000);
  const pairs = new Uint8Array(128 * 128);
  const asked: (readonly Asked[])[] = [[]];
  const slotOfList = new Map<string, number>();

  /** One list and one slot for each combination of detectors, and an empty one for triggers of inert text. */
  function slotOf(wanted: (detector: Detector) => boolean): number {
    const list = detectors.flatMap((detector, by) => (wanted(detector) ? [{ find: detector.find, by }] : []));
    const name = list.map(({ by }) => by).join();
    const slot = slotOfList.get(name) ?? asked.push(list) - 1;
    slotOfList.set(name, slot);
    return slot;
  }

  for (const char of new Set(INERT_TRIGGERS + detectors.map(({ triggers }) => triggers).join(''))) {
    const code = char.charCodeAt(0);
    slots[code] = slotOf(({ triggers }) => triggers.includes(char));
    for (let previous = 0; previous < 128; previous++) {
      const before = String.fromCharCode(previous);
      const slot = slotOf(
        ({ triggers, canFollow }) => triggers.includes(char) && (canFollow?.(before, char) ?? true),
      );
      const isInert = INERT_TRIGGERS.includes(char) && canInertFollow(before, char);
      pairs[previous * 128 + code] = asked[slot]?.length === 0 && !isInert ? 0 : slot;
    }
  }
  const foldable = asked.push([]) - 1;
  for (let code = 128; code < 0x10000; code++)
    if (slots[code] === 0 && isFoldable(code)) slots[code] = foldable;
  return { slots, pairs, asked, foldable };
}
