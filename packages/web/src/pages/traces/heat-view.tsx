import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { traceHeatMapQuery } from '../../api/queries.ts';
import { HeatMap } from '../../charts/heat-map.tsx';
import { timeZoneName } from '../../format/time-zone.ts';
import type { ListParts } from '../../list/list-screen.tsx';
import { rangeQuery } from '../../list/use-rows.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { printTimeRange } from '../../url/time-range.ts';
import { Differences } from './differences.tsx';
import {
  bothFilters,
  boxOf,
  filterOfSelection,
  parseSelection,
  printSelection,
  selectionOf,
} from './heat-selection.ts';

const COLUMNS = 72;

type Measure = 'latency' | 'cost';

/** A heat map of the traces of the range, and what is different about the selected ones. */
export function HeatView({ view, project, show }: ListParts) {
  const measure: Measure = view.heat === 'cost' ? 'cost' : 'latency';
  const { range, q } = view;
  const base = { project, ...(q !== '' && { q }) };
  const { data, error, refetch } = useQuery(
    traceHeatMapQuery(JSON.stringify([project, printTimeRange(range), q, measure, timeZoneName()]), () => ({
      ...base,
      ...rangeQuery(range),
      measure,
      columns: COLUMNS,
      timeZone: timeZoneName(),
    })),
  );
  if (error && !data) return <ProblemView error={error} onRetry={() => void refetch()} />;
  const selection = parseSelection(view.box);
  const filter = selection && filterOfSelection(measure, selection);
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="h-72 shrink-0 px-3 pt-3">
        {!data ? (
          <div className="skeleton appear-late h-full" />
        ) : data.cells.length === 0 ? (
          <p className="p-6 text-center text-ink-soft">
            {data.traces === 0
              ? 'No traces in this range.'
              : `No trace in this range has a ${measure === 'cost' ? 'cost' : 'duration'}.`}
          </p>
        ) : (
          <div className="flex h-full flex-col [&>figure]:flex-1">
            <HeatMap
              map={data}
              selected={selection && boxOf(data, selection)}
              onSelect={(box) => {
                const next = box && selectionOf(data, box);
                show({ box: next ? printSelection(next) : '' });
              }}
            />
          </div>
        )}
      </div>
      {selection && filter !== undefined && data && (
        <Differences
          query={{
            ...base,
            from: data.from,
            to: data.to,
            selected: filter,
            selectedFrom: new Date(selection.fromMs).toISOString(),
            selectedTo: new Date(selection.toMs).toISOString(),
          }}
          onFilter={(added) => show({ q: bothFilters(q, added) })}
          actions={
            <>
              <button
                type="button"
                className="control-primary"
                onClick={() =>
                  show({
                    heat: '',
                    box: '',
                    q: bothFilters(q, filter),
                    range: { kind: 'between', fromMs: selection.fromMs, toMs: selection.toMs },
                  })
                }
              >
                Show these traces
              </button>
              <button
                type="button"
                className="control-quiet"
                aria-label="Clear the selection"
                title="Clear the selection"
                onClick={() => show({ box: '' })}
              >
                <X size={14} aria-hidden />
              </button>
            </>
          }
        />
      )}
    </div>
  );
}
