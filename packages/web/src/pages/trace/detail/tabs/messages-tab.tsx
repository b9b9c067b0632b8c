import { ArrowDown } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import type { SpanDetail } from '../../../../api/types.ts';
import { Conversation } from '../../../../content/conversation/conversation.tsx';
import { useRepeatedMessages } from '../../../../content/conversation/use-repeated-messages.ts';
import { JsonView } from '../../../../content/json-view.tsx';
import { ReadingModeToggle } from '../../../../content/reading-mode.tsx';
import { toJson } from '../../../../content/to-json.ts';
import { renderAnyValue } from '../../../../content/typed-text.tsx';
import { showCount } from '../../../../format/numbers.ts';
import { CopyButton } from '../../../../ui/copy-button.tsx';
import { FoldedSection, Section } from '../section.tsx';

export function MessagesTab({ span }: { span: SpanDetail }) {
  const { inputMessages, outputMessages, toolDefinitions } = span;
  const output = useRef<HTMLDivElement>(null);
  const firstNew = useRef<HTMLLIElement>(null);
  const repeated = useRepeatedMessages(span);
  return (
    <>
      {inputMessages && (
        <Section
          title="Input"
          aside={
            <>
              {repeated > 0 && repeated < inputMessages.length && <JumpButton to={firstNew}>New</JumpButton>}
              <JumpButton to={output}>Output</JumpButton>
              <ReadingModeToggle />
              <CopyButton text={() => toJson(inputMessages, 2)} label="Copy the input messages as JSON" />
            </>
          }
        >
          <Conversation
            messages={inputMessages}
            repeated={repeated}
            newRef={firstNew}
            renderValue={renderAnyValue}
          />
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
