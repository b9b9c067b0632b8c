import type { Detector } from '../detectors/detector.ts';
import { isFoldable } from '../text/fold.ts';
import { canStartProtected, PROTECTED_TRIGGERS } from './protected-text.ts';

/** Tables of the characters at which detectors run. */
export interface Triggers {
  /** For each of the 65,536 UTF-16 units: 0 if it is no trigger, or else an index of `lists`. */
  readonly slots: Uint8Array;
  /**
   * The same for each pair of ASCII characters, at index `previous * 128 + character`. Detectors whose `canFollow`
   * rejects the pair are left out.
   */
  readonly pairs: Uint8Array;
  /** Lists of the detectors that run at a trigger. */
  readonly lists: readonly (readonly ListedDetector[])[];
  /** The index in `lists` of characters that are no trigger but can hide a match, see `fold.ts`. */
  readonly foldable: number;
}

export interface ListedDetector {
  /** Copied from the detector: calls are faster if all objects have the same shape. */
  readonly find: Detector['find'];
  /** Index in the list of all detectors. */
  readonly by: number;
}

/** Compiles the triggers of all detectors into tables. */
export function compileTriggers(detectors: readonly Detector[]): Triggers {
  const slots = new Uint8Array(0x10000);
  const pairs = new Uint8Array(128 * 128);
  const lists: (readonly ListedDetector[])[] = [[]];
  const slotOfList = new Map<string, number>();

  /** Returns the index of the list with exactly the wanted detectors, and adds that list if it is new. */
  function slotOf(wanted: (detector: Detector) => boolean): number {
    const list = detectors.flatMap((detector, by) => (wanted(detector) ? [{ find: detector.find, by }] : []));
    const name = list.map(({ by }) => by).join();
    const slot = slotOfList.get(name) ?? lists.push(list) - 1;
    slotOfList.set(name, slot);
    return slot;
  }

  for (const char of new Set(PROTECTED_TRIGGERS + detectors.map(({ triggers }) => triggers).join(''))) {
    const code = char.charCodeAt(0);
    slots[code] = slotOf(({ triggers }) => triggers.includes(char));
    for (let previous = 0; previous < 128; previous++) {
      const before = String.fromCharCode(previous);
      const slot = slotOf(
        ({ triggers, canFollow }) => triggers.includes(char) && (canFollow?.(before, char) ?? true),
      );
      const mayBeProtected = PROTECTED_TRIGGERS.includes(char) && canStartProtected(before, char);
      pairs[previous * 128 + code] = lists[slot]?.length === 0 && !mayBeProtected ? 0 : slot;
    }
  }
  const foldable = lists.push([]) - 1;
  for (let code = 128; code < 0x10000; code++)
    if (slots[code] === 0 && isFoldable(code)) slots[code] = foldable;
  return { slots, pairs, lists, foldable };
}
