/** The cost of one day. `startMs` is its midnight. */
export interface DayCost {
  readonly startMs: number;
  readonly usd: number;
}

export interface MonthForecast {
  readonly spentUsd: number;
  /** Average of the last complete days, at most seven. Null if there is no complete day yet. */
  readonly usdPerDay: number | null;
  /** How many days that average contains. */
  readonly days: number;
  /** What the month will have cost at its end, if the following days cost as much as the average. */
  readonly forecastUsd: number | null;
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 7;

/**
 * Forecasts the cost of a month: what it has cost so far, the rest of today, and the remaining days at the average of the last
 * seven complete days, so that each day of the week counts once.
 *
 * @param costs days without a call can be missing
 */
export function forecastMonth(
  costs: readonly DayCost[],
  month: {
    readonly startMs: number;
    readonly endMs: number;
    readonly todayMs: number;
    readonly nowMs: number;
  },
): MonthForecast {
  const spentUsd = sum(costs.filter(({ startMs }) => startMs >= month.startMs && startMs <= month.todayMs));
  const before = costs.filter(({ startMs }) => startMs < month.todayMs);
  const first = Math.min(...before.map(({ startMs }) => startMs));
  if (!Number.isFinite(first)) return { spentUsd, usdPerDay: null, days: 0, forecastUsd: null };
  const days = Math.min(MOST_DAYS, Math.round((month.todayMs - first) / DAY_MS));
  // Half a day of tolerance, because days can have 23 or 25 hours.
  const recent = before.filter(({ startMs }) => startMs >= month.todayMs - (days + 0.5) * DAY_MS);
  const usdPerDay = sum(recent) / days;
  const restOfToday = Math.max(0, usdPerDay * (1 - (month.nowMs - month.todayMs) / DAY_MS));
  const later = Math.round((month.endMs - month.todayMs) / DAY_MS) - 1;
  return {
    spentUsd,
    usdPerDay,
    days,
    forecastUsd: spentUsd + restOfToday + later * usdPerDay,
  };
}

function sum(costs: readonly DayCost[]): number {
  return costs.reduce((total, { usd }) => total + usd, 0);
}
