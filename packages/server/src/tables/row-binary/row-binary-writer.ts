/** The rows of a request exceed their maximum size. */
export class RowsTooLargeError extends Error {
  override readonly name = 'RowsTooLargeError';
}

/**
 * Maximum size of the rows of one request in one table. Every span has a copy of its resource, so a small request can
 * become large: a resource of 1 MiB with a million empty spans would need a terabyte.
 */
const MAX_BYTES = 256 << 20;

/** Strings shorter than this are copied in a loop, which is faster than a call into native code. */
const SHORT = 24;

/**
 * Writes ClickHouse's RowBinary into one reusable buffer that grows.
 * Integers are little-endian. Strings are UTF-8 after a varint with their length in bytes.
 */
export class RowBinaryWriter {
  #buffer: Buffer<ArrayBuffer>;
  #view: DataView;
  #position = 0;
  readonly #keepBytes: number;
  readonly #maxBytes: number;
  /** Number of bytes that can be written before the buffer has to grow or the limit is reached. */
  #roomBytes: number;

  /** At `reset`, a buffer larger than `keepBytes` is replaced. */
  constructor(initialBytes = 1 << 20, keepBytes = 32 << 20, maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
    this.#view = new DataView(this.#buffer.buffer);
    this.#keepBytes = Math.max(keepBytes, initialBytes);
    this.#roomBytes = Math.min(initialBytes, maxBytes);
  }

  get sizeBytes(): number {
    return this.#position;
  }

  reset(): void {
    this.#position = 0;
    if (this.#buffer.length > this.#keepBytes) {
      this.#use(Buffer.allocUnsafeSlow(this.#keepBytes));
    }
  }

  /** Returns a copy with its own ArrayBuffer of exactly that size, which can be transferred. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer.buffer.slice(0, this.#position));
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#position++] = value;
  }

  bool(value: boolean): void {
    this.uint8(value ? 1 : 0);
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#position, value, true);
    this.#position += 2;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#position, value, true);
    this.#position += 4;
  }

  /** Writes an integer from 0 to 2^64. */
  uint64(value: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#position, value % 0x1_0000_0000, true);
    this.#view.setUint32(this.#position + 4, value / 0x1_0000_0000, true);
    this.#position += 8;
  }

  /** Writes a UInt64 or, in two's complement, an Int64. DateTime64(9) is an Int64 of nanoseconds since 1970. */
  bigint64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigInt64(this.#position, value, true);
    this.#position += 8;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#position, value, true);
    this.#position += 8;
  }

  /** Writes LEB128, the encoding of lengths of strings, arrays and maps. */
  varint(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#position++] = rest;
  }

  /** Writes a String or a LowCardinality(String), which has the same encoding. Lone surrogates become U+FFFD. */
  string(value: string): void {
    const length = value.length;
    if (length < SHORT) {
      this.#reserve(1 + 3 * SHORT);
      const buffer = this.#buffer;
      let position = this.#position + 1;
      let i = 0;
      for (; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) break;
        buffer[position++] = code;
      }
      if (i === length) {
        buffer[this.#position] = length;
        this.#position = position;
        return;
      }
    }
    // Most text is ASCII: reserve the length that it would have then, and move the text if the length differs.
    this.#reserve(5 + 3 * length);
    const start = this.#position;
    const guess = varintSize(length);
    const bytes = this.#buffer.write(value, start + guess, 'utf8');
    const size = varintSize(bytes);
    if (size !== guess) this.#buffer.copyWithin(start + size, start + guess, start + guess + bytes);
    this.varint(bytes);
    this.#position = start + size + bytes;
  }

  /** Writes bytes that another writer or an earlier row encoded. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  #reserve(count: number): void {
    const needed = this.#position + count;
    if (needed > this.#roomBytes) this.#grow(needed);
  }

  /** Throws if the limit was already exceeded. The write that exceeds it succeeds, so that reserved space does not count. */
  #grow(needed: number): void {
    if (this.#position > this.#maxBytes)
      throw new RowsTooLargeError(
        `the request takes more than ${this.#maxBytes} bytes as rows; send smaller batches`,
      );
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, this.#position);
      this.#use(grown);
    }
  }

  #use(buffer: Buffer<ArrayBuffer>): void {
    this.#buffer = buffer;
    this.#view = new DataView(buffer.buffer);
    this.#roomBytes = Math.min(buffer.length, this.#maxBytes);
  }
}

function varintSize(value: number): number {
  return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
}
