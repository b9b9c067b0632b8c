/** JSON from a provider. Its shape is unknown, so it is read with the functions below, which never throw. */
export type Json = Readonly<Record<string, unknown>>;

const NOTHING: Json = Object.freeze({});

/** Returns the value if it is an object or a function, otherwise an empty object. */
export function record(value: unknown): Json {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? (value as Json)
    : NOTHING;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the value if it is a non-empty string. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Returns the value if it is a string, otherwise an empty string, for comparisons and lookups. */
export function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Returns the non-empty strings of a list. Undefined if there are none. */
export function texts(values: readonly unknown[]): string[] | undefined {
  const found = values.filter((value): value is string => typeof value === 'string' && value !== '');
  return found.length === 0 ? undefined : found;
}

/** Number of requested choices. Undefined if it is 1, the default. */
export function choiceCount(value: unknown): number | undefined {
  return value === 1 ? undefined : number(value);
}

/** Adds the values that are numbers. Undefined if there are none. */
export function sum(...values: readonly unknown[]): number | undefined {
  const numbers = values.filter((value): value is number => number(value) !== undefined);
  return numbers.length === 0 ? undefined : numbers.reduce((total, value) => total + value, 0);
}

/** Removes undefined members, so that an absent value never overwrites another. */
export function present<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
