import { ArrowDown } from 'lucide-react';
import { type ReactNode, type RefObject, useContext, useRef } from 'react';
import type { SpanDetail } from '../../../../api/types.ts';
import { Conversation } from '../../../../content/conversation/conversation.tsx';
import { TraceContext } from '../../../../content/conversation/tool-span-link.tsx';
import { type PreviousCall, usePreviousCall } from '../../../../content/conversation/use-previous-call.ts';
import { JsonView } from '../../../../content/json-view.tsx';
import { ReadingModeToggle } from '../../../../content/reading-mode.tsx';
import { toJson } from '../../../../content/to-json.ts';
import { renderAnyValue } from '../../../../content/typed-text.tsx';
import { showCount } from '../../../../format/numbers.ts';
import { CopyButton } from '../../../../ui/copy-button.tsx';
import { FoldedSection, Section } from '../section.tsx';
import { callChanges } from './call-changes.ts';
import { InputTokens } from './input-tokens.tsx';

export function MessagesTab({ span }: { span: SpanDetail }) {
  const { inputMessages, outputMessages, toolDefinitions } = span;
  const output = useRef<HTMLDivElement>(null);
  const previous = usePreviousCall(span);
  return (
    <>
      {inputMessages && (
        <Section
          title="Input"
          aside={
            <>
              <JumpButton to={output}>Output</JumpButton>
              <ReadingModeToggle />
              <CopyButton text={() => toJson(inputMessages, 2)} label="Copy the input messages as JSON" />
            </>
          }
        >
          <InputTokens span={span} />
          {previous && <PreviousCallLine previous={previous} span={span} />}
          {previous === undefined ? (
            <div
              className="appear-late flex flex-col gap-2 py-2"
              role="status"
              aria-label="Loading the previous call"
            >
              <span className="skeleton h-3 w-2/3" />
              <span className="skeleton h-3 w-1/2" />
            </div>
          ) : (
            <Conversation
              messages={inputMessages}
              repeated={previous?.repeated ?? 0}
              renderValue={renderAnyValue}
            />
          )}
        </Section>
      )}
      <div ref={output} />
      <Section
        title={
          outputMessages && outputMessages.length > 1 ? `Output (${outputMessages.length} choices)` : 'Output'
        }
        aside={
          <>
            {!inputMessages && <ReadingModeToggle />}
            {outputMessages && (
              <CopyButton text={() => toJson(outputMessages, 2)} label="Copy the output messages as JSON" />
            )}
          </>
        }
      >
        {outputMessages ? (
          <Conversation messages={outputMessages} renderValue={renderAnyValue} />
        ) : (
          <p className="text-ink-faint">
            {span.durationMs === null ? 'No output yet: the call is still running.' : 'No output recorded.'}
          </p>
        )}
        {span.finishReasons.length > 0 && !outputMessages?.some((message) => message.finish_reason) && (
          <p className="text-small text-ink-faint">finish reason: {span.finishReasons.join(', ')}</p>
        )}
      </Section>
      {toolDefinitions && toolDefinitions.length > 0 && (
        <FoldedSection title="Available tools" note={showCount(toolDefinitions.length).text}>
          <JsonView value={toolDefinitions} />
        </FoldedSection>
      )}
    </>
  );
}

/** A link to the previous model call, and what is different apart from the messages. */
function PreviousCallLine({ previous, span }: { previous: PreviousCall; span: SpanDetail }) {
  const trace = useContext(TraceContext);
  const changes = callChanges(previous.span, span);
  return (
    <p className="mb-1.5 flex flex-wrap items-baseline gap-x-3 gap-y-0.5 text-small text-ink-soft">
      <button type="button" className="link" onClick={() => trace?.onSelect(previous.span.spanId)}>
        Since the previous call
      </button>
      {changes.length === 0 && <span className="text-ink-faint">the same parameters</span>}
      {changes.map(({ name, before, now }) => (
        <span key={name} className="min-w-0 wrap-anywhere">
          <span className="text-ink-faint">{name}</span> {before} → {now}
        </span>
      ))}
    </p>
  );
}

function JumpButton({ to, children }: { to: RefObject<HTMLElement | null>; children: ReactNode }) {
  return (
    <button
      type="button"
      className="control-quiet text-small"
      onClick={() => to.current?.scrollIntoView({ block: 'start' })}
    >
      <ArrowDown size={12} aria-hidden /> {children}
    </button>
  );
}
