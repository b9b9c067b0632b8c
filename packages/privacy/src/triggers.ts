import type { Detector } from './detectors/detector.ts';
import { canInertFollow, INERT_TRIGGERS } from './inert.ts';

/** Which detectors are asked where. */
export interface Triggers {
  /** By UTF-16 unit: 0 for none, else the position in `asked`. 64 Ki entries, so that none needs a range check. */
  readonly slots: Uint8Array;
  /** By ASCII character and the one before it (`previous * 128 + character`): 1 where it is worth asking. */
  readonly pairs: Uint8Array;
  readonly asked: readonly (readonly Asked[])[];
}

export interface Asked {
  readonly detector: Detector;
  /** Position in the list of detectors. */
  readonly by: number;
}

/** Turns what detectors say of themselves into tables. The triggers of inert text get the lowest slots, from 1. */
export function compileTriggers(detectors: readonly Detector[]): Triggers {
  const slots = new Uint8Array(0x10000);
  const pairs = new Uint8Array(128 * 128);
  const asked: (readonly Asked[])[] = [[]];
  for (const char of new Set(INERT_TRIGGERS + detectors.map(({ triggers }) => triggers).join(''))) {
    const list = detectors
      .map((detector, by) => ({ detector, by }))
      .filter(({ detector }) => detector.triggers.includes(char));
    const code = char.charCodeAt(0);
    slots[code] = asked.push(list) - 1;
    for (let previous = 0; previous < 128; previous++) {
      const before = String.fromCharCode(previous);
      const isWanted = list.some(({ detector }) => detector.canFollow?.(before, char) ?? true);
      const isInert = INERT_TRIGGERS.includes(char) && canInertFollow(before, char);
      pairs[previous * 128 + code] = isWanted || isInert ? 1 : 0;
    }
  }
  return { slots, pairs, asked };
}
