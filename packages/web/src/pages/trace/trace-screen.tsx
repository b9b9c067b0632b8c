import { useQueryClient } from '@tanstack/react-query';
import type { RollUp, RollUpRow } from '@throughline/spans';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { spanQuery } from '../../api/queries.ts';
import type { SpanSummary, Trace } from '../../api/types.ts';
import { TraceContext } from '../../content/conversation/tool-span-link.tsx';
import { useMarkedText } from '../../content/use-marked-text.ts';
import { useKeys } from '../../frame/keys.tsx';
import { ScoreDialog } from '../../scores/score-dialog.tsx';
import { ScoreFailure } from '../../scores/score-failure.tsx';
import { humanFirst } from '../../scores/show-score.ts';
import { useScores } from '../../scores/use-scores.ts';
import { isNumber, usePreference } from '../../ui/preference.ts';
import { Splitter } from '../../ui/splitter.tsx';
import { useSize } from '../../ui/use-size.ts';
import { FlameGraph } from '../../waterfall/flame-graph.tsx';
import type { TraceLayout } from '../../waterfall/layout.ts';
import { Minimap } from '../../waterfall/minimap.tsx';
import { showOpen } from '../../waterfall/running.ts';
import { Waterfall } from '../../waterfall/waterfall.tsx';
import { AgentRuns } from './agent-runs.tsx';
import { TraceConversation } from './conversation/trace-conversation.tsx';
import { DetailPane } from './detail/detail-pane.tsx';
import { HeaderScores } from './header-scores.tsx';
import { RollUpTable } from './roll-up-table.tsx';
import { TraceHeader } from './trace-header.tsx';
import { traceKeys } from './trace-keys.ts';
import { TreeToolbar } from './tree-toolbar.tsx';
import type { TraceAs, TraceView } from './url.ts';
import { useConclusion } from './use-conclusion.ts';
import { useWaterfallView } from './use-waterfall-view.ts';
import { ViewTabs } from './view-tabs.tsx';

interface TraceScreenProps {
  readonly trace: Trace;
  readonly view: TraceView;
  readonly onView: (change: (view: TraceView) => TraceView) => void;
  /** The trace is shown beside the list of traces, which keeps its own keyboard shortcuts. */
  readonly peeking?: boolean;
  /** The trace is shown to somebody without access to the project: there are no scores, and none can be added. */
  readonly readOnly?: boolean;
}

/** Minimum width for the details beside the tree. Below it, they are under the tree. */
const SIDE_BY_SIDE_PX = 860;

