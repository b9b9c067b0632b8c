import type { ServerHttp2Stream } from 'node:http2';
import type { MemoryReservation } from '../../admission/admission.ts';
import { arriving, joined, type Pace } from '../../admission/arrival.ts';
import { ThroughlineError } from '../../errors/errors.ts';

/** 1 byte: compressed or not, 4 bytes: length, big-endian. */
const PREFIX_BYTES = 5;

export interface GrpcMessage {
  readonly isCompressed: boolean;
  /** As it came. */
  readonly body: Uint8Array;
}

export interface ReadGrpcMessage {
  readonly maxBytes: number;
  readonly pace: Pace;
  /** Called as soon as the length is known. The rest is read once the memory is reserved. */
  readonly enter: (bytes: number) => MemoryReservation;
}

/**
 * The only message of a unary call. Source: gRPC over HTTP/2, "Length-Prefixed-Message". What is not read yet stays in
 * the window of the stream, 64 KiB at most.
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
