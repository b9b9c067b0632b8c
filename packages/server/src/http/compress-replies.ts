import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** Compresses the responses of this application for clients that accept it. */
export async function compressReplies(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    globalDecompression: false,
    encodings: ['zstd', 'br', 'gzip'],
    // Higher levels take more time than most networks save.
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zlibOptions: { level: 4 },
    // Compressing 4 MiB at once blocks for a few milliseconds. A stream would wait for a thread for every 64 kB.
    syncThreshold: 4 * 1024 * 1024,
  });
}
