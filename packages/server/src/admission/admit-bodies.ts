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
  /** The group with which the request shares memory, see `groupOf`. */
  readonly group: string;
  readonly reservation: MemoryReservation;
  readonly pace: Pace;
}

export interface AdmissionParts {
  readonly admission: Admission;
  readonly pace?: Pace;
}

/**
 * Makes the body of every route pass one admission. Call this for the root of the application, before routes are
 * registered. A request is admitted before its body is read, and the body may not be larger than the `bodyLimit` of its
 * route.
 *
 * Routes accept JSON. A plugin that accepts other bodies replaces the content type parser with its own, which uses
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
    // Also emitted if the client disconnects.
    reply.raw.once('close', () => reservation.leave());
    request.admitted = { group, reservation, pace };
    if (reservation.admitted) await reservation.admitted;
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
    // Many clients send the content type of JSON with a DELETE that has no body.
    if (!request.admitted) return undefined;
    checkHeaders(request);
    const text = await readJsonText(request, payload);
    if (text === '') return undefined;
    return new Promise((resolve, reject) => {
      parse(request, text, (error, value) => (error ? reject(error) : resolve(value)));
    });
  });
}

/**
 * Reads the complete body.
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
      `the content encoding is ${JSON.stringify(encoding)}, expected no compression`,
    );
  }
}

/** Requests of the API have a few levels, except the metadata of a score, which is free-form. */
const MAX_DEPTH = 64;
/** Size of the parsed objects per byte of JSON. Requests that are not an attack stay below 8. */
const MAX_WEIGHT_PER_BYTE = 16;

/** Rejects JSON that is not safe to parse: parsing cannot be stopped, and later code may walk the value recursively. */
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
