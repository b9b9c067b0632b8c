const COMPARISONS = {
    '>=': (order) => order >= 0,
    '>': (order) => order > 0,
    '<=': (order) => order <= 0,
    '<': (order) => order < 0,
    '=': (order) => order === 0,
};
/**
 * Whether a version lies in a range of comparisons, alternatives by `||`: `>=6.0.0 <8.0.0 || 9.1.0`.
 * A prerelease counts as the version that it leads to. What is no version is in no range.
 */
export function isInRange(version, range) {
    const found = parseVersion(version);
    if (found === undefined)
        return false;
    return range.split('||').some((all) => all
        .trim()
        .split(/\s+/)
        .every((comparison) => {
        const [, operator = '', text = ''] = /^([<>]?=?)(.*)$/.exec(comparison) ?? [];
        const bound = parseVersion(text);
        const compare = COMPARISONS[operator === '' ? '=' : operator];
        return bound !== undefined && compare?.(orderOf(found, bound)) === true;
    }));
}
function parseVersion(text) {
    const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text.trim());
    return match === null ? undefined : [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
}
function orderOf(a, b) {
    return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
