import type { SpanContent } from '../../model/content.ts';
import type { Message, MessagePart } from '../../model/messages.ts';

/**
 * Returns the prompt of a model call. If it is longer than `limit` characters, the end is returned, because it is new.
 */
export function promptTextOf({ inputMessages, input }: SpanContent, limit: number): string {
  return (inputMessages ? textOf(inputMessages) : (input?.text ?? '')).slice(-limit);
}

/** Returns the answer of a model call, at most `limit` characters. */
export function answerTextOf({ outputMessages, output }: SpanContent, limit: number): string {
  return (outputMessages ? textOf(outputMessages) : (output?.text ?? '')).slice(0, limit);
}

function textOf(messages: readonly Message[]): string {
  return messages.flatMap(({ parts }) => parts.map(partText)).join('\n');
}

function partText(part: MessagePart): string {
  if ('content' in part && typeof part.content === 'string') return part.type === 'blob' ? '' : part.content;
  if (part.type === 'tool_call_response') return asText('response' in part ? part.response : undefined);
  return '';
}

/** Strings are kept as they are, because JSON would escape their line breaks. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(asText).join('\n');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(asText).join('\n');
  return value === undefined || value === null ? '' : String(value);
}
