import { builtins } from '../core/runtime.ts';

/** Smaller bodies are not compressed, because it costs more than it saves. In bytes. */
const SMALLEST = 1_024;
/** This level saves three quarters of what the default level saves, in a third of the time. */
const LEVEL = 3;

/** Compresses on another thread if zlib is available. Undefined if compression is not worthwhile or not possible. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  if (bytes.byteLength < SMALLEST) return undefined;
  try {
    const zlib = builtins()?.('node:zlib');
    if (zlib !== undefined)
      return await new Promise<Uint8Array>((resolve, reject) =>
        zlib.gzip(bytes, { level: LEVEL }, (error, result) => (error ? reject(error) : resolve(result))),
      );
    if (typeof CompressionStream === 'undefined') return undefined;
    return await streamed(bytes);
  } catch {
    return undefined;
  }
}

async function streamed(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
