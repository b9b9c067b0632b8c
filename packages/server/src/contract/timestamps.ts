/** Converts a time of ClickHouse, `2026-11-20 10:00:00.123456789`, to `2026-11-20T10:00:00.123456789Z`. */
export function toIsoTimestamp(clickhouse: string): string {
  return `${clickhouse.slice(0, 10)}T${clickhouse.slice(11)}Z`;
}

/** Converts nanoseconds since 1970 to `2026-11-20T10:00:00.123456789Z`. */
export function isoTimestampOf(ns: bigint): string {
  const seconds = ns >= 0n ? ns / NS_PER_SECOND : -((NS_PER_SECOND - 1n - ns) / NS_PER_SECOND);
  const fraction = String(ns - seconds * NS_PER_SECOND).padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${fraction}Z`;
}

const NS_PER_SECOND = 1_000_000_000n;
const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Parses ISO 8601 to nanoseconds since 1970. A date without a time means midnight; a time without an offset is in UTC.
 * Returns undefined for invalid text and for times that the store cannot hold (before 1970, after 2262).
 */
export function parseTimestamp(text: string): bigint | undefined {
  const found = ISO.exec(text);
  if (!found) return undefined;
  const [, date, minutes = '00:00', seconds = '00', fraction = '', offset = 'Z'] = found;
  const zone = offset.toUpperCase() === 'Z' ? 'Z' : offset.replace(/^(.\d\d):?(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${date}T${minutes}:${seconds}${zone}`);
  // Date.parse accepts 30 February as 2 March.
  if (Number.isNaN(ms) || new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) !== date) return undefined;
  const ns = BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  return ns >= 0n && ns < 2n ** 63n ? ns : undefined;
}
