/** A piece of two texts: in both, only in the first, or only in the second. */
export interface DiffPiece {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Texts with more differences than this are not compared word by word, because that takes quadratic time. */
const MOST_DIFFERENCES = 1_500;
/** Longer texts are compared line by line instead. */
const MOST_WORDS = 20_000;

/**
 * The shortest way from one text to the other, word by word; by lines if the texts are long. Null if they have too
 * little in common for a useful comparison. The pieces of one side, joined, are its text.
 */
export function diffWords(before: string, after: string): readonly DiffPiece[] | null {
  if (before === after) return before === '' ? [] : [{ kind: 'same', text: before }];
  const byWords = [splitWords(before), splitWords(after)] as const;
  const [a, b] =
    byWords[0].length + byWords[1].length <= MOST_WORDS
      ? byWords
      : ([before.split(/(?<=\n)/), after.split(/(?<=\n)/)] as const);
  const start = commonStart(a, b);
  const end = commonEnd(a, b, start);
  const middle = shortestEdit(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return middle && join([...same(a.slice(0, start)), ...middle, ...same(a.slice(a.length - end))]);
}

/** Words and the white space between them. */
function splitWords(text: string): string[] {
  return text.match(/\s+|\S+/gu) ?? [];
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[count] === b[count]) count++;
  return count;
}

function commonEnd(a: readonly string[], b: readonly string[], start: number): number {
  let count = 0;
  while (count < Math.min(a.length, b.length) - start && a.at(-1 - count) === b.at(-1 - count)) count++;
  return count;
}

const same = (words: readonly string[]): DiffPiece[] => words.map((text) => ({ kind: 'same', text }));

/**
 * Myers' algorithm: for each number of differences, the furthest point on each diagonal. The points of every round are
 * kept, so that the way back can be followed.
 */
function shortestEdit(a: readonly string[], b: readonly string[]): DiffPiece[] | null {
  const most = Math.min(a.length + b.length, MOST_DIFFERENCES);
  const offset = most + 1;
  const furthest = new Int32Array(2 * most + 3);
  const rounds: Int32Array[] = [];
  for (let differences = 0; differences <= most; differences++) {
    rounds.push(furthest.slice(offset - differences - 1, offset + differences + 2));
    for (let k = -differences; k <= differences; k += 2) {
      const down =
        k === -differences ||
        (k !== differences && (furthest[offset + k - 1] as number) < (furthest[offset + k + 1] as number));
      let x = down ? (furthest[offset + k + 1] as number) : (furthest[offset + k - 1] as number) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      furthest[offset + k] = x;
      if (x >= a.length && y >= b.length) return walkBack(a, b, rounds, differences);
    }
  }
  return null;
}

function walkBack(
  a: readonly string[],
  b: readonly string[],
  rounds: readonly Int32Array[],
  last: number,
): DiffPiece[] {
  const pieces: DiffPiece[] = [];
  let [x, y] = [a.length, b.length];
  for (let differences = last; differences >= 0; differences--) {
    // The points before this round; diagonal k is at k + differences + 1.
    const furthest = rounds[differences] as Int32Array;
    const at = (k: number) => furthest[k + differences + 1] as number;
    const k = x - y;
    const down = k === -differences || (k !== differences && at(k - 1) < at(k + 1));
    const beforeK = down ? k + 1 : k - 1;
    const beforeX = differences === 0 ? 0 : at(beforeK);
    const beforeY = differences === 0 ? 0 : beforeX - beforeK;
    while (x > beforeX && y > beforeY && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
      pieces.push({ kind: 'same', text: a[x - 1] as string });
      x--;
      y--;
    }
    if (differences === 0) break;
    if (down) pieces.push({ kind: 'added', text: b[--y] as string });
    else pieces.push({ kind: 'removed', text: a[--x] as string });
  }
  return pieces.reverse();
}

/** Joins neighbouring pieces, with what was removed before what was added. */
function join(pieces: readonly DiffPiece[]): readonly DiffPiece[] {
  const joined: DiffPiece[] = [];
  let [removed, added] = ['', ''];
  const flush = () => {
    if (removed) joined.push({ kind: 'removed', text: removed });
    if (added) joined.push({ kind: 'added', text: added });
    [removed, added] = ['', ''];
  };
  for (const { kind, text } of pieces) {
    if (kind === 'removed') removed += text;
    else if (kind === 'added') added += text;
    else {
      flush();
      const last = joined.at(-1);
      if (last?.kind === 'same') joined[joined.length - 1] = { kind, text: last.text + text };
      else joined.push({ kind, text });
    }
  }
  flush();
  return joined;
}
