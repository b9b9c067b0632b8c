import { formatCost, formatDuration } from '@throughline/spans';
import type { Trace, TracesSummary } from '../../api/types.ts';
import { countOf } from '../../format/numbers.ts';

/** Factors between these are not worth naming. */
const ABOUT_AS_LONG = { least: 0.95, most: 1.05 };

/**
 * How a trace compares with others of its name: `1.4 times as long as the median (3.00 s) of 212 traces, and it cost $0.0880
 * where they cost $0.0610 on average.` `others` must not be empty.
 */
export function usualSentence(
  trace: Pick<Trace, 'durationMs' | 'costUsd'>,
  others: Pick<TracesSummary, 'traces' | 'p50DurationMs' | 'costUsd' | 'unpricedCalls'>,
): string {
  const parts = [
    duration(trace.durationMs, others.p50DurationMs, others.traces),
    cost(trace.costUsd, others),
  ];
  const said = parts.filter((part) => part !== '');
  return said.length === 0
    ? `${countOf(others.traces, 'trace')}, none with a duration or a cost.`
    : `${said.join('; ')}.`;
}

function duration(own: number | null, median: number | null, traces: number): string {
  if (own === null || median === null || median <= 0) return '';
  const of = `the median (${formatDuration(median)}) of ${countOf(traces, 'trace')}`;
  const factor = own / median;
  if (factor >= ABOUT_AS_LONG.least && factor <= ABOUT_AS_LONG.most) return `About as long as ${of}`;
  return `${factorText(factor)} as long as ${of}`;
}

/** `1.4 times`, `12 times`, `40 %` */
function factorText(factor: number): string {
  if (factor >= 9.95) return `${Math.round(factor)} times`;
  return factor >= 1 ? `${factor.toFixed(1)} times` : `${Math.round(factor * 100)} %`;
}

function cost(
  own: number | null,
  { costUsd, traces, unpricedCalls }: Pick<TracesSummary, 'costUsd' | 'traces' | 'unpricedCalls'>,
): string {
  if (own === null || costUsd === null || traces === 0) return '';
  const bound = unpricedCalls > 0 ? 'at least ' : '';
  return `cost ${formatCost(own)}, the others ${bound}${formatCost(costUsd / traces)} on average`;
}
