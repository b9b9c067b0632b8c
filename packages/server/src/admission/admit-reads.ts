import type { FastifyInstance, FastifyReply } from 'fastify';
import { groupOfRequest } from './group-of-request.ts';
import type { ReadAdmission, Reading } from './read-admission.ts';

declare module 'fastify' {
  interface FastifyRequest {
    reading: Reading | undefined;
  }
  interface FastifyContextConfig {
    /** Whether the route reads the store. Default: true for GET, false for other methods. */
    readonly readsStore?: boolean;
  }
}

/** Minimum speed at which a client has to read its response. Every usable connection is faster. */
const ANSWER_GRACE_MS = 15_000;
const ANSWER_BYTES_PER_SECOND = 256 << 10;

/** Makes the routes of this application wait for admission after their parameters are checked. */
export function admitReads(app: FastifyInstance, admission: ReadAdmission): void {
  app.decorateRequest('reading', undefined);
  app.addHook('preHandler', async (request, reply) => {
    const isGet = request.method === 'GET' || request.method === 'HEAD';
    if (!(request.routeOptions.config.readsStore ?? isGet)) return;
    // A client with many requests shares with itself, even within a project.
    const reading = admission.enter(`${groupOfRequest(request)} ${request.raw.socket.remoteAddress}`);
    request.reading = reading;
    // Also emitted if the client disconnects.
    reply.raw.once('close', () => reading.leave());
    if (reading.admitted) await reading.admitted;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (!request.reading) return;
    const bytes = typeof payload === 'string' || payload instanceof Uint8Array ? payload.length : 0;
    request.reading.answer(bytes);
    endSlowAnswer(reply, bytes);
  });
}

function endSlowAnswer(reply: FastifyReply, bytes: number): void {
  const timer = setTimeout(
    () => reply.raw.destroy(),
    ANSWER_GRACE_MS + (bytes / ANSWER_BYTES_PER_SECOND) * 1000,
  );
  timer.unref();
  reply.raw.once('close', () => clearTimeout(timer));
}
