/**
 * Nanoseconds since 1970, never the same twice within a process: of two deliveries of one span the later must have
 * the higher version.
 */
export function createClock(): () => bigint {
  let last = 0n;
  return () => {
    const now = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
    last = now > last ? now : last + 1n;
    return last;
  };
}
