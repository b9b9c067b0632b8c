import { ChevronDown, ChevronRight } from 'lucide-react';
import { Fragment, type ReactNode, useState } from 'react';
import type { Message } from '../../api/types.ts';
import { countOf } from '../../format/numbers.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PREAMBLE } from '../fold.ts';
import { MessagePartView } from './message-part.tsx';
import { textOf } from './message-text.ts';

/** Labels of roles in the margin. Other roles are shown with their own name. */
const ROLES: Readonly<Record<string, string>> = {
  system: 'System',
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool',
  developer: 'Developer',
};

const PREAMBLES = new Set(['system', 'developer']);

interface ConversationProps {
  readonly messages: readonly Message[];
  /** Number of messages that the previous call also had. They are folded, so that the new ones come first. */
  readonly repeated?: number;
  /** Renders the arguments and results of tools, which can themselves contain conversations. */
  readonly renderValue: (value: unknown) => ReactNode;
}

/** A list of messages with their roles in the margin. */
export function Conversation({ messages, repeated = 0, renderValue }: ConversationProps) {
  const [isOpen, setIsOpen] = useState(false);
  const first = isOpen ? 0 : repeated;
  return (
    <>
      {repeated > 0 && (
        <button
          type="button"
          className="flex w-full items-center gap-1.5 rounded-control bg-sunken px-2 py-1 text-left text-small text-ink-soft hover:text-ink"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? <ChevronDown size={13} aria-hidden /> : <ChevronRight size={13} aria-hidden />}
          {countOf(repeated, 'message')} as before
        </button>
      )}
      <ol className="flex flex-col" start={first + 1}>
        {messages.slice(first).map((message, k) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no ids and never change their order.
          <Fragment key={first + k}>
            {isOpen && first + k === repeated && (
              <li className="flex items-center gap-2 text-small text-accent before:h-px before:w-15 before:bg-accent/50 after:h-px after:flex-1 after:bg-accent/50">
                new since the previous call
              </li>
            )}
            <MessageView message={message} renderValue={renderValue} />
          </Fragment>
        ))}
      </ol>
      {repeated > 0 && repeated === messages.length && (
        <p className="py-2 text-ink-faint">Nothing new since the previous call.</p>
      )}
    </>
  );
}

function MessageView({
  message,
  renderValue,
}: {
  message: Message;
  renderValue: ConversationProps['renderValue'];
}) {
  const role = Object.hasOwn(ROLES, message.role) ? ROLES[message.role] : message.role;
  return (
    <li className="group/message grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3 border-t border-line py-2.5 first:border-t-0">
      <div className="flex flex-col items-start gap-0.5 text-small">
        <span
          className={`max-w-full truncate ${message.role === 'assistant' ? 'font-medium text-ink' : 'text-ink-soft'}`}
          title={message.role}
        >
          {role}
        </span>
        {message.name && (
          <span className="max-w-full truncate text-tiny text-ink-faint" title={message.name}>
            {message.name}
          </span>
        )}
        <span className="-ml-1.5 opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100">
          <CopyButton text={() => textOf(message)} label="Copy the message" />
        </span>
      </div>
      <div className="flex min-w-0 flex-col gap-2">
        {message.parts.length === 0 && <span className="text-ink-faint">(empty)</span>}
        {message.parts.map((part, i) => (
          <MessagePartView
            // biome-ignore lint/suspicious/noArrayIndexKey: parts have no ids and never change their order.
            key={i}
            part={part}
            limit={PREAMBLES.has(message.role) ? PREAMBLE : undefined}
            renderValue={renderValue}
          />
        ))}
        {message.finish_reason && (
          <span className="text-small text-ink-faint">finish reason: {message.finish_reason}</span>
        )}
      </div>
    </li>
  );
}
