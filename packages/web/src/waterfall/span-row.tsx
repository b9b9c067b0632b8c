import { ChevronDown, ChevronRight, CircleAlert, CircleDashed, RefreshCcw, Unlink } from 'lucide-react';
import { memo } from 'react';
import type { SpanSummary } from '../api/types.ts';
import { countOf, nameDocuments, showCost, showCount, showDuration, sumOf } from '../format/numbers.ts';
import { visibleName } from '../format/visible-name.ts';
import type { KnownScore } from '../scores/own-scores.ts';
import { ScoreIcon } from '../scores/score-chip.tsx';
import { describeScore, showScoreValue } from '../scores/show-score.ts';
import { KindIcon } from '../ui/kind-icon.tsx';
import { KINDS } from '../ui/kinds.ts';
import { Value } from '../ui/value.tsx';
import { isLeaf, type TraceLayout } from './layout.ts';
import { showOpen } from './running.ts';

/** The columns that are shown beside the names. */
export interface TreeColumns {
  readonly cost: boolean;
  readonly tokens: boolean;
  readonly duration: boolean;
}

/** Classes for the column widths. `documents` is as wide as cost and tokens together. */
export const COLUMN_WIDTHS = { cost: 'w-19', tokens: 'w-20', documents: 'w-39', duration: 'w-19' } as const;

interface SpanRowProps {
  readonly id: string;
  readonly layout: TraceLayout;
  readonly index: number;
  readonly row: number;
  readonly top: number;
  readonly treeWidth: number;
  readonly columns: TreeColumns;
  readonly selected: boolean;
  readonly closed: boolean;
  /** Whether the span matches the search; undefined if the search is empty. */
  readonly match: boolean | undefined;
  readonly scores: readonly KnownScore[] | undefined;
  /** Number of its documents that were used in an answer; undefined if that is not known. */
  readonly usedDocuments: number | undefined;
  readonly onSelect: (index: number) => void;
  readonly onToggle: (index: number) => void;
  readonly onFit: (index: number) => void;
}

const INDENT = 14;

/** One span in the tree. The row extends under the bars, so that both are highlighted together. */
export const SpanRow = memo(function SpanRow(props: SpanRowProps) {
  const { layout, index, treeWidth, columns, selected, closed, match } = props;
  const span = layout.spans[index] as SpanSummary;
  const leaf = isLeaf(layout, index);
  const depth = layout.depth[index] as number;
  // Deeper rows are not indented further, to keep their names visible. They show their depth as a number.
  const deepest = Math.max(3, Math.floor((treeWidth * 0.35) / INDENT));
  const hidden = (layout.end[index] as number) - index - 1;
  const documentsApart = columns.cost && columns.tokens && isPlainSearch(span, layout, index);
  const Chevron = closed ? ChevronRight : ChevronDown;
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the tree grid above.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid keeps the focus and names its active row.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the page has keyboard shortcuts for this.
    <div
      id={props.id}
      role="row"
      aria-level={depth + 1}
      aria-posinset={layout.position[index]}
      aria-setsize={layout.siblings[index]}
      aria-rowindex={props.row + 1}
      aria-selected={selected}
      {...(!leaf && { 'aria-expanded': !closed })}
      data-index={index}
      className={`absolute inset-x-0 flex h-7 cursor-default items-center hover:bg-hover aria-selected:bg-selected ${match === false ? 'opacity-45' : ''}`}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={() => props.onSelect(index)}
      onDoubleClick={() => props.onFit(index)}
    >
      <div className="flex h-full items-center" style={{ width: treeWidth }}>
        {/* biome-ignore lint/a11y/useSemanticElements: part of the tree grid above. */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid keeps the focus. */}
        <div
          role="gridcell"
          className="flex h-full min-w-0 flex-1 items-center gap-1.5 pr-2"
          style={{ paddingLeft: 6 + Math.min(depth, deepest) * INDENT }}
        >
          {depth > deepest && (
            <span className="text-tiny text-ink-faint" title={`Depth ${depth}`}>
              ⋯{depth}
            </span>
          )}
          {leaf ? (
            <span className="w-4 shrink-0" />
          ) : (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the page has keyboard shortcuts for this.
            // biome-ignore lint/a11y/noStaticElementInteractions: the row has the role and `aria-expanded`.
            <span
              className="-mx-0.5 flex h-7 w-5 shrink-0 items-center justify-center text-ink-faint hover:text-ink"
              title={closed ? 'Expand' : 'Collapse'}
              onClick={(event) => {
                event.stopPropagation();
                props.onToggle(index);
              }}
            >
              <Chevron size={14} aria-hidden />
            </span>
          )}
          <KindIcon kind={span.kind} />
          <span
            className={`truncate ${match ? 'rounded-xs bg-mark' : ''}`}
            title={`${KINDS[span.kind].label} · ${span.name}`}
          >
            {visibleName(span.name) || <span className="text-ink-faint">(no name)</span>}
          </span>
          <Marks span={span} layout={layout} index={index} />
          {span.model !== null && !span.name.includes(span.model) && (
            <span className="min-w-0 flex-1 basis-0 truncate text-small text-ink-faint" title={span.model}>
              {' '}
              {span.model}
            </span>
          )}
          {!documentsApart && <Documents span={span} used={props.usedDocuments} />}
          {props.scores && <ScoreMark scores={props.scores} />}
          {closed && !leaf && (
            <span className="shrink-0 text-tiny text-ink-faint">+{showCount(hidden).text}</span>
          )}
        </div>
        {documentsApart && (
          <Cell width={COLUMN_WIDTHS.documents} columns={2}>
            <Documents span={span} used={props.usedDocuments} />
          </Cell>
        )}
        {columns.cost && !documentsApart && (
          <Cell width={COLUMN_WIDTHS.cost}>
            <Cost span={span} sumUsd={layout.sumCostUsd[index] as number} />
          </Cell>
        )}
        {columns.tokens && !documentsApart && (
          <Cell width={COLUMN_WIDTHS.tokens}>
            <Tokens span={span} sum={layout.sumTokens[index] as number} />
          </Cell>
        )}
        {columns.duration && (
          <Cell width={COLUMN_WIDTHS.duration}>
            {span.durationMs === null ? (
              <Open elapsedMs={layout.nowMs - (layout.startMs[index] as number)} stale={layout.stale} />
            ) : (
              <Value shown={showDuration(span.durationMs)} />
            )}
          </Cell>
        )}
      </div>
    </div>
  );
});

