import { type ReactNode, useMemo } from 'react';
import { Conversation } from './conversation/conversation.tsx';
import { parseJsonText, readChat } from './conversation/read-chat.ts';
import { FoldedText } from './folded-text.tsx';
import { JsonView } from './json-view.tsx';
import { useReadingMode } from './reading-mode.tsx';

/** Shows a text by its content: as a conversation, as JSON or as Markdown. In raw mode it is shown unchanged. */
export function TypedTextView({ text }: { text: string }) {
  const [mode] = useReadingMode();
  const json = useMemo(() => parseJsonText(text), [text]);
  const chat = useMemo(() => (json ? readChat(json) : null), [json]);
  if (mode === 'raw') return <FoldedText text={text} mono />;
  if (chat) return <Conversation messages={chat} renderValue={renderAnyValue} />;
  if (json) return <JsonView value={json} />;
  return <FoldedText text={text} rendered />;
}

/** `AnyValueView` as a render function, for components that contain values. */
export const renderAnyValue = (value: unknown): ReactNode => <AnyValueView value={value} />;

/** Shows a value that was received as JSON or as text. */
export function AnyValueView({ value }: { value: unknown }) {
  if (typeof value === 'string') return <TypedTextView text={value} />;
  return <JsonView value={value} />;
}
