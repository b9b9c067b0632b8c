/**
 * Formats numbers with three significant digits and their unit, for the web pages, the CLI and the text tree. Callers
 * decide what to show for a missing value.
 */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Formats `4283` as `4,283`. */
export function formatCount(value: number): string {
  return grouped.format(value);
}

/** Formats `4283` as `4,283 tok`. */
export function formatTokens(tokens: number): string {
  return `${formatCount(tokens)} tok`;
}

/** Formats with three significant digits: 1.24, 12.4, 124. */
function threeDigits(value: number): string {
  if (value >= 99.95) return grouped.format(value);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/**
 * Formats milliseconds as `420 µs`, `3.2 ms`, `145 ms`, `1.24 s`, `2 m 05 s`, `3 h 12 m` or `2 d 4 h`. Negative values,
 * which can result from clocks of different machines, and NaN are shown as 0.
 */
export function formatDuration(ms: number): string {
  if (!(ms > 0)) return '0 ms';
  if (ms < 0.9995) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${threeDigits(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  const [minutes, hours, days] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3600),
    Math.floor(seconds / 86_400),
  ];
  if (days > 0) return `${grouped.format(days)} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${pad(minutes % 60)} m`;
  return `${minutes} m ${pad(seconds % 60)} s`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** Formats US dollars as `$0.0190`, `$1.24` or `$1,240`. Smaller costs than 0.0001 are shown as `<$0.0001`. */
export function formatCost(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0) return `−${formatCost(-usd)}`;
  if (usd < 0.0001) return '<$0.0001';
  if (usd >= 0.9995) return `$${threeDigits(usd)}`;
  const leadingZeros = -Math.floor(Math.log10(usd)) - 1;
  return `$${usd.toFixed(leadingZeros + 3)}`;
}

/** Formats a share from 0 to 1 as `61 %`, `2.1 %` or `<0.1 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (!(percent > 0)) return '0 %';
  if (percent < 0.1) return '<0.1 %';
  return percent < 9.95 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}

/** A count with its noun: `1 span`, `12,304 spans`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