/** Whether a span found documents and has no cost or tokens, so that the documents can take those columns. */
function isPlainSearch(span: SpanSummary, layout: TraceLayout, index: number): boolean {
  return (
    span.documentCount !== null &&
    span.costUsd === null &&
    sumOf(span.inputTokens, span.outputTokens) === null &&
    Number.isNaN(layout.sumCostUsd[index]) &&
    Number.isNaN(layout.sumTokens[index])
  );
}

/** A cell, which is empty if the span has no value. A dash in every row would be distracting. */
function Cell({
  width,
  columns,
  children,
}: {
  width: string;
  /** Number of columns that the cell spans; 1 if absent. */
  columns?: number;
  children: React.ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the tree grid above.
    // biome-ignore lint/a11y/useFocusableInteractive: the grid keeps the focus.
    <div
      role="gridcell"
      {...(columns !== undefined && { 'aria-colspan': columns })}
      className={`shrink-0 overflow-hidden pr-2.5 text-right text-small whitespace-nowrap ${width}`}
    >
      {children}
    </div>
  );
}

/** The cost of a counted span. For other spans, in a fainter colour, the total of the calls below, or the reported cost. */
function Cost({ span, sumUsd }: { span: SpanSummary; sumUsd: number }) {
  if (span.counted) return span.costUsd !== null && <Value shown={showCost(span.costUsd)} />;
  if (Number.isNaN(sumUsd))
    return span.costUsd !== null && <Value shown={showCost(span.costUsd)} className="text-ink-faint" />;
  const { text, exact } = showCost(sumUsd);
  return (
    <span className="text-ink-faint" title={`${exact}, total of the calls below`}>
      {text}
    </span>
  );
}

function Tokens({ span, sum }: { span: SpanSummary; sum: number }) {
  if (!span.counted && !Number.isNaN(sum)) {
    const { text } = showCount(sum);
    return (
      <span className="text-ink-faint" title={`${text}, total of the calls below`}>
        {text}
      </span>
    );
  }
  const total = sumOf(span.inputTokens, span.outputTokens);
  if (total === null) return null;
  return (
    <span
      title={`${showCount(span.inputTokens).text} input → ${showCount(span.outputTokens).text} output tokens`}
      className={span.counted ? '' : 'text-ink-faint'}
    >
      {showCount(total).text}
    </span>
  );
}

/** How long a span has been running. */
function Open({ elapsedMs, stale }: { elapsedMs: number; stale: boolean }) {
  const { text, exact } = showOpen(elapsedMs, stale);
  return (
    <span className={stale ? 'text-ink-faint' : 'text-accent'} title={exact}>
      {text}
    </span>
  );
}

/** Number of documents: `8 docs`, `3 of 8 used`, or `8 → 3 docs` for a reranker. */
function Documents({ span, used }: { span: SpanSummary; used: number | undefined }) {
  const { documentCount, inputDocumentCount } = span;
  if (documentCount === null) return null;
  const before = inputDocumentCount === null ? '' : `${showCount(inputDocumentCount).text} → `;
  const count = showCount(documentCount).text;
  return (
    <span className="min-w-0 shrink-[2] truncate text-tiny text-ink-faint" title={nameDocuments(span, used)}>
      {' '}
      {used === undefined
        ? `${before}${countOf(documentCount, 'doc')}`
        : `${showCount(used).text} of ${count} used`}
    </span>
  );
}

function ScoreMark({ scores }: { scores: readonly KnownScore[] }) {
  const [first] = scores;
  if (!first) return null;
  const details = scores.map((score) => describeScore(score)).join('\n');
  return (
    <span className="flex shrink-0 items-center gap-0.5 text-tiny text-ink-soft" title={details}>
      <ScoreIcon score={first} />
      <span className="sr-only">score {first.name} </span>
      <span className="max-w-16 truncate">{showScoreValue(first)}</span>
      {scores.length > 1 && <span className="text-ink-faint">+{scores.length - 1}</span>}
    </span>
  );
}

function Marks({ span, layout, index }: { span: SpanSummary; layout: TraceLayout; index: number }) {
  const reason = layout.rootReason[index];
  return (
    <>
      {span.status === 'error' && (
        <CircleAlert
          size={13}
          className="shrink-0 text-error"
          role="img"
          aria-label={`error: ${span.errorType ?? span.statusMessage ?? ''}`}
        />
      )}
      {span.durationMs === null && (
        <CircleDashed size={13} className="shrink-0 text-accent" role="img" aria-label="running" />
      )}
      {reason === 'orphan' && (
        <span title={`The parent span ${span.parentSpanId} is missing`} className="shrink-0 text-warning">
          <Unlink size={13} role="img" aria-label="orphan" />
        </span>
      )}
      {reason === 'cycle' && (
        <span title="The parent ids form a cycle; the tree starts here" className="shrink-0 text-warning">
          <RefreshCcw size={13} role="img" aria-label="cycle" />
        </span>
      )}
    </>
  );
}
