import { useContext } from 'react';
import type { SpanDetail } from '../../../../api/types.ts';
import { TraceContext } from '../../../../content/conversation/tool-span-link.tsx';
import { Section } from '../section.tsx';

/** Maximum number of documents in the list. The attributes have all of them. */
const MOST_MARKS = 100;

/** The documents that the application marked as used in its answer, with links to the spans that found them. */
export function UsedDocuments({ marks }: { marks: NonNullable<SpanDetail['usedDocuments']> }) {
  const trace = useContext(TraceContext);
  const spans = new Map(trace?.spans.map((span) => [span.spanId, span]));
  return (
    <Section title={`Documents used in this answer (${marks.length})`}>
      <ul>
        {marks.slice(0, MOST_MARKS).map(({ spanId, index, id }, i) => {
          const found = spanId === null ? undefined : spans.get(spanId);
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: marks have no ids and never change their order.
              key={i}
              className="flex flex-wrap items-baseline gap-x-2 border-t border-line py-1.5 first:border-t-0"
            >
              <span className="min-w-0 wrap-anywhere">{id ?? `number ${(index ?? 0) + 1}`}</span>
              {found && (
                <span className="min-w-0 text-small text-ink-faint">
                  number {(index ?? 0) + 1} of{' '}
                  <button type="button" className="link" onClick={() => trace?.onSelect(found.spanId)}>
                    {found.name || '(no name)'}
                  </button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {marks.length > MOST_MARKS && (
        <p className="text-small text-ink-faint">
          The first {MOST_MARKS} are shown. The Attributes tab has all {marks.length}.
        </p>
      )}
    </Section>
  );
}
