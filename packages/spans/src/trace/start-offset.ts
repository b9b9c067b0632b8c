/** Length of `2026-11-20T10:00:00`. */
const SECONDS_LENGTH = 19;

/** Milliseconds from one ISO time to another, exact to the nanosecond. 0 if one of them is not a time. */
export function millisecondsFrom(origin: string, time: string): number {
  const seconds =
    Date.parse(`${time.slice(0, SECONDS_LENGTH)}Z`) - Date.parse(`${origin.slice(0, SECONDS_LENGTH)}Z`);
  const ms = seconds + (fractionNs(time) - fractionNs(origin)) / 1e6;
  return Number.isNaN(ms) ? 0 : ms;
}

function fractionNs(time: string): number {
  return Number(
    time
      .slice(SECONDS_LENGTH + 1, -1)
      .padEnd(9, '0')
      .slice(0, 9),
  );
}
