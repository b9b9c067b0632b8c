import { ThroughlineError } from '../errors/errors.ts';

/** Where a page ended: the sort it was made with, and the last row's sort value and trace id. */
export interface Cursor {
  readonly sort: string;
  /** An integer or decimal as text. */
  readonly value: string;
  readonly traceId: string;
}

export function encodeCursor({ sort, value, traceId }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, value, traceId])).toString('base64url');
}

/** Throws `invalid-cursor` for anything that {@link encodeCursor} did not give for this sort. */
export function decodeCursor(text: string, sort: string): Cursor {
  const fields = parse(text);
  if (!Array.isArray(fields) || fields.length !== 3 || !fields.every((field) => typeof field === 'string')) {
    throw new ThroughlineError(
      'invalid-cursor',
      'cursor is not one that this server gave. Start without one.',
    );
  }
  const [made, value, traceId] = fields as [string, string, string];
  if (made !== sort) {
    throw new ThroughlineError(
      'invalid-cursor',
      `cursor belongs to sort=${made.slice(0, 40)}, the request has sort=${sort}. Start without one.`,
    );
  }
  if (!/^-?\d{1,30}(\.\d{1,12})?$/.test(value)) {
    throw new ThroughlineError(
      'invalid-cursor',
      'cursor is not one that this server gave. Start without one.',
    );
  }
  return { sort, value, traceId };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
