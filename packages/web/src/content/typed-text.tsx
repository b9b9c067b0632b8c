import { useMemo } from 'react';
import { Conversation } from './conversation.tsx';
import { FoldedText } from './folded-text.tsx';
import { JsonView } from './json-view.tsx';
import { parseJsonText, readChat } from './read-chat.ts';
import { useReadingMode } from './reading-mode.tsx';

/** A text as it is best read: a conversation, JSON, Markdown, or as it came. */
export function TypedTextView({ text }: { text: string }) {
  const [mode] = useReadingMode();
  const json = useMemo(() => parseJsonText(text), [text]);
  const chat = useMemo(() => (json ? readChat(json) : null), [json]);
  if (mode === 'raw') return <FoldedText text={text} mono />;
  if (chat) return <Conversation messages={chat} />;
  if (json) return <JsonView value={json} />;
  return <FoldedText text={text} rendered />;
}

/** A value that arrived as JSON or as text. */
export function AnyValueView({ value }: { value: unknown }) {
  if (typeof value === 'string') return <TypedTextView text={value} />;
  return <JsonView value={value} />;
}
