/** Converts an exact 64-bit integer or decimal, which ClickHouse returns as text, to a number. Null stays null. */
export function toNumber(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/** Converts a count to a number for JSON, at most 2^53−1, because a double cannot represent larger ones exactly. */
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
