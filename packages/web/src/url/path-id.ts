/**
 * Ids in the path of a page. Sessions, users and traces can have any text as their id, but the router removes control
 * characters from paths, and browsers resolve the segments `.` and `..`. These are percent-encoded here, in addition to the
 * encoding that the router does.
 */

/** Characters that cannot be in a path, and the percent sign, so that every id can be read back. */
const UNSAFE = /[%\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function printPathId(id: string): string {
  if (id === '.' || id === '..') return id.replaceAll('.', '%2E');
  return id.replace(UNSAFE, encodeURIComponent);
}

export function parsePathId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The address was written by hand, with a percent sign that belongs to the id.
    return text;
  }
}

/** Options of a route with these ids in its path. */
export function pathIds<Name extends string>(...names: readonly Name[]) {
  type Ids = Record<Name, string>;
  const mapped = (ids: Ids, change: (id: string) => string) =>
    Object.fromEntries(names.map((name) => [name, change(ids[name])])) as Ids;
  return {
    parse: (ids: Ids): Ids => mapped(ids, parsePathId),
    stringify: (ids: Ids): Ids => mapped(ids, printPathId),
  };
}
