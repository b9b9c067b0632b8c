import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf, writeRow } from './columns.ts';
import { RowBinaryWriter } from './row-binary-writer.ts';

function written(write: (writer: RowBinaryWriter) => void, initialBytes = 1): Buffer {
  const writer = new RowBinaryWriter(initialBytes);
  write(writer);
  return Buffer.from(writer.toBytes());
}

/** Decodes a string of RowBinary. */
function readString(bytes: Buffer): { text: string; rest: Buffer } {
  let length = 0;
  let at = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] as number;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return { text: bytes.toString('utf8', at, at + length), rest: bytes.subarray(at + length) };
}

test('text of any length and alphabet is encoded without loss', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }).map((value) => value.toWellFormed()),
    fc
      .tuple(fc.constantFrom('a', 'é', '漢', '😀'), fc.integer({ min: 0, max: 20_000 }))
      .map(([c, n]) => c.repeat(n)),
  );
  fc.assert(
    fc.property(text, text, (first, second) => {
      const bytes = written((writer) => {
        writer.string(first);
        writer.string(second);
      });
      const one = readString(bytes);
      expect(one.text).toBe(first);
      expect(readString(one.rest)).toEqual({ text: second, rest: Buffer.alloc(0) });
    }),
    { numRuns: 500 },
  );
});

test('a lone surrogate becomes U+FFFD', () => {
  expect(readString(written((writer) => writer.string('a\ud800b'))).text).toBe('a\uFFFDb');
});

test('numbers are little-endian', () => {
  const bytes = written((writer) => {
    writer.uint16(0x0102);
    writer.uint32(0xfffefdfc);
    writer.uint64(2 ** 53 - 1);
    writer.bigint64(-1n);
    writer.bigint64(2n ** 64n - 2n);
    writer.varint(300);
  });
  expect(bytes.toString('hex')).toBe(
    ['0201', 'fcfdfeff', 'ffffffffffff1f00', 'ffffffffffffffff', 'feffffffffffffff', 'ac02'].join(''),
  );
});

test('a writer can be used again after a large request', () => {
  const writer = new RowBinaryWriter(16, 64);
  writer.string('x'.repeat(1000));
  writer.reset();
  expect(writer.sizeBytes).toBe(0);
  writer.string('kept');
  expect(Buffer.from(writer.toBytes()).toString()).toBe('\x04kept');
});

test('above its limit it rejects all writes until it is reset', () => {
  const writer = new RowBinaryWriter(16, 64, 100);
  writer.string('x'.repeat(100));
  expect(() => writer.string('y')).toThrow('the request takes more than 100 bytes as rows');
  writer.reset();
  writer.string('again');
  expect(writer.sizeBytes).toBe(6);
});

test.each([
  [undefined, '01'],
  [Number.NaN, '01'],
  [-1, '01'],
  [Number.POSITIVE_INFINITY, '01'],
  [2 ** 64, '01'],
  [0, '000000000000000000'],
  [1.9, '000100000000000000'],
])('encodes a count of %s', (value, hex) => {
  const { count } = columnsOf<number | undefined>();
  const bytes = written((writer) => writeRow([count('n', (row) => row)], writer, value));
  expect(bytes.toString('hex')).toBe(hex);
});

test.each([
  [undefined, null],
  [Number.NaN, null],
  [-0.5, null],
  [1e6, null],
  [0, 0n],
  [0.000000000001, 1n],
  [0.1, 100_000_000_000n],
  [1.25, 1_250_000_000_000n],
  [999_999, 999_999_000_000_000_000n],
])('encodes an amount of %s', (value, expected) => {
  const { money } = columnsOf<number | undefined>();
  const bytes = written((writer) => writeRow([money('usd', (row) => row)], writer, value));
  expect(bytes[0] === 1 ? null : bytes.readBigInt64LE(1)).toBe(expected);
});
