const SLOTS = 4096;
const MAX_LENGTH = 64;

/**
 * Returns the same string object for the same bytes, so that keys that every span repeats are neither decoded nor hashed
 * again. The table has a fixed size, and each slot holds its latest key: hostile keys cost time but no memory.
 */
export class KeyInterner {
  readonly #slots: (string | undefined)[] = new Array(SLOTS);

  read(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length > MAX_LENGTH) return bytes.toString('utf8', start, end);
    let hash = length;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === bytes[start + i]) i++;
      if (i === length) return known;
    }
    const key = bytes.toString('utf8', start, end);
    // Only ASCII keys: for other text, bytes are not code units, so the comparison above would be wrong.
    if (isAscii(bytes, start, end)) this.#slots[slot] = key;
    return key;
  }
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] as number) > 0x7f) return false;
  return true;
}
