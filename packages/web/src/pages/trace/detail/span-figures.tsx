import type { ReactNode } from 'react';
import type { SpanSummary } from '../../../api/types.ts';
import { FilterLink } from '../../../filter/filter-link.tsx';
import { pluralOf, showCost, showCount, showDuration, showShare } from '../../../format/numbers.ts';
import { Value } from '../../../ui/value.tsx';
import type { ShownOpen } from '../../../waterfall/running.ts';

interface SpanFiguresProps {
  readonly span: SpanSummary;
  /** The span's share of the trace's duration, from 0 to 1. */
  readonly share: number | null;
  /** How long the span has been open; null once it has ended. */
  readonly open: ShownOpen | null;
  readonly usedDocuments: number | undefined;
}

/** The figures of a span on one line. Figures that the span does not have are left out. */
export function SpanFigures({ span, share, open, usedDocuments }: SpanFiguresProps) {
  const figures: ReactNode[] = [];
  const add = (key: string, node: ReactNode) => figures.push(<span key={key}>{node}</span>);
  if (open)
    add(
      'running',
      <span className={open.stale ? 'text-ink-soft' : 'text-accent'} title={open.exact}>
        {open.sentence}
      </span>,
    );
  else
    add(
      'duration',
      <>
        <Value shown={showDuration(span.durationMs)} />
        {share !== null && (
          <span className="text-ink-faint">
            {' '}
            · <Value shown={showShare(share, 1)} /> of the trace
          </span>
        )}
      </>,
    );
  if (span.ttftMs !== null)
    add(
      'ttft',
      <>
        <abbr title="Time to first token" className="text-ink-faint no-underline">
          TTFT
        </abbr>{' '}
        <Value shown={showDuration(span.ttftMs)} />
      </>,
    );
  if (span.costUsd !== null) add('cost', <Value shown={showCost(span.costUsd)} />);
  if (span.inputTokens !== null || span.outputTokens !== null)
    add(
      'tokens',
      <span title="Input → output tokens">
        <Value shown={showCount(span.inputTokens)} /> → <Value shown={showCount(span.outputTokens)} />{' '}
        <span className="text-ink-faint">tokens</span>
      </span>,
    );
  if (span.documentCount !== null)
    add(
      'documents',
      <>
        {span.inputDocumentCount !== null && <>{showCount(span.inputDocumentCount).text} → </>}
        {showCount(span.documentCount).text}{' '}
        <span className="text-ink-faint">{pluralOf(span.documentCount, 'document')}</span>
        {usedDocuments !== undefined && <>, {showCount(usedDocuments).text} used in the answer</>}
      </>,
    );
  if (span.model !== null)
    add(
      'model',
      <span className="line-clamp-1 wrap-anywhere" title={span.model}>
        <FilterLink subject="model" value={span.model} />
        {span.provider && (
          <span className="text-ink-faint">
            {' '}
            · <FilterLink subject="provider" value={span.provider} />
          </span>
        )}
      </span>,
    );
  if (span.service !== null)
    add(
      'service',
      <span className="text-ink-faint wrap-anywhere">
        <FilterLink subject="service" value={span.service} />
      </span>,
    );
  return <div className="mt-1 flex flex-wrap gap-x-3.5 gap-y-0.5 text-small">{figures}</div>;
}
