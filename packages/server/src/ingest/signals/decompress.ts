import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { ContentEncoding } from '../pool/messages.ts';

/** The body is larger than its limit, before or after decompression. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** The bytes do not match their content encoding. */
export class DecompressionError extends Error {
  override readonly name = 'DecompressionError';
}

type Options = { readonly maxOutputLength: number };

const DECOMPRESSORS: Readonly<Record<ContentEncoding, (body: Uint8Array, options: Options) => Uint8Array>> = {
  identity: (body) => body,
  gzip: gunzipSync,
  deflate: inflateSync,
  zstd: zstdDecompressSync,
};

/** Stops once the output exceeds `maxBytes`, so a compression bomb costs no more than a valid body. */
export function decompress(body: Uint8Array, encoding: ContentEncoding, maxBytes: number): Uint8Array {
  if (body.length === 0) return body;
  try {
    const plain = DECOMPRESSORS[encoding](body, { maxOutputLength: maxBytes });
    if (plain.length <= maxBytes) return plain;
  } catch (error) {
    if (codeOf(error) !== 'ERR_BUFFER_TOO_LARGE') {
      const reason = error instanceof Error ? error.message : String(error);
      throw new DecompressionError(`not ${encoding}: ${reason}`, { cause: error });
    }
  }
  throw new BodyTooLargeError(`the body is larger than ${maxBytes} bytes after decompression`);
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
