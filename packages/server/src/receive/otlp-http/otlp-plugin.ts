import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readAdmittedBody } from '../../admission/admit-bodies.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { OtlpRequest } from '../../ingest/otlp-request.ts';
import type { ContentEncoding, IngestTask } from '../../ingest/pool/messages.ts';
import {
  encodeExportResponse,
  encodeStatus,
  MEDIA_TYPES,
  type OtlpEncoding,
  type PartialSuccess,
} from '../../otlp/export-response.ts';
import { validProjectOfHeaders } from '../../project/project-of-request.ts';
import type { OnAnswered } from '../answered-request.ts';
import { OTLP_ALIASES, SIGNALS } from '../otlp-signals.ts';
import { toThroughlineError } from '../throughline-error-of.ts';

export interface OtlpParts {
  /** Resolves once the accepted records would survive a crash, with the rejected ones. @throws ThroughlineError */
  readonly acceptOtlp: (
    kind: IngestTask['kind'],
    request: OtlpRequest,
  ) => Promise<PartialSuccess | undefined>;
  /** Maximum size of a body before decompression. */
  readonly maxBodyBytes: number;
  readonly onAnswered?: OnAnswered;
}

const CONTENT_TYPES: Readonly<Record<string, OtlpEncoding>> = {
  'application/x-protobuf': 'protobuf',
  // A non-standard name that some senders use.
  'application/protobuf': 'protobuf',
  'application/json': 'json',
};

const CONTENT_ENCODINGS: Readonly<Record<string, ContentEncoding>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  zstd: 'zstd',
};

/**
 * OTLP over HTTP. Source: opentelemetry-proto `docs/specification.md`, "OTLP/HTTP".
 * Log records and metrics that are not stored are reported in a partial success with the reason, because that is the only
 * response that exporters log without sending the data again.
 */
export async function otlpPlugin(app: FastifyInstance, parts: OtlpParts): Promise<void> {
  const { maxBodyBytes } = parts;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', readAdmittedBody);
  const onAnswered = parts.onAnswered ?? (() => {});
  const addresses = OTLP_ALIASES.flatMap(({ prefix, projectOf }) =>
    SIGNALS.map((signal) => ({ ...signal, path: `${prefix}${signal.httpPath}`, projectOf })),
  );
  const signals = new Map(addresses.map(({ path, kind }) => [path, kind]));
  app.setErrorHandler((error, request, reply) => {
    const known = toThroughlineError(error);
    const signal = signals.get(request.routeOptions.url ?? '');
    // The client disconnected in the middle of the body: no reply is possible, and it is not its error.
    const isGone = request.raw.readableAborted;
    // The rest of the body would arrive too slowly as well.
    if (known.code === 'too-slow') reply.header('connection', 'close');
    if (signal)
      onAnswered({
        signal,
        transport: 'http',
        status: isGone ? 'aborted' : String(known.status),
        ...(!isGone && { error: known }),
        project: validProjectOfHeaders(request.headers),
        userAgent: request.headers['user-agent'],
      });
    return sendError(known, request, reply);
  });

  for (const { path, kind, rejectedField, projectOf } of addresses) {
    app.post(path, { bodyLimit: maxBodyBytes }, async (request, reply) => {
      const encoding = encodingOf(request);
      const partial = await parts.acceptOtlp(kind, {
        body: bodyOf(request),
        contentType: encoding,
        contentEncoding: contentEncodingOf(request),
        project: projectOf(request.headers),
        userAgent: request.headers['user-agent'],
        group: request.admitted?.group,
        reservation: request.admitted?.reservation,
      });
      onAnswered({ signal: kind, transport: 'http', status: '200' });
      return send(reply, 200, encoding, encodeExportResponse(encoding, rejectedField, partial));
    });
  }
}

function send(reply: FastifyReply, status: number, encoding: OtlpEncoding, body: Buffer): FastifyReply {
  return reply.code(status).header('content-type', MEDIA_TYPES[encoding]).send(body);
}

function encodingOf(request: FastifyRequest): OtlpEncoding {
  const encoding = knownEncoding(request);
  if (encoding) return encoding;
  const found = request.headers['content-type'];
  throw new ThroughlineError(
    'unsupported-content-type',
    `${found === undefined ? 'there is no content type' : `the content type is ${JSON.stringify(found)}`}, ` +
      'expected application/x-protobuf or application/json',
  );
}

function knownEncoding(request: FastifyRequest): OtlpEncoding | undefined {
  const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';');
  const name = mediaType.trim().toLowerCase();
  return Object.hasOwn(CONTENT_TYPES, name) ? CONTENT_TYPES[name] : undefined;
}

function contentEncodingOf(request: FastifyRequest): ContentEncoding {
  const found = request.headers['content-encoding'] ?? '';
  const name = found.trim().toLowerCase();
  const known = Object.hasOwn(CONTENT_ENCODINGS, name) ? CONTENT_ENCODINGS[name] : undefined;
  if (known) return known;
  throw new ThroughlineError(
    'unsupported-content-encoding',
    `the content encoding is ${JSON.stringify(found)}, expected gzip, deflate, zstd or identity`,
  );
}

/** The body. A request without one is an empty export request. */
function bodyOf(request: FastifyRequest): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : new Uint8Array();
}

/** Sends a `google.rpc.Status` in the content type of the request, or in JSON if that is not a type of OTLP. */
function sendError(known: ThroughlineError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (known.status >= 500 && !known.retryable)
    request.log.error({ err: known.cause ?? known }, 'an OTLP request failed');
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds));
  const encoding = knownEncoding(request) ?? 'json';
  return send(reply, known.status, encoding, encodeStatus(encoding, known.status, known.message));
}
