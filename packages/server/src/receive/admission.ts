import type { FastifyInstance } from 'fastify';
import { ThroughlineError } from '../errors.ts';

/** A body without a declared length counts as this much while it arrives. */
const UNKNOWN_BYTES = 1 << 20;
const RETRY_AFTER_SECONDS = 1;

/**
 * Bounds what the requests in progress hold in memory together: a request is refused before its body is read
 * where the bodies of all would pass the limit. A single request is always let in, however large.
 */
export function limitInFlight(app: FastifyInstance, maxBytes: number): void {
  let inFlightBytes = 0;
  app.addHook('onRequest', async (request, reply) => {
    const declared = Number(request.headers['content-length'] ?? UNKNOWN_BYTES);
    const bytes = Number.isFinite(declared) ? declared : UNKNOWN_BYTES;
    if (inFlightBytes > 0 && inFlightBytes + bytes > maxBytes)
      throw new ThroughlineError('overloaded', `requests of ${inFlightBytes} bytes are in progress already`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    inFlightBytes += bytes;
    // Also comes when the client went away.
    reply.raw.once('close', () => {
      inFlightBytes -= bytes;
    });
  });
}
