import { zonedFormat } from '../format/time-zone.ts';
import { parseTimestamp } from '../format/timestamp.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The relative ranges that the user can choose from. */
export const RECENT = {
  '15m': { label: 'Last 15 min', ms: 15 * MINUTE },
  '1h': { label: 'Last hour', ms: HOUR },
  '6h': { label: 'Last 6 h', ms: 6 * HOUR },
  '24h': { label: 'Last 24 h', ms: DAY },
  '3d': { label: 'Last 3 d', ms: 3 * DAY },
  '7d': { label: 'Last 7 d', ms: 7 * DAY },
  '30d': { label: 'Last 30 d', ms: 30 * DAY },
} as const;

export type Recent = keyof typeof RECENT;
const DEFAULT_RECENT: Recent = '24h';

/** A range that ends now, or one between two instants in ms since the epoch (`fromMs` < `toMs`). */
export type TimeRange =
  | { readonly kind: 'recent'; readonly recent: Recent }
  | { readonly kind: 'between'; readonly fromMs: number; readonly toMs: number };

const DEFAULT_RANGE: TimeRange = { kind: 'recent', recent: DEFAULT_RECENT };

/** Reads the range from the search parameters; the default range if they are absent or not valid. */
export function parseTimeRange(search: Readonly<Record<string, string>>): TimeRange {
  const from = search.from ? parseTimestamp(search.from) : null;
  const to = search.to ? parseTimestamp(search.to) : null;
  if (from && to && from.epochMs < to.epochMs)
    return { kind: 'between', fromMs: from.epochMs, toMs: to.epochMs };
  const { range } = search;
  if (range && Object.hasOwn(RECENT, range)) return { kind: 'recent', recent: range as Recent };
  return DEFAULT_RANGE;
}

/** The search parameters of a range; none for the default range. */
export function printTimeRange(range: TimeRange): Record<string, string> {
  if (range.kind === 'between')
    return { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
  return range.recent === DEFAULT_RECENT ? {} : { range: range.recent };
}

/** The range as instants in ms since the epoch. */
export function boundsOf(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  if (range.kind === 'between') return { fromMs: range.fromMs, toMs: range.toMs };
  return { fromMs: nowMs - RECENT[range.recent].ms, toMs: nowMs };
}

const MINUTES = {
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const;
const SECONDS = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;

export function labelOf(range: TimeRange): string {
  if (range.kind === 'recent') return RECENT[range.recent].label;
  const isShort = range.toMs - range.fromMs < 10 * MINUTE;
  const format = isShort ? zonedFormat('seconds', SECONDS) : zonedFormat('dayMinutes', MINUTES);
  return `${format.format(range.fromMs)} – ${format.format(range.toMs)}`;
}

/** The shortest relative range that reaches back to an instant; null if none does. */
export function recentReaching(epochMs: number, nowMs: number): Recent | null {
  const names = Object.keys(RECENT) as Recent[];
  return names.find((name) => nowMs - RECENT[name].ms < epochMs) ?? null;
}
