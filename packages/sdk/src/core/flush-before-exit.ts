import type { Delivery } from '../delivery/delivery.ts';

/** Short scripts: what waits when nothing else is left to do is sent, but the end is not held up for longer than that. */
export function flushBeforeExit(
  delivery: Delivery,
  reportUnsampled: () => void,
  timeoutMs: number,
): () => void {
  const { process } = globalThis;
  if (typeof process?.on !== 'function' || timeoutMs <= 0) return () => {};
  let hasGivenUp = false;
  const onBeforeExit = () => {
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
