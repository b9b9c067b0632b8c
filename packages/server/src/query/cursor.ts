import { ThroughlineError } from '../errors/errors.ts';

/** The end of a page. */
export interface Cursor {
  readonly sort: string;
  /** Sort value of the last row, as text. */
  readonly value: string;
  /** Id of the last row, which orders rows with equal values. */
  readonly id: string;
  /** Time in nanoseconds since 1970 at which the first page was read. Absent if the list does not need it. */
  readonly asOf?: string;
}

/** 200 characters of up to two UTF-16 code units. Lower case can be a little longer. */
const MAX_TEXT_LENGTH = 1000;

/** Types of sort values. Each function checks whether the store can parse a text as that type. */
const IS_VALUE = {
  /** A non-negative Int64: a time in nanoseconds. */
  nanoseconds: (text: string) => /^\d{1,19}$/.test(text) && BigInt(text) < 2n ** 63n,
  /** Int64. */
  integer: (text: string) =>
    /^-?\d{1,19}$/.test(text) && BigInt(text) < 2n ** 63n && BigInt(text) >= -(2n ** 63n),
  /** Decimal(18, 12). */
  cost: (text: string) => /^-?\d{1,6}(\.\d{1,12})?$/.test(text),
  /** Decimal(38, 12). */
  decimal: (text: string) => /^-?\d{1,26}(\.\d{1,12})?$/.test(text),
  /** A text of which {@link textSortValue} made a sort value. */
  text: (text: string) => text.length <= MAX_TEXT_LENGTH && text.isWellFormed(),
  /** Float64, also infinite. */
  float: (text: string) => /^-?(inf|\d{1,400}(\.\d{1,400})?(e[+-]?\d{1,3})?)$/.test(text),
} as const satisfies Record<string, (text: string) => boolean>;

export type CursorValueType = keyof typeof IS_VALUE;

/**
 * Length of the longest cursor that the server issues: an id of 800 and a text of 200 characters that JSON escapes with six
 * bytes each, in base64, with room for the name of a score and the numbers.
 */
export const MAX_CURSOR_LENGTH = 10_000;

export function encodeCursor({ sort, value, id, asOf }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, value, id, ...(asOf === undefined ? [] : [asOf])])).toString(
    'base64url',
  );
}

/** Throws `invalid-cursor` for any text that {@link encodeCursor} did not return for this sort. */
export function decodeCursor(text: string, sort: string, type: CursorValueType): Cursor {
  const fields = parse(text);
  if (!Array.isArray(fields) || !fields.every((field) => typeof field === 'string')) throw unknownCursor();
  const [made, value, id, asOf] = fields as readonly (string | undefined)[];
  if (made === undefined || value === undefined || id === undefined || fields.length > 4) {
    throw unknownCursor();
  }
  if (made !== sort) {
    throw new ThroughlineError(
      'invalid-cursor',
      `cursor belongs to sort=${made.slice(0, 40)}, the request has sort=${sort}. Start without one.`,
    );
  }
  if (!IS_VALUE[type](value)) throw unknownCursor();
  if (asOf === undefined) return { sort, value, id };
  if (!IS_VALUE.nanoseconds(asOf)) throw unknownCursor();
  return { sort, value, id, asOf };
}

function unknownCursor(): ThroughlineError {
  return new ThroughlineError('invalid-cursor', 'cursor was not issued by this server. Start without one.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
