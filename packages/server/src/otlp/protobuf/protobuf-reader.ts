import { KeyInterner } from '../key-interner.ts';

/** The bytes are not a valid protobuf message. The message contains the position and the expected data. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** Wire types of the protobuf encoding. Groups (3 and 4) were removed from the language before OTLP existed. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

/** Tag of a field with its expected wire type. A field with a different wire type has a different tag, so it is unknown. */
export const tag = (field: number, wireType: number): number => (field << 3) | wireType;

/**
 * Reads protobuf in place, without intermediate objects. A message is read like this:
 *
 *     const outer = reader.enter();          // a length-delimited message begins here
 *     while (reader.next()) switch (reader.tag) {
 *       case tag(1, LENGTH): name = reader.string(); break;
 *       default: reader.skip();
 *     }
 *     reader.leave(outer);
 */
export class ProtobufReader {
  /** Tag of the current field. */
  tag = 0;
  /** Position of the next byte to be read. */
  position = 0;
  /** End of the current message. After an exception in a nested message, restore it before calling `leave`. */
  end: number;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** Upper half of the last varint. `#varint` returns the lower half. */
  #high = 0;
  readonly #keys: KeyInterner;

  constructor(bytes: Uint8Array, keys: KeyInterner = new KeyInterner()) {
    this.#keys = keys;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.byteLength;
  }

  /** Moves to the next field of the message. Returns false at its end. */
  next(): boolean {
    if (this.position >= this.end) return false;
    const at = this.position;
    this.tag = this.#varint();
    if (this.#high !== 0 || this.tag >>> 3 === 0)
      throw new ProtobufError(`field number 0 or too large at byte ${at}`);
    return true;
  }

  /** Steps into a length-delimited message. Returns what `leave` needs. */
  enter(): number {
    const length = this.#length();
    const outer = this.end;
    this.end = this.position + length;
    return outer;
  }

  /** Leaves a message, even if it was not read to its end. */
  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  /** Returns to `position` in the current message, so that its fields can be read again. */
  rewind(position: number): void {
    this.position = position;
  }

  skip(): void {
    switch (this.tag & 7) {
      case VARINT:
        this.#varint();
        break;
      case FIXED64:
        this.#need(8);
        this.position += 8;
        break;
      case LENGTH: {
        // Not `position += #length()`: that would read the position before the length moves it.
        const length = this.#length();
        this.position += length;
        break;
      }
      case FIXED32:
        this.#need(4);
        this.position += 4;
        break;
      default:
        throw new ProtobufError(
          `wire type ${this.tag & 7} before byte ${this.position} does not exist in proto3`,
        );
    }
  }

  /** Reads a string. Bytes that are not UTF-8 become U+FFFD. */
  string(): string {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    return this.#bytes.toString('utf8', start, this.position);
  }

  /** Reads a string that repeats often, such as the key of an attribute. */
  key(): string {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    return this.#keys.read(this.#bytes, start, this.position);
  }

  /** Reads bytes into a copy, because the buffer of the request does not outlive the request. */
  bytes(): Uint8Array {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    return new Uint8Array(this.#bytes.subarray(start, this.position));
  }

  /** Reads a `bytes` field as lower-case hex. */
  hex(): string {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    return this.#bytes.toString('hex', start, this.position);
  }

  bool(): boolean {
    return this.#varint() !== 0 || this.#high !== 0;
  }

  /** Reads a `uint32` or an enum. Higher bits are dropped, as protobuf specifies. */
  uint32(): number {
    return this.#varint();
  }

  /** Reads a number if it is exact, otherwise a bigint. */
  int64(): number | bigint {
    const low = this.#varint();
    const high = this.#high | 0;
    const value = high * 0x1_0000_0000 + low;
    return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
  }

  fixed32(): number {
    this.#need(4);
    const value = this.#view.getUint32(this.position, true);
    this.position += 4;
    return value;
  }

  fixed64(): bigint {
    this.#need(8);
    const value = this.#view.getBigUint64(this.position, true);
    this.position += 8;
    return value;
  }

  double(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.position, true);
    this.position += 8;
    return value;
  }

  /** Reads a varint: returns the lower 32 bits, unsigned, and sets `#high` to the upper ones. */
  #varint(): number {
    const bytes = this.#bytes;
    const start = this.position;
    let position = start;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= this.end) throw this.#truncated(start, 'a varint');
      const byte = bytes[position++] as number;
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift === 28) {
        low |= (byte & 0x0f) << 28;
        high = (byte & 0x7f) >> 4;
      } else high |= (byte & 0x7f) << (shift - 32);
      if (byte < 0x80) {
        this.position = position;
        this.#high = high >>> 0;
        return low >>> 0;
      }
    }
    throw new ProtobufError(`varint of more than 10 bytes at byte ${start}`);
  }

  #length(): number {
    const at = this.position;
    const length = this.#varint();
    if (this.#high !== 0 || length > this.end - this.position)
      throw this.#truncated(at, `${this.#high === 0 ? length : 'more than 2^32'} bytes`);
    return length;
  }

  #need(count: number): void {
    if (this.end - this.position < count) throw this.#truncated(this.position, `${count} bytes`);
  }

  #truncated(at: number, need: string): ProtobufError {
    return new ProtobufError(`${need} needed at byte ${at}, but the message ends at byte ${this.end}`);
  }
}
