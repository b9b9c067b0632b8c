import type { Message } from '../../api/types.ts';

import { toJson } from '../to-json.ts';

/**
 * How many of the messages that a call was given stood in the call before already: what it was given then, and what
 * it answered. Agents send the whole conversation again and again; what follows is what is new.
 */
export function countRepeated(before: readonly Message[], now: readonly Message[]): number {
  let count = 0;
  while (count < before.length && count < now.length && isSame(before[count], now[count])) count += 1;
  return count;
}

/** An answer carries its finish reason once, and not when it is sent again. */
function isSame(a: Message | undefined, b: Message | undefined): boolean {
  return a?.role === b?.role && toJson(a?.parts) === toJson(b?.parts);
}
