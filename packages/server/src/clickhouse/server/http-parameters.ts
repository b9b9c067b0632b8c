import type { QueryParameters } from '../engine.ts';
import { checkParameters, formatParameter } from '../parameters.ts';

/** ClickHouse limits a field of a request to 131,072 bytes. A code unit of a string needs at most three. */
const MAX_CHARACTERS = 30_000;

/**
 * Converts a statement and its parameters for HTTP: longer values are sent in pieces, which the statement joins again.
 *
 *     {ids:Array(String)}  →  CAST(concat({ids__0:String}, {ids__1:String}) AS Array(String))
 */
export function fitHttp(
  sql: string,
  parameters: QueryParameters,
): [sql: string, parameters: QueryParameters] {
  checkParameters(sql, parameters);
  const fitting: Record<string, QueryParameters[string]> = {};
  let text = sql;
  for (const [name, value] of Object.entries(parameters)) {
    const whole = typeof value === 'string' ? value : formatParameter(value);
    if (whole.length <= MAX_CHARACTERS) {
      fitting[name] = value;
      continue;
    }
    const names = cut(whole).map((piece, index) => {
      fitting[`${name}__${index}`] = piece;
      return `{${name}__${index}:String}`;
    });
    text = text.replaceAll(
      new RegExp(`\\{${name}:([^}]+)\\}`, 'g'),
      (_, type: string) => `CAST(concat(${names.join(', ')}) AS ${type})`,
    );
  }
  return [text, fitting];
}

/** Splits a text, but never within a surrogate pair. */
function cut(text: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + MAX_CHARACTERS, text.length);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}
