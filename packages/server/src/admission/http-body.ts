import type { IncomingMessage } from 'node:http';
import { ThroughlineError } from '../errors/errors.ts';
import type { MemoryReservation } from './admission.ts';
import { arriving, joined, type Pace } from './arrival.ts';

/** Initial reservation for a body without a declared length. */
const UNKNOWN_BYTES = 256 << 10;
/** Minimum for a request that waits for its body: headers, connection and buffers. */
const LEAST_BYTES = 8 << 10;

/**
 * The memory that a request needs before its body is read: its declared length. Undefined if it has no body.
 *
 * @throws ThroughlineError body-too-large
 */
export function bytesToReserve({ headers }: IncomingMessage, maxBytes: number): number | undefined {
  const declared = headers['content-length'];
  if (declared === undefined) return headers['transfer-encoding'] === undefined ? undefined : UNKNOWN_BYTES;
  if (Number(declared) > maxBytes) throw tooLarge(maxBytes);
  return Math.max(LEAST_BYTES, Number(declared));
}

/**
 * Reads a complete body. Memory beyond the reservation is reserved before more of the body is read.
 *
 * @throws ThroughlineError body-too-large, overloaded, too-slow, malformed-body
 */
export function readHttpBody(
  request: IncomingMessage,
  reservation: MemoryReservation,
  maxBytes: number,
  pace: Pace,
): Promise<Uint8Array> {
  return arriving(pace, async (progress) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        chunks.push(chunk);
        progress.bytes += chunk.length;
        if (progress.bytes > maxBytes) throw tooLarge(maxBytes);
        const grown =
          progress.bytes > reservation.bytes
            ? reservation.grow(Math.min(maxBytes, progress.bytes * 2))
            : undefined;
        if (!grown) continue;
        await grown;
        progress.since = performance.now();
      }
    } catch (error) {
      if (error instanceof ThroughlineError) throw error;
      throw new ThroughlineError('malformed-body', 'the body ended early', { cause: error });
    }
    reservation.settle(progress.bytes);
    return joined(chunks, 0, progress.bytes);
  });
}

export function tooLarge(maxBytes: number): ThroughlineError {
  return new ThroughlineError('body-too-large', `the body is larger than ${maxBytes} bytes`);
}
