import type { Message, MessagePart } from '../../api/types.ts';

/**
 * Reads messages from a plain input or output: `[{role, content}]`, or such a list under the key `messages`. Null if the
 * value has another shape.
 */
export function readChat(value: unknown): readonly Message[] | null {
  const list = isRecord(value) ? value.messages : value;
  if (!Array.isArray(list) || list.length === 0 || list.length > 2000) return null;
  const messages = list.map(readMessage);
  return messages.every((message) => message !== null) ? messages : null;
}

function readMessage(value: unknown): Message | null {
  if (!isRecord(value) || typeof value.role !== 'string') return null;
  if (Array.isArray(value.parts) && value.parts.every(isPart)) return value as Message;
  const parts = readContent(value.content);
  return parts && { role: value.role, parts };
}

function readContent(content: unknown): MessagePart[] | null {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return [{ type: 'text', content }];
  if (!Array.isArray(content)) return null;
  return content.map((part): MessagePart => {
    if (typeof part === 'string') return { type: 'text', content: part };
    if (isRecord(part) && typeof part.text === 'string') return { type: 'text', content: part.text };
    return isPart(part) ? part : { type: 'json', value: part };
  });
}

function isPart(value: unknown): value is MessagePart {
  return isRecord(value) && typeof value.type === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a text that is a JSON object or array; undefined if it is something else, or too long to parse quickly. */
export function parseJsonText(text: string): object | undefined {
  if (text.length > 2_000_000 || !/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
