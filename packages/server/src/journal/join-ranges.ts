import type { CommittedRange } from './commit-record.ts';

/** `[from, to)` in bytes. */
export type Span = readonly [from: number, to: number];

/** The rows of one table of a segment, as far as its commit records account for them. */
export interface JoinedRanges {
  /** In the order of the file, undamaged, none twice. */
  readonly whole: readonly CommittedRange[];
  /** Bytes of the file that no whole range covers. */
  readonly rest: readonly Span[];
  /** The ranges cover the file from its first byte without a hole, a repetition or damage; `rest` is at most a tail. */
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
  // A record that was written to the wrong place is still right about its rows.
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
