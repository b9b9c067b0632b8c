import type { FastifyInstance } from 'fastify';
import { ThroughlineError } from '../errors.ts';

/** A body without a declared length counts as this much while it arrives. */
const UNKNOWN_BYTES = 1 << 20;
const RETRY_AFTER_SECONDS = 1;

/** Bounds what the requests in progress hold in memory together. A single one is always let in, however large. */
export class InFlightBytes {
  readonly maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Counts a request until the function that it gives is called.
   *
   * @throws ThroughlineError overloaded
   */
  enter(bytes: number): () => void {
    if (this.#bytes > 0 && this.#bytes + bytes > this.maxBytes)
      throw new ThroughlineError('overloaded', `requests of ${this.#bytes} bytes are in progress already`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    this.#bytes += bytes;
    return () => {
      this.#bytes -= bytes;
    };
  }
}

/** Refuses a request before its body is read where the bodies of all would pass the limit. */
export function limitInFlight(app: FastifyInstance, inFlight: InFlightBytes): void {
  app.addHook('onRequest', async (request, reply) => {
    const declared = Number(request.headers['content-length'] ?? UNKNOWN_BYTES);
    const leave = inFlight.enter(Number.isFinite(declared) ? declared : UNKNOWN_BYTES);
    // Also comes when the client went away.
    reply.raw.once('close', leave);
  });
}
