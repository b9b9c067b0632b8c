import type { Message } from '../../api/types.ts';

import { toJson } from '../to-json.ts';

/**
 * Counts the messages at the start of a call that were already in the previous call, as its input or output. Agents send
 * the whole conversation with every call, so only the messages after these are new.
 */
export function countRepeated(before: readonly Message[], now: readonly Message[]): number {
  let count = 0;
  while (count < before.length && count < now.length && isSame(before[count], now[count])) count += 1;
  return count;
}

/** Ignores the finish reason: an output message has one, but not when it is sent again as input. */
function isSame(a: Message | undefined, b: Message | undefined): boolean {
  return a?.role === b?.role && toJson(a?.parts) === toJson(b?.parts);
}
