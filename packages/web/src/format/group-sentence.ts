import { formatCost, formatCount, formatDuration } from '@throughline/spans';
import { countOf } from './numbers.ts';

/** The totals that {@link groupSentence} describes. */
export interface GroupTotals {
  readonly traceCount: number;
  readonly failedTraceCount: number;
  readonly errorCount: number;
  readonly runningCount: number;
  readonly costUsd: number | null;
  readonly unpricedCalls: number;
  readonly p50DurationMs: number | null;
}

/**
 * What happened in a session or to a user: `2 of 40 turns failed (7 failed steps). A turn took 1.20 s at the median and cost
 * $0.0120 on average.`
 */
export function groupSentence(totals: GroupTotals, noun: string): string {
  return [failures(totals, noun), running(totals, noun), averages(totals, noun)]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function failures({ traceCount, failedTraceCount: failed, errorCount }: GroupTotals, noun: string): string {
  const steps = countOf(errorCount, 'failed step');
  if (failed > 0) {
    const note = errorCount > 0 ? ` (${steps})` : '';
    return traceCount === 1
      ? `The ${noun} failed${note}.`
      : `${formatCount(failed)} of ${countOf(traceCount, noun)} failed${note}.`;
  }
  if (errorCount > 0) return `No ${noun} failed, despite ${steps}.`;
  return `No ${noun} failed.`;
}

function running({ runningCount }: GroupTotals, noun: string): string {
  if (runningCount === 0) return '';
  return `${countOf(runningCount, noun)} ${runningCount === 1 ? 'is' : 'are'} still running.`;
}

function averages({ traceCount, costUsd, unpricedCalls, p50DurationMs }: GroupTotals, noun: string): string {
  if (traceCount < 2) return '';
  const took = p50DurationMs === null ? [] : [`took ${formatDuration(p50DurationMs)} at the median`];
  const bound = unpricedCalls > 0 ? 'at least ' : '';
  const cost = costUsd === null ? [] : [`cost ${bound}${formatCost(costUsd / traceCount)} on average`];
  const said = [...took, ...cost];
  return said.length === 0 ? '' : `A ${noun} ${said.join(' and ')}.`;
}
