import type { QueryParameters } from './engine.ts';

type Parameter = QueryParameters[string];

const TSV_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\f': '\\f',
  '\0': '\\0',
};

/** Quotes an SQL string. */
export function quoteString(text: string): string {
  return `'${escapeTsv(text).replaceAll("'", "\\'")}'`;
}

function escapeTsv(text: string): string {
  return text.replace(/[\\\t\n\r\b\f\0]/g, (character) => TSV_ESCAPES[character] ?? character);
}

/**
 * Formats a query parameter as ClickHouse parses it for its declared type: strings in the escaped form of TSV, arrays as a
 * literal of quoted strings.
 */
export function formatParameter(value: Parameter): string {
  if (typeof value === 'string') return escapeTsv(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`a query parameter must be finite, found ${value}`);
    return String(value);
  }
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return `[${value.map(quoteString).join(',')}]`;
}

/**
 * Throws if a parameter in the text has no value. ClickHouse would otherwise use the value that an earlier query set in
 * the same session, or fail with its own error.
 */
export function checkParameters(sql: string, parameters: QueryParameters): void {
  for (const [, name] of sql.matchAll(/\{(\w+):/g)) {
    if (name === undefined || !Object.hasOwn(parameters, name)) {
      throw new TypeError(`query parameter {${name}} has no value`);
    }
  }
  for (const name of Object.keys(parameters)) {
    if (!/^[a-z_]\w*$/i.test(name))
      throw new TypeError(`"${name}" is not a valid name for a query parameter`);
  }
}

/** Returns `param_name='text'` for a `SET` statement, one for each parameter. */
export function parameterSettings(sql: string, parameters: QueryParameters): string[] {
  checkParameters(sql, parameters);
  return Object.entries(parameters).map(
    ([name, value]) => `param_${name} = ${quoteString(formatParameter(value))}`,
  );
}
