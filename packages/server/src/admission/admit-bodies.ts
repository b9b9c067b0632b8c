import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ThroughlineError } from '../errors/errors.ts';
import { jsonDepth, jsonWeight } from '../memory/json-size.ts';
import type { Admission, MemoryReservation } from './admission.ts';
import { PACE, type Pace } from './arrival.ts';
import { groupOfRequest } from './group-of-request.ts';
import { bytesToReserve, readHttpBody, tooLarge } from './http-body.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for every request with a body, see `admitBodies`. */
    admitted: AdmittedBody | undefined;
  }
}

export interface AdmittedBody {
  /** Who the request counts with, see `groupOf`. */
  readonly group: string;
  readonly reservation: MemoryReservation;
  readonly pace: Pace;
}

export interface AdmissionParts {
  readonly admission: Admission;
  readonly pace?: Pace;
}

/**
 * Every body of every route goes through one admission: call this for the root of the application, before routes are
 * registered. A request enters before a byte of its body is read, and the body may not be larger than the `bodyLimit`
 * of its route.
 *
 * Routes take JSON. A plugin that takes other bodies replaces the content type parser by its own on
 * {@link readAdmittedBody}.
 */
export function admitBodies(app: FastifyInstance, { admission, pace = PACE }: AdmissionParts): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.decorateRequest('admitted', undefined);
  app.addHook('onRequest', async (request, reply) => {
    const bytes = bytesToReserve(request.raw, request.routeOptions.bodyLimit);
    if (bytes === undefined) return;
    const group = groupOfRequest(request);
    const reservation = admission.enter(group, bytes);
    // Also emitted when the client goes away.
    reply.raw.once('close', () => reservation.leave());
    request.admitted = { group, reservation, pace };
    if (reservation.admitted) await reservation.admitted;
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    checkHeaders(request);
    const text = await readJsonText(request, payload);
    if (text === '') return undefined;
    return new Promise((resolve, reject) => {
      parse(request, text, (error, value) => (error ? reject(error) : resolve(value)));
    });
  });
}

/**
 * The complete body.
 *
 * @throws ThroughlineError body-too-large, overloaded, too-slow, malformed-body
 */
export function readAdmittedBody(request: FastifyRequest, payload: IncomingMessage): Promise<Uint8Array> {
  const { admitted, routeOptions } = request;
  if (!admitted) throw new Error(`a body of ${request.method} ${request.url} was not admitted`);
  return readHttpBody(payload, admitted.reservation, routeOptions.bodyLimit, admitted.pace);
}

function checkHeaders({ headers }: FastifyRequest): void {
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new ThroughlineError(
      'unsupported-content-type',
      `the content type is ${JSON.stringify(headers['content-type'] ?? '')}, expected application/json`,
    );
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() !== 'identity') {
    throw new ThroughlineError(
      'unsupported-content-encoding',
      `the content encoding is ${JSON.stringify(encoding)}, expected none`,
    );
  }
}

/** Nothing in a request of the API is nested deeper than a few levels, but the free-form metadata of a score. */
const MAX_DEPTH = 64;
/** Objects in memory per byte of JSON. Requests that are not made to be large stay below 8. */
const MAX_WEIGHT_PER_BYTE = 16;

/** JSON that is safe to parse: parsing cannot be stopped, and whoever walks a value may do so by recursion. */
async function readJsonText(request: FastifyRequest, payload: IncomingMessage): Promise<string> {
  const body = await readAdmittedBody(request, payload);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (jsonDepth(bytes) > MAX_DEPTH) {
    throw new ThroughlineError('malformed-body', `the JSON is nested more than ${MAX_DEPTH} levels deep`);
  }
  const weight = jsonWeight(bytes);
  const { bodyLimit } = request.routeOptions;
  if (weight > bodyLimit * MAX_WEIGHT_PER_BYTE) throw tooLarge(bodyLimit);
  await request.admitted?.reservation.grow(bytes.length + weight);
  return bytes.toString('utf8');
}