/** A trace: its summary, the waterfall, and the details of the selected span. */
export function TraceScreen({ trace, view, onView, peeking = false, readOnly = false }: TraceScreenProps) {
  const waterfall = useWaterfallView(trace, view, onView);
  const { layout, bars, rows, selected, selectedRow, matches, matchCount, time, totals, explanation } =
    waterfall;
  const conclusion = useConclusion(trace, view.project, explanation?.conclusion);
  const client = useQueryClient();
  const scroller = useRef<HTMLDivElement>(null);
  const findBox = useRef<HTMLInputElement>(null);
  const detail = useRef<HTMLElement>(null);
  useMarkedText(detail, view.found);
  const body = useRef<HTMLDivElement>(null);
  const lastByCost = useRef<number>(undefined);
  const { width, height } = useSize(body);
  const beside = width >= SIDE_BY_SIDE_PX;
  // Until the user resizes them, the panes grow with the window.
  const [treeWidth, setTreeWidth] = usePreference(
    peeking ? 'tree-width-peek' : 'tree-width',
    peeking ? 300 : Math.round(Math.min(760, Math.max(440, width * 0.27))),
    isNumber,
  );
  const [detailWidth, setDetailWidth] = usePreference(
    'detail-width',
    Math.round(Math.min(900, Math.max(480, width * 0.32))),
    isNumber,
  );
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

  const without = useMemo(() => viewsWithout(layout, readOnly), [layout, readOnly]);
  const as = peeking || without.has(view.as) ? 'waterfall' : view.as;
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
  const toggleTotals = () =>
    onView((old) => (old.by === undefined ? { ...old, by: 'step' } : withoutTotals(old)));
  /** Marks the spans of a row and shows the longest of them. */
  const markRow = (row: RollUpRow | undefined) => {
    onView(({ mark: _, find: __, ...rest }) =>
      row === undefined ? { ...rest, onlyMatches: false } : { ...rest, mark: row.key },
    );
    const longest = row && totals ? longestOf(layout, totals, row) : -1;
    if (longest >= 0) waterfall.jump(longest);
  };
  useKeys(
    'Trace',
    peeking
      ? []
      : traceKeys({
          ...waterfall,
          scroller,
          findBox,
          detail,
          lastByCost,
          score: readOnly ? undefined : score,
          toggleTotals,
        }),
  );

  const context = useMemo(
    () => ({
      traceId,
      project,
      spans: layout.spans,
      onSelect: (spanId: string) => waterfall.jump(layout.indexOf.get(spanId) ?? 0),
      aroundTime: span?.startTime,
    }),
    [traceId, project, layout, waterfall.jump, span?.startTime],
  );
  const at = matches ? matches.subarray(0, selected + 1).reduce((sum, mark) => sum + mark, 0) : 0;
  const most = Math.max(240, (beside ? width : height) - 260);
  return (
    <TraceContext value={context}>
      <TraceHeader
        trace={trace}
        project={peeking ? undefined : project}
        layout={layout}
        conclusion={conclusion}
        selectedId={view.span}
        onSelect={context.onSelect}
        scores={
          readOnly ? null : (
            <HeaderScores
              scores={humanFirst(scores.scores)}
              layout={layout}
              onShow={showScores}
              onScore={() => setScoring('trace')}
            />
          )
        }
      />
      {scores.failure && <ScoreFailure {...scores.failure} />}
      {view.span !== undefined && !layout.indexOf.has(view.span) && (
        <p role="status" className="border-b border-line bg-warning-wash px-3 py-1 text-warning">
          This trace has no span <span className="font-mono text-small wrap-anywhere">{view.span}</span>. The
          first span is shown instead.
        </p>
      )}
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
          {!peeking && (
            <ViewTabs
              shown={as}
              onShow={(next) => onView((old) => ({ ...old, as: next }))}
              without={without}
            />
          )}
          {as === 'conversation' ? (
            <TraceConversation
              traceId={traceId}
              project={project ?? ''}
              selectedId={view.span}
              onSelect={context.onSelect}
            />
          ) : as === 'runs' ? (
            <AgentRuns layout={layout} selected={selected} onSelect={waterfall.jump} />
          ) : (
            <>
              <Minimap layout={bars} time={time} onTime={waterfall.setTime} />
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
                by={view.by}
                onTotals={toggleTotals}
                barWidth={view.width}
                onBarWidth={(width) => onView(({ zoom: _, ...rest }) => ({ ...rest, width }))}
                hidePath={view.hidePath}
                onHidePath={(hidePath) => onView((old) => ({ ...old, hidePath }))}
                zoomed={view.zoom !== undefined}
                onResetZoom={() => waterfall.setTime({ fromMs: 0, toMs: bars.totalMs })}
                onLeave={() => scroller.current?.focus()}
              />
              {view.by && totals && explanation && (
                <RollUpTable
                  rows={totals.rows}
                  pathMs={explanation.path.totalMs}
                  by={view.by}
                  onBy={(by) => onView(({ mark: _, ...rest }) => ({ ...rest, by }))}
                  order={view.order}
                  onOrder={(order) => onView((old) => ({ ...old, order }))}
                  marked={view.mark}
                  onMark={markRow}
                  onClose={() => onView(withoutTotals)}
                />
              )}
              {as === 'flame' ? (
                <FlameGraph
                  layout={bars}
                  barWidth={view.width}
                  matches={matches}
                  marks={view.hidePath || view.width !== 'time' ? undefined : explanation?.marks}
                  selected={selected}
                  time={time}
                  onSelect={waterfall.select}
                  onTime={waterfall.setTime}
                  onFit={waterfall.fit}
                  scroller={scroller}
                />
              ) : (
                <Waterfall
                  layout={bars}
                  barWidth={view.width}
                  rows={rows}
                  folding={waterfall.folding}
                  matches={matches}
                  marks={view.hidePath || view.width !== 'time' ? undefined : explanation?.marks}
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
              )}
            </>
          )}
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
                onScore={readOnly ? undefined : setScoring}
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

/** The views that a trace does not have. The API of a shared trace has only the trace itself. */
function viewsWithout({ spans }: TraceLayout, readOnly: boolean): ReadonlySet<TraceAs> {
  const without = new Set<TraceAs>();
  if (readOnly || !spans.some(({ kind }) => kind === 'llm' || kind === 'tool')) without.add('conversation');
  if (!spans.some(({ kind }) => kind === 'llm')) without.add('runs');
  return without;
}

function withoutTotals({ by: _, mark: __, order: ___, ...rest }: TraceView): TraceView {
  return rest;
}

/** Index of the longest span of a row of the totals; -1 if it has none. */
function longestOf({ durationMs }: TraceLayout, { rows, rowOf }: RollUp, row: RollUpRow): number {
  const at = rows.indexOf(row);
  let longest = -1;
  rowOf.forEach((each, i) => {
    if (each !== at) return;
    if (longest < 0 || (durationMs[i] || 0) > (durationMs[longest] || 0)) longest = i;
  });
  return longest;
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
