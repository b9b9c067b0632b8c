/** Readers of what providers send: nothing is believed, nothing throws. */
export type Json = Readonly<Record<string, unknown>>;

const NOTHING: Json = Object.freeze({});

/** The object (a class is one too), or an empty one. */
export function record(value: unknown): Json {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? (value as Json)
    : NOTHING;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text, or an empty one: to compare and to look up. */
export function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Texts of a list; undefined where there are none. */
export function texts(values: readonly unknown[]): string[] | undefined {
  const found = values.filter((value): value is string => typeof value === 'string' && value !== '');
  return found.length === 0 ? undefined : found;
}

/** How many answers were asked for; undefined for the one that everybody gets. */
export function choiceCount(value: unknown): number | undefined {
  return value === 1 ? undefined : number(value);
}

/** Sum of the numbers among them; undefined where none is there. */
export function sum(...values: readonly unknown[]): number | undefined {
  const numbers = values.filter((value): value is number => number(value) !== undefined);
  return numbers.length === 0 ? undefined : numbers.reduce((total, value) => total + value, 0);
}

/** Without the members that are undefined, so that an absent value never overwrites one. */
export function present<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
