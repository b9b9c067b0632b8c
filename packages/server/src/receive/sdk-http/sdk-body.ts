import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate, zstdDecompress } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readAdmittedBody } from '../../admission/admit-bodies.ts';
import { tooLarge } from '../../admission/http-body.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import { jsonDepth, jsonWeight } from '../../memory/json-size.ts';

type Decompress = (body: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const DECOMPRESSORS: Readonly<Record<string, Decompress | undefined>> = {
  gzip: promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip),
  'x-gzip': promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate),
  zstd: promisify<Uint8Array, { maxOutputLength: number }, Buffer>(zstdDecompress),
};

/** Size of the parsed objects per byte of JSON. Requests that are not an attack stay below 8. */
const MAX_WEIGHT_PER_BYTE = 16;

/**
 * Maximum depth of nested arrays and objects. Content of agents can be deep, and everything that walks a value has to stay
 * within the stack.
 */
export const MAX_JSON_DEPTH = 1_000;

/** Makes the bodies of all routes of a plugin bytes, decompressed. */
export function readBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) =>
    request.admitted ? decompressed(request, await readAdmittedBody(request, payload)) : new Uint8Array(),
  );
}

/** The body of a request to a plugin with {@link readBodiesAsBytes}. Empty if there is none. */
export function bytesOf({ body }: FastifyRequest): Buffer {
  if (!(body instanceof Uint8Array)) return Buffer.alloc(0);
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/**
 * Parses the body as JSON.
 *
 * @throws ThroughlineError malformed-body, body-too-large, overloaded
 */
export async function jsonOf(request: FastifyRequest): Promise<unknown> {
  const bytes = bytesOf(request);
  if (bytes.length === 0) throw new ThroughlineError('malformed-body', 'the body is empty, expected JSON');
  await reserveForJson(request, [bytes]);
  if (jsonDepth(bytes) > MAX_JSON_DEPTH)
    throw new ThroughlineError(
      'malformed-body',
      `the JSON is nested more than ${MAX_JSON_DEPTH} levels deep`,
    );
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw new ThroughlineError('malformed-body', `the body is not JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Reserves the memory for the objects of JSON texts that will be parsed, and rejects texts that need too much: parsing
 * cannot be stopped.
 *
 * @throws ThroughlineError body-too-large, overloaded
 */
export async function reserveForJson(request: FastifyRequest, texts: readonly Buffer[]): Promise<void> {
  const weight = texts.reduce((sum, text) => sum + text.length + jsonWeight(text), 0);
  const { bodyLimit } = request.routeOptions;
  if (weight > bodyLimit * MAX_WEIGHT_PER_BYTE) throw tooLarge(bodyLimit);
  const { reservation } = request.admitted ?? {};
  await reservation?.grow(Math.max(reservation.bytes, weight));
}

async function decompressed(request: FastifyRequest, body: Uint8Array): Promise<Uint8Array> {
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity' || body.length === 0) return body;
  const decompress = Object.hasOwn(DECOMPRESSORS, encoding) ? DECOMPRESSORS[encoding] : undefined;
  if (!decompress)
    throw new ThroughlineError(
      'unsupported-content-encoding',
      `the content encoding is ${JSON.stringify(encoding)}, expected gzip, deflate, zstd or identity`,
    );
  const { bodyLimit } = request.routeOptions;
  try {
    const plain = await decompress(body, { maxOutputLength: bodyLimit });
    await request.admitted?.reservation.grow(body.length + plain.length);
    return plain;
  } catch (error) {
    if (error instanceof ThroughlineError) throw error;
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    if (isTooLarge)
      throw new ThroughlineError(
        'body-too-large',
        `the body is larger than ${bodyLimit} bytes after decompression`,
        { cause: error },
      );
    throw new ThroughlineError('malformed-body', `not ${encoding}: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
