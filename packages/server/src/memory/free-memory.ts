/**
 * Gives the memory of bytes back now that nobody reads them any more; without it they stay until the next collection,
 * and megabytes that wait for one make V8 collect the whole heap several times a second.
 * Bytes that share their memory with others are left alone.
 */
export function freeMemory(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === bytes.byteLength)
    buffer.transfer(0);
}
