import type { SpanContent } from '../model/content.ts';
import type { Message, MessagePart } from '../model/messages.ts';

/** The last text of the user. Without messages: the query, tool arguments, embedded text or plain input. */
export function inputText(content: SpanContent): string | undefined {
  return (
    lastText(content.inputMessages, (role) => role === 'user') ??
    lastText(content.inputMessages, (role) => role !== 'assistant') ??
    content.retrieval?.query ??
    asText(content.tool?.arguments) ??
    content.embedding?.texts.find((text) => text !== '') ??
    content.input?.text
  );
}

/** The last text or tool call of the answer. Without messages: the tool result, first document or plain output. */
export function outputText(content: SpanContent): string | undefined {
  return (
    lastText(content.outputMessages, () => true) ??
    asText(content.tool?.result) ??
    content.retrieval?.documents?.find((document) => document.content !== undefined)?.content ??
    content.output?.text
  );
}

function lastText(
  messages: readonly Message[] | undefined,
  hasRole: (role: string) => boolean,
): string | undefined {
  const selected = messages?.filter(({ role }) => hasRole(role)) ?? [];
  return (
    lastOf(selected, (part) =>
      part.type === 'text' || part.type === 'refusal' ? contentOf(part) : undefined,
    ) ??
    lastOf(selected, (part) => (part.type === 'tool_call' && 'name' in part ? callText(part) : undefined)) ??
    lastOf(selected, (part) =>
      part.type === 'tool_call_response' && 'response' in part ? asText(part.response) : undefined,
    ) ??
    lastOf(selected, (part) => (part.type === 'reasoning' ? contentOf(part) : undefined))
  );
}

/** Returns the first matching text of the last message that has one. */
function lastOf(
  messages: readonly Message[],
  read: (part: MessagePart) => string | undefined,
): string | undefined {
  for (let at = messages.length - 1; at >= 0; at--) {
    for (const part of messages[at]?.parts ?? []) {
      const text = read(part);
      if (text !== undefined && text !== '') return text;
    }
  }
  return undefined;
}

function contentOf(part: MessagePart): string | undefined {
  return 'content' in part && typeof part.content === 'string' ? part.content : undefined;
}

function callText(part: MessagePart): string {
  const { name, arguments: args } = part as { name: unknown; arguments?: unknown };
  return `${name}(${asText(args) ?? ''})`;
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
