import { MAX_COST_USD } from '@throughline/spans';
import type { RowBinaryWriter } from './row-binary-writer.ts';

/** One column: its name and type in ClickHouse, and a function that writes its value of a row. */
export interface Column<Row> {
  readonly name: string;
  readonly type: string;
  readonly write: (writer: RowBinaryWriter, row: Row) => void;
}

/** Columns as `name Type, …`, which `file()` and `INSERT` need to read the rows. */
export function structureOf(columns: readonly { readonly name: string; readonly type: string }[]): string {
  return columns.map(({ name, type }) => `${name} ${type}`).join(', ');
}

export function writeRow<Row>(columns: readonly Column<Row>[], writer: RowBinaryWriter, row: Row): void {
  for (const column of columns) column.write(writer, row);
}

type Read<Row, Value> = (row: Row) => Value | undefined;

/**
 * Types of columns. Each one defines the ClickHouse type and its encoding together. If the value is absent, text is empty
 * and a number is NULL. Numbers that the type cannot represent count as absent, because clients send arbitrary values.
 */
export function columnsOf<Row>() {
  const column = (type: string, name: string, write: Column<Row>['write']): Column<Row> => ({
    name,
    type,
    write,
  });
  return {
    text: (name: string, read: Read<Row, string>) =>
      column('String', name, (writer, row) => writer.string(read(row) ?? '')),

    /** Text with few distinct values. */
    label: (name: string, read: Read<Row, string>) =>
      column('LowCardinality(String)', name, (writer, row) => writer.string(read(row) ?? '')),

    /** A label that is NULL in rows that were stored before the column existed. */
    nullableLabel: (name: string, read: (row: Row) => string) =>
      column('LowCardinality(Nullable(String))', name, (writer, row) => {
        writer.uint8(0);
        writer.string(read(row));
      }),

    labels: (name: string, read: Read<Row, readonly string[]>) =>
      column('Array(LowCardinality(String))', name, (writer, row) => {
        const values = read(row) ?? [];
        writer.varint(values.length);
        for (const value of values) writer.string(value);
      }),

    /** Text that is already encoded as RowBinary because many rows share it. */
    encodedText: (name: string, read: (row: Row) => Uint8Array) =>
      column('String', name, (writer, row) => writer.raw(read(row))),

    /** A map, given as alternating keys and values. */
    textMap: (name: string, read: (row: Row) => readonly string[]) =>
      column('Map(LowCardinality(String), String)', name, (writer, row) => {
        const entries = read(row);
        writer.varint(entries.length / 2);
        for (const text of entries) writer.string(text);
      }),

    countMap: (name: string, read: Read<Row, Readonly<Record<string, number>>>) =>
      column('Map(LowCardinality(String), UInt64)', name, (writer, row) => {
        const entries = entriesOf(read(row), isCount);
        writer.varint(entries.length);
        for (const [key, value] of entries) {
          writer.string(key);
          writer.uint64(Math.floor(value));
        }
      }),

    moneyMap: (name: string, read: Read<Row, Readonly<Record<string, number>>>) =>
      column('Map(LowCardinality(String), Decimal(18, 12))', name, (writer, row) => {
        const entries = entriesOf(read(row), isMoney);
        writer.varint(entries.length);
        for (const [key, value] of entries) {
          writer.string(key);
          writeMoney(writer, value);
        }
      }),

    count: (name: string, read: Read<Row, number>) =>
      column('Nullable(UInt64)', name, (writer, row) => {
        const value = read(row);
        if (value === undefined || !isCount(value)) writer.uint8(1);
        else {
          writer.uint8(0);
          writer.uint64(Math.floor(value));
        }
      }),

    smallCount: (name: string, read: Read<Row, number>) =>
      column('Nullable(UInt32)', name, (writer, row) => {
        const value = read(row);
        if (value === undefined || !isCount(value) || value >= 2 ** 32) writer.uint8(1);
        else {
          writer.uint8(0);
          writer.uint32(Math.floor(value));
        }
      }),

    money: (name: string, read: Read<Row, number>) =>
      column('Nullable(Decimal(18, 12))', name, (writer, row) => {
        const value = read(row);
        if (value === undefined || !isMoney(value)) writer.uint8(1);
        else {
          writer.uint8(0);
          writeMoney(writer, value);
        }
      }),

    /** Any double, including NaN and infinities. */
    double: (name: string, read: Read<Row, number>) =>
      column('Nullable(Float64)', name, (writer, row) => {
        const value = read(row);
        if (value === undefined) writer.uint8(1);
        else {
          writer.uint8(0);
          writer.float64(value);
        }
      }),

    nullableUInt64: (name: string, read: Read<Row, bigint>) =>
      column('Nullable(UInt64)', name, (writer, row) => {
        const value = read(row);
        if (value === undefined) writer.uint8(1);
        else {
          writer.uint8(0);
          writer.bigint64(value);
        }
      }),

    uint16: (name: string, read: (row: Row) => number) =>
      column('UInt16', name, (writer, row) => writer.uint16(read(row))),

    uint32: (name: string, read: (row: Row) => number) =>
      column('UInt32', name, (writer, row) => writer.uint32(read(row))),

    uint64: (name: string, read: (row: Row) => bigint) =>
      column('UInt64', name, (writer, row) => writer.bigint64(read(row))),

    bool: (name: string, read: (row: Row) => boolean) =>
      column('Bool', name, (writer, row) => writer.bool(read(row))),

    time: (name: string, read: (row: Row) => bigint) =>
      column("DateTime64(9, 'UTC')", name, (writer, row) => writer.bigint64(read(row))),
  };
}

type Entries = readonly (readonly [key: string, value: number])[];
const NONE: Entries = [];

function entriesOf(
  record: Readonly<Record<string, number>> | undefined,
  fits: (value: number) => boolean,
): Entries {
  return record === undefined ? NONE : Object.entries(record).filter(([, value]) => fits(value));
}

const isCount = (value: number): boolean => value >= 0 && value < 2 ** 64;

/** True if the amount fits into Decimal(18, 12), which ends below a million. */
const isMoney = (value: number): boolean => value >= 0 && value <= MAX_COST_USD;

/** Writes an amount: exact to the last digit below 9,000 USD, and with the precision of a double above. */
function writeMoney(writer: RowBinaryWriter, usd: number): void {
  writer.uint64(Math.round(usd * 1e12));
}
