import { cancelOpenResults } from '../core/open-results.ts';
import type { Delivery } from '../delivery/delivery.ts';

/**
 * Sends queued spans when the process has no other work left, so that short scripts lose nothing. Delays the exit by
 * at most `timeoutMs`. Returns a function that removes the hook.
 */
export function flushBeforeExit(
  delivery: Delivery,
  reportUnsampled: () => void,
  timeoutMs: number,
): () => void {
  const { process } = globalThis;
  if (typeof process?.on !== 'function' || timeoutMs <= 0) return () => {};
  let hasGivenUp = false;
  const onBeforeExit = () => {
    // The process ends, so no code can read these results any more.
    cancelOpenResults();
    reportUnsampled();
    if (hasGivenUp || delivery.isIdle) return;
    delivery.flush(timeoutMs).then((isSettled) => {
      hasGivenUp = !isSettled;
    }, ignore);
  };
  process.on('beforeExit', onBeforeExit);
  return () => process.off('beforeExit', onBeforeExit);
}

function ignore(): void {}
