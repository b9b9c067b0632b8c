import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { spanQuery } from '../../api/queries.ts';
import type { SpanSummary, Trace } from '../../api/types.ts';
import { TraceContext } from '../../content/conversation/tool-span-link.tsx';
import { useKeys } from '../../frame/keys.tsx';
import { ScoreDialog } from '../../scores/score-dialog.tsx';
import { ScoreFailure } from '../../scores/score-failure.tsx';
import { humanFirst } from '../../scores/show-score.ts';
import { useScores } from '../../scores/use-scores.ts';
import { isNumber, usePreference } from '../../ui/preference.ts';
import { Splitter } from '../../ui/splitter.tsx';
import { useSize } from '../../ui/use-size.ts';
import { Minimap } from '../../waterfall/minimap.tsx';
import { showOpen } from '../../waterfall/running.ts';
import { Waterfall } from '../../waterfall/waterfall.tsx';
import { DetailPane } from './detail/detail-pane.tsx';
import { HeaderScores } from './header-scores.tsx';
import { TraceHeader } from './trace-header.tsx';
import { traceKeys } from './trace-keys.ts';
import { TreeToolbar } from './tree-toolbar.tsx';
import type { TraceView } from './url.ts';
import { useWaterfallView } from './use-waterfall-view.ts';

interface TraceScreenProps {
  readonly trace: Trace;
  readonly view: TraceView;
  readonly onView: (change: (view: TraceView) => TraceView) => void;
  /** The trace is shown beside the list of traces, which keeps its own keyboard shortcuts. */
  readonly peeking?: boolean;
}

/** Minimum width for the details beside the tree. Below it, they are under the tree. */
const SIDE_BY_SIDE_PX = 860;

