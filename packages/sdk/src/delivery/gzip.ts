import { builtins } from '../core/runtime.ts';

/** Below this, compressing costs more than it saves. */
const SMALLEST = 1_024;
/** Three quarters of the effect of the default level at a third of its time. */
const LEVEL = 3;

/** Compressed off the main thread where there is zlib; undefined where it is not worth it or not possible. */
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
