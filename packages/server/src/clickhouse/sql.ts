import type { QueryParameters } from './engine.ts';

/**
 * SQL as a tagged template. Values are always bound as parameters and never inserted into the text:
 *
 *     const mine = sql`user_id = ${user}`;
 *     const query = sql`SELECT count() AS n FROM spans WHERE ${mine} AND start >= ${time(fromNs)}`;
 *     engine.query(...compile(query))   // … WHERE user_id = {p0:String} AND start >= …
 *
 * The type of a parameter is derived from the value: string → String, whole number and bigint → Int64, other number →
 * Float64, boolean → Bool, list of strings → Array(String). Fragments can be nested. Text that is not a value needs
 * {@link unsafeRawSql}.
 */
export interface Sql {
  readonly kind: 'sql';
  readonly texts: readonly string[];
  /** One value fewer than texts. */
  readonly values: readonly SqlValue[];
}

export type SqlValue = Sql | string | number | bigint | boolean | readonly string[];

export function sql(strings: TemplateStringsArray, ...values: SqlValue[]): Sql {
  return { kind: 'sql', texts: strings, values };
}

/** Inserts text into the statement without binding. Never use it with input of a client. */
export function unsafeRawSql(text: string): Sql {
  return { kind: 'sql', texts: [text], values: [] };
}

/** Nanoseconds since 1970 as a DateTime64(9). */
export function time(ns: bigint): Sql {
  return sql`fromUnixTimestamp64Nano(${ns}, 'UTC')`;
}

/** `(a) AND (b)`; an empty list becomes `1`. */
export function and(conditions: readonly Sql[]): Sql {
  return conditions.length === 0
    ? sql`1`
    : join(
        conditions.map((condition) => sql`(${condition})`),
        ' AND ',
      );
}

/** Joins fragments with a text between them. */
export function join(fragments: readonly Sql[], separator: string): Sql {
  return {
    kind: 'sql',
    texts: ['', ...fragments.map((_, index) => (index === fragments.length - 1 ? '' : separator))],
    values: fragments,
  };
}

/** The statement and its parameters for `Engine.query`. Equal values share one parameter. */
export function compile(query: Sql): [text: string, parameters: QueryParameters] {
  const parameters: Record<string, QueryParameters[string]> = {};
  const names = new Map<string, string>();
  const bind = (value: Exclude<SqlValue, Sql>): string => {
    const type = typeOf(value);
    const key = `${type} ${typeof value === 'object' ? JSON.stringify(value) : value}`;
    const name = names.get(key) ?? `p${names.size}`;
    names.set(key, name);
    parameters[name] = value;
    return `{${name}:${type}}`;
  };
  const render = (fragment: Sql): string =>
    fragment.texts.reduce((text, next, index) => {
      const value = fragment.values[index - 1] as SqlValue;
      return text + (isSql(value) ? render(value) : bind(value)) + next;
    });
  return [render(query), parameters];
}

function isSql(value: SqlValue): value is Sql {
  return typeof value === 'object' && 'kind' in value;
}

function typeOf(value: Exclude<SqlValue, Sql>): string {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'boolean':
      return 'Bool';
    case 'bigint':
      return 'Int64';
    case 'number':
      return Number.isSafeInteger(value) ? 'Int64' : 'Float64';
    default:
      return 'Array(String)';
  }
}
