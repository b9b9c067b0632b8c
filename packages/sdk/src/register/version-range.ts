type Version = readonly [major: number, minor: number, patch: number];

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '>=': (order) => order >= 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '<': (order) => order < 0,
  '=': (order) => order === 0,
};

/**
 * Returns whether a version is in a range of comparisons, with alternatives separated by `||`, e.g.
 * `>=6.0.0 <8.0.0 || 9.1.0`. A prerelease counts as its release. Returns false if the text is not a version.
 */
export function isInRange(version: string, range: string): boolean {
  const found = parseVersion(version);
  if (found === undefined) return false;
  return range.split('||').some((all) =>
    all
      .trim()
      .split(/\s+/)
      .every((comparison) => {
        const [, operator = '', text = ''] = /^([<>]?=?)(.*)$/.exec(comparison) ?? [];
        const bound = parseVersion(text);
        const compare = COMPARISONS[operator === '' ? '=' : operator];
        return bound !== undefined && compare?.(orderOf(found, bound)) === true;
      }),
  );
}

function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text.trim());
  return match === null ? undefined : [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
}

function orderOf(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
