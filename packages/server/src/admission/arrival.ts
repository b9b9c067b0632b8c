import { ThroughlineError } from '../errors/errors.ts';
import { freeMemory } from '../memory/free-memory.ts';

/** Minimum speed of a body: after the grace period, this many bytes per second on average since its start. */
export interface Pace {
  readonly graceMs: number;
  readonly bytesPerSecond: number;
}

/** Every usable connection is faster. A slower client occupies memory that others need. */
export const PACE: Pace = { graceMs: 10_000, bytesPerSecond: 16 << 10 };

/** Progress that a reader reports. */
export interface Progress {
  bytes: number;
  /** When the sender could start to send. Moved to a later time if the server made it wait. */
  since: number;
}

/**
 * Runs `read`, which reports the number of received bytes, and fails once it is too low for the elapsed time.
 *
 * @throws ThroughlineError too-slow
 */
export async function arriving<Result>(
  pace: Pace,
  read: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  const progress: Progress = { bytes: 0, since: performance.now() };
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    const check = (): void => {
      const ms = performance.now() - progress.since;
      const needed = Math.max(1, ((ms - pace.graceMs) / 1000) * pace.bytesPerSecond);
      if (ms >= pace.graceMs && progress.bytes < needed) {
        const message = `${progress.bytes} bytes of the body arrived within ${Math.round(ms)} ms`;
        reject(new ThroughlineError('too-slow', message));
      } else timer = setTimeout(check, Math.max(100, pace.graceMs / 4, pace.graceMs - ms));
    };
    timer = setTimeout(check, pace.graceMs);
  });
  try {
    return await Promise.race([read(progress), tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

/** Joins chunks to one buffer with its own memory, which can be transferred to a worker. */
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
