import type { CommittedRange } from './commit-record.ts';

/** A range of bytes, `[from, to)`. */
export type Span = readonly [from: number, to: number];

/** The rows of one table of a segment, according to its commit records. */
export interface JoinedRanges {
  /** Undamaged ranges in the order of the file, without repetitions. */
  readonly whole: readonly CommittedRange[];
  /** Bytes of the file that are not part of an undamaged range. */
  readonly rest: readonly Span[];
  /** True if the ranges cover the file from its first byte without gaps, repetitions or damage. `rest` is then at most a tail. */
  readonly joinUp: boolean;
}

/** `isWhole` compares the bytes of a range with its checksum. */
export async function joinRanges(
  ranges: readonly CommittedRange[],
  fileSize: number,
  isWhole: (range: CommittedRange) => Promise<boolean>,
): Promise<JoinedRanges> {
  const whole: CommittedRange[] = [];
  const rest: Span[] = [];
  let joinUp = true;
  let end = 0;
  // A record at the wrong position in the commits file is still right about its rows.
  for (const range of ranges.filter(({ bytes }) => bytes > 0).sort((a, b) => a.offset - b.offset)) {
    if (range.offset < end || !(await isWhole(range))) {
      joinUp = false;
      continue;
    }
    if (range.offset > end) {
      joinUp = false;
      rest.push([end, range.offset]);
    }
    whole.push(range);
    end = range.offset + range.bytes;
  }
  if (end < fileSize) rest.push([end, fileSize]);
  return { whole, rest, joinUp };
}
