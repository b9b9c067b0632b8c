import { useContext } from 'react';
import type { SpanDetail } from '../../../../api/types.ts';
import { TraceContext } from '../../../../content/conversation/tool-span-link.tsx';
import { Section } from '../section.tsx';

/** So many are listed; the rest stand in the attributes. */
const MOST_MARKS = 100;

/** What a span says that its answer was made from, each leading to where it was found. */
export function UsedDocuments({ marks }: { marks: NonNullable<SpanDetail['usedDocuments']> }) {
  const trace = useContext(TraceContext);
  const spans = new Map(trace?.spans.map((span) => [span.spanId, span]));
  return (
    <Section title={`Documents used in this answer, ${marks.length}`}>
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
        <p className="text-small text-ink-faint">{marks.length - MOST_MARKS} more in the attributes</p>
      )}
    </Section>
  );
}
