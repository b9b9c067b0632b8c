/** The end of a range without a limit, in nanoseconds since 1970. ClickHouse stores times as Int64. */
export const MAX_NS = 2n ** 63n - 1n;
