import { formatDuration } from '@throughline/spans';
import { CircleAlert } from 'lucide-react';
import type { SpanDetail } from '../../../../api/types.ts';
import { FoldedText } from '../../../../content/folded-text.tsx';
import { countOf } from '../../../../format/numbers.ts';
import { millisecondsBetween, parseTimestamp } from '../../../../format/timestamp.ts';
import { CopyButton } from '../../../../ui/copy-button.tsx';
import { AttributesTable } from '../attributes-table.tsx';

export function EventsTab({ span }: { span: SpanDetail }) {
  const start = parseTimestamp(span.startTime);
  return (
    <>
      <ol>
        {span.events.map((event, i) => {
          const time = parseTimestamp(event.time);
          const after = start && time ? millisecondsBetween(start, time) : null;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: events have no ids and never change their order.
            <li key={i} className="border-t border-line py-2.5 first:border-t-0">
              <div className="mb-1 flex items-center gap-2">
                {event.name === 'exception' && <CircleAlert size={14} className="text-error" aria-hidden />}
                <b className="font-medium">{event.name}</b>
                <span className="text-small text-ink-faint" title={event.time}>
                  {after === null ? event.time : showOffset(after)}
                </span>
              </div>
              {event.name === 'exception' ? (
                <ExceptionView attributes={event.attributes} dropped={event.droppedAttributesCount} />
              ) : (
                <AttributesTable attributes={event.attributes} dropped={event.droppedAttributesCount} />
              )}
            </li>
          );
        })}
      </ol>
      {span.droppedEventsCount > 0 && (
        <p className="text-small text-warning">
          {countOf(span.droppedEventsCount, 'event')} dropped by the client before sending.
        </p>
      )}
    </>
  );
}

/** Events from log records can come from another clock, so their time can be before the start of the span. */
function showOffset(ms: number): string {
  return ms < 0 ? `${formatDuration(-ms)} before the start` : `after ${formatDuration(ms)}`;
}

const SHOWN_APART = ['exception.type', 'exception.message', 'exception.stacktrace'];

function ExceptionView({
  attributes,
  dropped,
}: {
  attributes: Readonly<Record<string, unknown>>;
  dropped: number;
}) {
  const text = (key: string) => (typeof attributes[key] === 'string' ? attributes[key] : '');
  const [type, message, stack] = SHOWN_APART.map(text) as [string, string, string];
  const rest = Object.fromEntries(Object.entries(attributes).filter(([key]) => !SHOWN_APART.includes(key)));
  return (
    <>
      <p className="text-error wrap-anywhere">
        {type && <b className="font-medium">{type}</b>}
        {type && message && ': '}
        {message}
      </p>
      {stack && (
        <div className="relative mt-1.5 overflow-x-auto rounded-control bg-sunken p-2.5">
          <div className="absolute top-1 right-1">
            <CopyButton text={stack} label="Copy the stack trace" />
          </div>
          <FoldedText text={stack} mono />
        </div>
      )}
      {Object.keys(rest).length > 0 && <AttributesTable attributes={rest} dropped={dropped} />}
    </>
  );
}
