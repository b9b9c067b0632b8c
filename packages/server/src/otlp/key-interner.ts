const SLOTS = 4096;
const MAX_LENGTH = 64;

/**
 * Gives the same string object for the same bytes, so that keys which every span repeats are neither decoded nor
 * hashed again. A bounded table where the latest key of a slot stays: hostile keys cost time, never memory.
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
    // ASCII only: elsewhere a byte is not a code unit, and the comparison above would be wrong.
    if (isAscii(bytes, start, end)) this.#slots[slot] = key;
    return key;
  }
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] as number) > 0x7f) return false;
  return true;
}