/** A trace: its summary, the waterfall, and the details of the selected span. */
export function TraceScreen({ trace, view, onView, peeking = false }: TraceScreenProps) {
  const waterfall = useWaterfallView(trace, view, onView);
  const { layout, rows, selected, selectedRow, matches, matchCount, time } = waterfall;
  const client = useQueryClient();
  const scroller = useRef<HTMLDivElement>(null);
  const findBox = useRef<HTMLInputElement>(null);
  const detail = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const lastByCost = useRef<number>(undefined);
  const { width, height } = useSize(body);
  const beside = width >= SIDE_BY_SIDE_PX;
  const [treeWidth, setTreeWidth] = usePreference(
    peeking ? 'tree-width-peek' : 'tree-width',
    peeking ? 300 : 440,
    isNumber,
  );
  const [detailWidth, setDetailWidth] = usePreference('detail-width', 480, isNumber);
  const [detailShare, setDetailShare] = usePreference('detail-share', 0.5, isNumber);

  const { traceId } = trace;
  const { project } = view;
  const prefetch = useCallback(
    (index: number) => {
      const spanId = layout.spans[index]?.spanId;
      if (spanId) void client.prefetchQuery(spanQuery(traceId, spanId, project));
    },
    [client, layout, traceId, project],
  );
  usePrefetchAround(rows, selectedRow, prefetch);

  const span = layout.spans[selected] as SpanSummary | undefined;
  const scores = useScores(trace, project);
  const usedDocuments = useMemo(
    () => new Map(trace.usedDocuments.map(({ spanId, count }) => [spanId, count])),
    [trace.usedDocuments],
  );
  const [scoring, setScoring] = useState<'span' | 'trace' | null>(null);
  // If the user selected a span, the score is for it by default; otherwise it is for the trace.
  const score = () => setScoring(view.span === undefined ? 'trace' : 'span');
  const showScores = (spanId: string | null) => {
    const index = spanId === null ? 0 : layout.indexOf.get(spanId);
    if (index === undefined) return;
    waterfall.select(index);
    onView((old) => ({ ...old, tab: 'scores' }));
  };
  useKeys('Trace', peeking ? [] : traceKeys({ ...waterfall, scroller, findBox, detail, lastByCost, score }));

  const context = useMemo(
    () => ({
      traceId,
      project,
      spans: layout.spans,
      onSelect: (spanId: string) => waterfall.jump(layout.indexOf.get(spanId) ?? 0),
    }),
    [traceId, project, layout, waterfall.jump],
  );
  const at = matches ? matches.subarray(0, selected + 1).reduce((sum, mark) => sum + mark, 0) : 0;
  const most = Math.max(240, (beside ? width : height) - 260);
  return (
    <TraceContext value={context}>
      <TraceHeader
        trace={trace}
        layout={layout}
        conclusion={waterfall.explanation?.conclusion}
        selectedId={view.span}
        onSelect={context.onSelect}
        scores={
          <HeaderScores
            scores={humanFirst(scores.scores)}
            layout={layout}
            onShow={showScores}
            onScore={() => setScoring('trace')}
          />
        }
      />
      {scores.failure && <ScoreFailure {...scores.failure} />}
      <ScoreDialog
        open={scoring !== null}
        onClose={() => setScoring(null)}
        traceName={trace.name}
        span={span}
        target={scoring ?? 'trace'}
        scores={scores.scores}
        onJudge={scores.judge}
      />
      <div ref={body} className={`flex flex-1 ${beside ? 'min-h-72' : 'min-h-120 flex-col'}`}>
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Minimap layout={layout} time={time} onTime={waterfall.setTime} />
          <TreeToolbar
            find={view.find ?? ''}
            onFind={(text) =>
              onView(({ find: _, ...rest }) =>
                text === '' ? { ...rest, onlyMatches: false } : { ...rest, find: text },
              )
            }
            findBox={findBox}
            found={matches && { count: matchCount, at: matches[selected] ? at : 0 }}
            onNext={waterfall.nextMatch}
            onlyMatches={view.onlyMatches}
            onOnlyMatches={(onlyMatches) => onView((old) => ({ ...old, onlyMatches }))}
            depth={view.depth}
            maxDepth={layout.maxDepth}
            onDepth={waterfall.setDepth}
            zoomed={view.zoom !== undefined}
            onResetZoom={() => waterfall.setTime({ fromMs: 0, toMs: layout.totalMs })}
            onLeave={() => scroller.current?.focus()}
          />
          <Waterfall
            layout={layout}
            rows={rows}
            folding={waterfall.folding}
            matches={matches}
            scores={scores.bySpan}
            usedDocuments={usedDocuments}
            selectedRow={selectedRow}
            time={time}
            treeWidth={treeWidth}
            onTreeWidth={setTreeWidth}
            onSelect={waterfall.select}
            onToggle={waterfall.toggleRow}
            onTime={waterfall.setTime}
            onFit={waterfall.fit}
            onHover={prefetch}
            scroller={scroller}
          />
        </div>
        {span && width > 0 && (
          <>
            <Splitter
              label="Resize the detail pane"
              orientation={beside ? 'vertical' : 'horizontal'}
              size={beside ? Math.min(detailWidth, most) : Math.min(height * detailShare, most)}
              least={beside ? 280 : 120}
              most={most}
              onResize={(size) => (beside ? setDetailWidth(size) : setDetailShare(size / height))}
              reversed
            />
            <div
              className="flex min-h-0 min-w-0 shrink-0"
              style={
                beside
                  ? { width: Math.min(detailWidth, most) }
                  : { height: Math.min(height * detailShare, most) }
              }
            >
              <DetailPane
                ref={detail}
                traceId={traceId}
                project={project}
                span={span}
                share={
                  span.durationMs === null || layout.spans.length < 2
                    ? null
                    : span.durationMs / layout.totalMs
                }
                open={
                  span.durationMs === null
                    ? showOpen(layout.nowMs - (layout.startMs[selected] as number), layout.stale)
                    : null
                }
                usedDocuments={usedDocuments.get(span.spanId)}
                scores={scores.bySpan}
                onScore={setScoring}
                tab={view.tab}
                onTab={(tab) => onView((old) => ({ ...old, tab }))}
              />
            </div>
          </>
        )}
      </div>
    </TraceContext>
  );
}

/** Loads the spans above and below the selected one while the browser is idle, because they are likely to be next. */
function usePrefetchAround(rows: Int32Array, selectedRow: number, prefetch: (index: number) => void) {
  useEffect(() => {
    const idle = window.requestIdleCallback ?? ((run: () => void) => window.setTimeout(run, 300));
    const cancel = window.cancelIdleCallback ?? window.clearTimeout;
    const timer = setTimeout(() => {
      handle = idle(() => {
        for (const row of [selectedRow + 1, selectedRow - 1]) {
          const index = rows[row];
          if (index !== undefined) prefetch(index);
        }
      });
    }, 200);
    let handle = 0;
    return () => {
      clearTimeout(timer);
      cancel(handle);
    };
  }, [rows, selectedRow, prefetch]);
}
