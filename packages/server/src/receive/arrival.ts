import { ThroughlineError } from '../errors.ts';
import { freeMemory } from '../free-memory.ts';

/** How slowly a body may arrive: after the grace so much every second, counted from its start. */
export interface Pace {
  readonly graceMs: number;
  readonly bytesPerSecond: number;
}

/** Any line that works is faster. Who is slower holds room that others could use. */
export const PACE: Pace = { graceMs: 10_000, bytesPerSecond: 16 << 10 };

/**
 * Runs `read`, which counts what arrives in `progress`, and fails as soon as that is too little.
 *
 * @throws ThroughlineError too-slow
 */
export async function arriving<Result>(
  pace: Pace,
  read: (progress: { bytes: number }) => Promise<Result>,
): Promise<Result> {
  const progress = { bytes: 0 };
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    const check = (): void => {
      const seconds = (performance.now() - began - pace.graceMs) / 1000;
      if (progress.bytes < seconds * pace.bytesPerSecond || progress.bytes === 0) {
        const message = `${progress.bytes} bytes of the body arrived within ${Math.round(performance.now() - began)} ms`;
        reject(new ThroughlineError('too-slow', message));
        return;
      }
      timer = setTimeout(check, Math.max(100, pace.graceMs / 4));
    };
    timer = setTimeout(check, pace.graceMs);
  });
  try {
    return await Promise.race([read(progress), tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

/** One buffer of its own of what arrived, which can be moved to a worker. */
export function joined(chunks: readonly Uint8Array[], from: number, size: number): Uint8Array {
  const [first] = chunks;
  const isOwn = chunks.length === 1 && from === 0 && first?.buffer.byteLength === size;
  if (first && isOwn) return first;
  const bytes = new Uint8Array(size);
  let at = -from;
  for (const chunk of chunks) {
    bytes.set(at < 0 ? chunk.subarray(-at) : chunk, Math.max(0, at));
    at += chunk.length;
    freeMemory(chunk);
  }
  return bytes;
}
