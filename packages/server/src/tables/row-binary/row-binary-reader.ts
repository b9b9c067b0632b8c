/** A column of a structure such as `name Type, name Type(a, b)`. */
export interface StructureColumn {
  readonly name: string;
  readonly type: string;
}

/** Splits a structure at the commas between its columns. */
export function columnsOfStructure(structure: string): StructureColumn[] {
  return splitList(structure).map((column) => {
    const end = column.search(/\s/);
    return { name: column.slice(0, end), type: column.slice(end + 1).trim() };
  });
}

/** Splits a list at the commas outside of parentheses. */
function splitList(list: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < list.length; at++) {
    const character = list[at];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ',' && depth === 0) {
      items.push(list.slice(start, at).trim());
      start = at + 1;
    }
  }
  items.push(list.slice(start).trim());
  return items;
}

/** Moves a reader behind a value. */
export type SkipValue = (reader: RowBinaryReader) => void;

const FIXED_SIZES: Readonly<Record<string, number>> = {
  Bool: 1,
  UInt8: 1,
  UInt16: 2,
  UInt32: 4,
  UInt64: 8,
  Float64: 8,
  DateTime64: 8,
  'Decimal(18, 12)': 8,
};

/** Returns a function that skips values of a ClickHouse type. Throws for a type that no column of the journal has. */
export function skipValue(type: string): SkipValue {
  const [, outer = type, inner = ''] = /^(\w+)\((.*)\)$/.exec(type) ?? [];
  const size = FIXED_SIZES[type] ?? FIXED_SIZES[outer];
  if (size !== undefined) return (reader) => reader.skip(size);
  switch (outer) {
    case 'String':
      return (reader) => reader.skip(reader.varint());
    case 'LowCardinality':
      return skipValue(inner);
    case 'Nullable': {
      const skip = skipValue(inner);
      return (reader) => {
        if (reader.uint8() === 0) skip(reader);
      };
    }
    case 'Array':
    case 'Map': {
      const skips = splitList(inner).map(skipValue);
      return (reader) => {
        for (let left = reader.varint(); left > 0; left--) for (const skip of skips) skip(reader);
      };
    }
    default:
      throw new Error(`values of the type ${type} cannot be read`);
  }
}

/** Reads values of ClickHouse's RowBinary, as `RowBinaryWriter` writes them. Throws RangeError at the end of the bytes. */
export class RowBinaryReader {
  /** Position of the next byte to be read. */
  position = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(count: number): void {
    this.position += count;
    if (this.position > this.#bytes.length) throw new RangeError('the row is cut off');
  }

  uint8(): number {
    const value = this.#bytes.readUInt8(this.position);
    this.position += 1;
    return value;
  }

  /** Reads a UInt64 or a time after 1970. */
  uint64(): bigint {
    const value = this.#bytes.readBigUInt64LE(this.position);
    this.position += 8;
    return value;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.uint8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  string(): string {
    const length = this.varint();
    const start = this.position;
    this.skip(length);
    return this.#bytes.toString('utf8', start, this.position);
  }
}
