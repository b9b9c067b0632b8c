/** The place of a syntax error in a statement. */
export interface SqlErrorPlace {
  /** Index of the first character. */
  readonly index: number;
  /** Line and column count from 1. */
  readonly line: number;
  readonly column: number;
  /** The line, and the position of the error below it. */
  readonly text: string;
  readonly pointer: string;
}

/** Finds the position that the message of an error names, which counts bytes from 1. Undefined if it names none. */
export function placeOfError(detail: string, statement: string): SqlErrorPlace | undefined {
  const [, digits] = /(?:failed at|At) position (\d+)/.exec(detail) ?? [];
  if (digits === undefined) return undefined;
  const isFromZero = detail.startsWith('At position');
  const index = isFromZero ? Number(digits) : charactersOf(statement, Number(digits) - 1);
  const before = statement.slice(0, index);
  const lineStart = before.lastIndexOf('\n') + 1;
  const [text = ''] = statement.slice(lineStart).split('\n', 1);
  return {
    index,
    line: before.split('\n').length,
    column: index - lineStart + 1,
    text,
    pointer: `${' '.repeat(index - lineStart)}^`,
  };
}

/** The number of UTF-16 units in the first bytes of a text. */
function charactersOf(text: string, bytes: number): number {
  const encoded = new TextEncoder().encode(text);
  return new TextDecoder().decode(encoded.subarray(0, bytes)).length;
}
