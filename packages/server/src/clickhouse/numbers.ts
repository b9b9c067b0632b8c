/** ClickHouse's exact texts of 64-bit integers and decimals as JSON numbers. Absent stays null. */
export function toNumber(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/** A count for JSON: what no double holds exactly is cut at 2^53−1. */
export function toCount(text: string | null): number | null {
  return text === null ? null : Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

export function nsToMs(text: string | null): number | null {
  return text === null ? null : Math.max(0, Number(text) / 1e6);
}

/** Absent texts are empty in the store and null in the API. */
export function orNull(text: string): string | null {
  return text === '' ? null : text;
}
