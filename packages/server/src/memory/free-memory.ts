/**
 * Releases the memory of bytes that are no longer used. Otherwise it stays until the next garbage collection, and megabytes
 * of pending memory make V8 collect the whole heap several times a second.
 * Bytes that share their memory with others are not changed.
 */
export function freeMemory(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === bytes.byteLength)
    buffer.transfer(0);
}
