import { type ReactNode, useMemo } from 'react';
import { Conversation } from './conversation/conversation.tsx';
import { parseJsonText, readChat } from './conversation/read-chat.ts';
import { FoldedText } from './folded-text.tsx';
import { JsonView } from './json-view.tsx';
import { useReadingMode } from './reading-mode.tsx';

/** A text as it is best read: a conversation, JSON, Markdown, or as it came. */
export function TypedTextView({ text }: { text: string }) {
  const [mode] = useReadingMode();
  const json = useMemo(() => parseJsonText(text), [text]);
  const chat = useMemo(() => (json ? readChat(json) : null), [json]);
  if (mode === 'raw') return <FoldedText text={text} mono />;
  if (chat) return <Conversation messages={chat} renderValue={renderAnyValue} />;
  if (json) return <JsonView value={json} />;
  return <FoldedText text={text} rendered />;
}

/** `AnyValueView` as a function, for components that show values in between. */
export const renderAnyValue = (value: unknown): ReactNode => <AnyValueView value={value} />;

/** A value that arrived as JSON or as text. */
export function AnyValueView({ value }: { value: unknown }) {
  if (typeof value === 'string') return <TypedTextView text={value} />;
  return <JsonView value={value} />;
}
