import type { ServerHttp2Stream } from 'node:http2';
import type { MemoryReservation } from '../../admission/admission.ts';
import { arriving, joined, type Pace } from '../../admission/arrival.ts';
import { ThroughlineError } from '../../errors/errors.ts';

/** Prefix of a message: one byte for whether it is compressed, four bytes of length, big-endian. */
const PREFIX_BYTES = 5;

export interface GrpcMessage {
  readonly isCompressed: boolean;
  /** The message as received. */
  readonly body: Uint8Array;
}

export interface ReadGrpcMessage {
  readonly maxBytes: number;
  readonly pace: Pace;
  /** Called once the length is known. The rest is read when the memory is reserved. */
  readonly enter: (bytes: number) => MemoryReservation;
}

/**
 * Reads the only message of a unary call. Source: gRPC over HTTP/2, "Length-Prefixed-Message". Unread data stays in the
 * window of the stream, at most 64 KiB.
 *
 * @throws ThroughlineError body-too-large, overloaded, too-slow, malformed-body
 */
export async function readGrpcMessage(
  stream: ServerHttp2Stream,
  { maxBytes, pace, enter }: ReadGrpcMessage,
): Promise<GrpcMessage> {
  const chunks: Buffer[] = [];
  let prefix: { readonly isCompressed: boolean; readonly length: number } | undefined;
  const received = await arriving(pace, async (progress) => {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      progress.bytes += chunk.length;
      if (!prefix && progress.bytes >= PREFIX_BYTES) {
        prefix = readPrefix(Buffer.concat(chunks, PREFIX_BYTES), maxBytes);
        const { admitted } = enter(prefix.length);
        if (admitted) {
          await admitted;
          progress.since = performance.now();
        }
      }
      if (prefix && progress.bytes > PREFIX_BYTES + prefix.length)
        throw new ThroughlineError('malformed-body', 'the call has more than one message');
    }
    return progress.bytes;
  });
  if (!prefix || received < PREFIX_BYTES + prefix.length)
    throw new ThroughlineError('malformed-body', 'the message ended early');
  return { isCompressed: prefix.isCompressed, body: joined(chunks, PREFIX_BYTES, prefix.length) };
}

function readPrefix(bytes: Buffer, maxBytes: number): { isCompressed: boolean; length: number } {
  const length = bytes.readUInt32BE(1);
  if (length > maxBytes)
    throw new ThroughlineError('body-too-large', `the message has ${length} bytes, the limit is ${maxBytes}`);
  return { isCompressed: bytes[0] === 1, length };
}
