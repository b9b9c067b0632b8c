import { setTimeout as delay } from 'node:timers/promises';
import type { Journal } from '../journal/journal.ts';

/** Loading usually takes less than a second. If the store is not available, it can take as long as that. */
const MAX_WAIT_MS = 5_000;
const INTERVAL_MS = 20;

/** Resolves once all rows that are in the journal now are readable, or after five seconds. */
export async function whenLoaded(journal: Pick<Journal, 'oldestRowUnixMs'>): Promise<void> {
  const since = Date.now();
  while (journal.oldestRowUnixMs !== undefined && journal.oldestRowUnixMs <= since) {
    if (Date.now() - since > MAX_WAIT_MS) return;
    await delay(INTERVAL_MS);
  }
}
