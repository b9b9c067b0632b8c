/** Classes of the series of a chart, in their order. Tailwind finds them only if they are written in full. */
const FILLS = [
  'fill-series-1',
  'fill-series-2',
  'fill-series-3',
  'fill-series-4',
  'fill-series-5',
  'fill-series-6',
  'fill-series-7',
  'fill-series-8',
] as const;
const STROKES = [
  'stroke-series-1',
  'stroke-series-2',
  'stroke-series-3',
  'stroke-series-4',
  'stroke-series-5',
  'stroke-series-6',
  'stroke-series-7',
  'stroke-series-8',
] as const;
const BACKGROUNDS = [
  'bg-series-1',
  'bg-series-2',
  'bg-series-3',
  'bg-series-4',
  'bg-series-5',
  'bg-series-6',
  'bg-series-7',
  'bg-series-8',
] as const;

/** Maximum number of series with a colour of their own. */
export const MAX_SERIES = FILLS.length;

/** `rank` counts from 0. `other` means everything beyond the series with a colour. */
export type SeriesRank = number | 'other';

export const fillOf = (rank: SeriesRank): string =>
  rank === 'other' ? 'fill-series-other' : (FILLS[rank] ?? 'fill-series-other');
export const strokeOf = (rank: SeriesRank): string =>
  rank === 'other' ? 'stroke-series-other' : (STROKES[rank] ?? 'stroke-series-other');
export const backgroundOf = (rank: SeriesRank): string =>
  rank === 'other' ? 'bg-series-other' : (BACKGROUNDS[rank] ?? 'bg-series-other');
