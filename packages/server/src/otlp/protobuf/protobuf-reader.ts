import { KeyInterner } from '../key-interner.ts';

/** The bytes are not a valid protobuf message. The message names the position and what was needed there. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** Wire types of the protobuf encoding. Groups (3 and 4) left the language before OTLP began. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

/** A field's tag as it stands on the wire, so that a field of an unexpected wire type counts as unknown. */
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
  /** Of the field that `next` found. */
  tag = 0;
  /** Position of the next byte to be read. */
  position = 0;
  /** Where the current message ends. Set it back after an exception inside a nested message, then `leave`. */
  end: number;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** Upper half of the last varint read; the lower half is what `#varint` returned. */
  #high = 0;
  readonly #keys: KeyInterner;

  constructor(bytes: Uint8Array, keys: KeyInterner = new KeyInterner()) {
    this.#keys = keys;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.byteLength;
  }

  /** Moves to the next field of the message; false at its end. */
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

  /** Steps out of a message, also out of one that was not read to its end. */
  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  /** Goes back to `position` inside the current message, to read its fields a second time. */
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

  /** Bytes that are not UTF-8 become U+FFFD. */
  string(): string {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    return this.#bytes.toString('utf8', start, this.position);
  }

  /** A string that comes again and again, such as an attribute's key. */
  key(): string {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    return this.#keys.read(this.#bytes, start, this.position);
  }

  /** A copy: the request's buffer does not outlive the request. */
  bytes(): Uint8Array {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    return new Uint8Array(this.#bytes.subarray(start, this.position));
  }

  /** Lower-case hex of a `bytes` field. */
  hex(): string {
    const length = this.#length();
    const start = this.position;
    this.position += length;
    return this.#bytes.toString('hex', start, this.position);
  }

  bool(): boolean {
    return this.#varint() !== 0 || this.#high !== 0;
  }

  /** `uint32` and enums. Higher bits are dropped, as protobuf has it. */
  uint32(): number {
    return this.#varint();
  }

  /** A number while it is exact, else a bigint. */
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

  /** The lower 32 bits, unsigned; the upper ones are left in `#high`. */
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
