import { formatCount } from '@throughline/spans';
import type { ReactNode } from 'react';
import type { TracesSummary } from '../../api/types.ts';
import { VolumeChart } from '../../charts/volume-chart.tsx';
import { countOf, showCost, showCount, showDuration, showShare } from '../../format/numbers.ts';
import { Figure } from '../../ui/figure.tsx';
import { Value } from '../../ui/value.tsx';

interface SummaryStripProps {
  readonly summary: TracesSummary | undefined;
  readonly onZoom: (fromMs: number, toMs: number) => void;
  /** Controls that switch the view below. */
  readonly controls?: ReactNode;
}

/** A summary of all traces in the range: the volume over time, and five figures. */
export function SummaryStrip({ summary, onZoom, controls }: SummaryStripProps) {
  return (
    <section
      aria-label="Summary"
      className="flex shrink-0 flex-wrap items-stretch gap-x-6 gap-y-2 border-b border-line px-3 py-2"
    >
      <div className="h-20 min-w-48 flex-1">
        {summary ? (
          <VolumeChart summary={summary} onZoom={onZoom} />
        ) : (
          <div className="skeleton appear-late h-full" />
        )}
      </div>
      <dl className="flex flex-wrap items-center gap-x-3 sm:gap-x-5">
        <Figure label="Traces">{summary && <Value shown={showCount(summary.traces)} />}</Figure>
        <Figure label="p50">{summary && <Value shown={showDuration(summary.p50DurationMs)} />}</Figure>
        <Figure label="p95">{summary && <Value shown={showDuration(summary.p95DurationMs)} />}</Figure>
        <Figure label="Cost">{summary && <Value shown={showCost(summary.costUsd, summary)} />}</Figure>
        <Figure label="Failed">
          {summary && (
            <span
              className={summary.errors > 0 ? 'text-error' : ''}
              title={`${formatCount(summary.errors)} of ${countOf(summary.traces, 'trace')} failed. A trace with failed spans that is ok as a whole is not counted.`}
            >
              <Value shown={showShare(summary.errors, summary.traces)} />
            </span>
          )}
        </Figure>
      </dl>
      {controls && <div className="flex items-center">{controls}</div>}
    </section>
  );
}
