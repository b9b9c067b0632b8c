import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { traceConversationQuery } from '../../../api/queries.ts';
import { ReadingModeToggle } from '../../../content/reading-mode.tsx';
import { ProblemView } from '../../../ui/problem-view.tsx';
import { useMore } from '../../../ui/use-more.ts';
import { EntryView } from './entry-view.tsx';

interface TraceConversationProps {
  readonly traceId: string;
  readonly project: string;
  readonly selectedId: string | undefined;
  readonly onSelect: (spanId: string) => void;
}

/** What was said in a trace, each message once. A click on a step selects its span. */
export function TraceConversation({ traceId, project, selectedId, onSelect }: TraceConversationProps) {
  const list = useInfiniteQuery(traceConversationQuery(traceId, project));
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? [];
  const scroller = useRef<HTMLElement>(null);
  const end = useMore(
    list.hasNextPage && !list.isFetching ? () => void list.fetchNextPage() : undefined,
    scroller,
  );
  if (list.error && entries.length === 0)
    return <ProblemView error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <section
      ref={scroller}
      aria-label="Conversation of the trace"
      data-own-keys
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls here
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto px-3 pb-8"
    >
      <div className="sticky top-0 z-[1] flex justify-end bg-page py-1">
        <ReadingModeToggle />
      </div>
      {list.isPending && <ConversationSkeleton />}
      {list.data && entries.length === 0 && (
        <p className="py-4 text-ink-soft">
          This trace has no messages and no tool calls. Their content may not have been recorded.
        </p>
      )}
      <ol className="flex flex-col">
        {entries.map((entry, i) => (
          <EntryView
            // biome-ignore lint/suspicious/noArrayIndexKey: entries are only added at the end.
            key={i}
            entry={entry}
            isFirstOfSpan={entries[i - 1]?.spanId !== entry.spanId}
            isSelected={entry.spanId === selectedId}
            onSelect={() => onSelect(entry.spanId)}
          />
        ))}
      </ol>
      <div ref={end} className="py-2 text-small text-ink-soft">
        {list.error ? (
          <span role="alert">
            The rest could not be loaded: {list.error.message}{' '}
            <button type="button" className="link" onClick={() => void list.fetchNextPage()}>
              Try again
            </button>
          </span>
        ) : (
          list.hasNextPage && <span role="status">Loading more…</span>
        )}
      </div>
    </section>
  );
}

function ConversationSkeleton() {
  return (
    <div className="appear-late flex flex-col gap-4 py-2" role="status" aria-label="Loading the conversation">
      {[64, 82, 48].map((width) => (
        <span key={width} className="flex flex-col gap-2">
          <span className="skeleton h-3 w-20" />
          <span className="skeleton h-3" style={{ width: `${width}%` }} />
        </span>
      ))}
    </div>
  );
}
