import { ThroughlineError } from '../errors/errors.ts';

/** Where a page ended. */
export interface Cursor {
  readonly sort: string;
  /** The last row's sort value, as text. */
  readonly value: string;
  /** The last row's id, which decides between rows with equal values. */
  readonly id: string;
  /** Receipt time in nanoseconds since 1970 that all pages of the list share; absent if the list needs none. */
  readonly asOf?: string;
}

/** Every type that a sort value can have. Each row says which texts the store can read as that type. */
const IS_VALUE = {
  /** Int64, not negative: times in nanoseconds. */
  nanoseconds: (text: string) => /^\d{1,19}$/.test(text) && BigInt(text) < 2n ** 63n,
  /** Decimal(38, 12). */
  decimal: (text: string) => /^-?\d{1,26}(\.\d{1,12})?$/.test(text),
} as const satisfies Record<string, (text: string) => boolean>;

export type CursorValueType = keyof typeof IS_VALUE;

/**
 * The longest cursor that the server gives: an id of 800 characters that JSON escapes with six bytes each, in base64,
 * and room for the sort and the numbers.
 */
export const MAX_CURSOR_LENGTH = 7000;

export function encodeCursor({ sort, value, id, asOf }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, value, id, ...(asOf === undefined ? [] : [asOf])])).toString(
    'base64url',
  );
}

/** Throws `invalid-cursor` for anything that {@link encodeCursor} did not give for this sort. */
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
  return new ThroughlineError(
    'invalid-cursor',
    'cursor is not one that this server gave. Start without one.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
