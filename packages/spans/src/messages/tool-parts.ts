import { isRecord } from '../attributes/attribute-readers.ts';
import { parsedOrText, parseStructure } from '../attributes/parse-json.ts';
import type { MessagePart } from '../model/messages.ts';

type Json = Readonly<Record<string, unknown>>;

/** @param named The object with the name and arguments, or with a `function` that has them, as in Chat Completions. */
export function toolCall(id: unknown, named: Json, args: unknown): MessagePart | undefined {
  const inner = isRecord(named.function) ? named.function : named;
  const name = inner.name;
  if (typeof name !== 'string') return undefined;
  const given = args ?? inner.arguments;
  return {
    type: 'tool_call',
    ...(typeof id === 'string' ? { id } : {}),
    name,
    ...(given === undefined ? {} : { arguments: typeof given === 'string' ? parsedOrText(given) : given }),
  };
}

export function toolResponse(id: unknown, response: unknown, more?: Json): MessagePart {
  return {
    ...more,
    type: 'tool_call_response',
    ...(typeof id === 'string' ? { id } : {}),
    ...(response === undefined ? {} : { response: plainResponse(response) }),
  };
}

/** Joins a list of text blocks to one text, unwraps a list of one `{json}` block, and parses JSON texts. */
export function plainResponse(response: unknown): unknown {
  const [only] = Array.isArray(response) && response.length === 1 ? response : [];
  if (isRecord(only) && 'json' in only && Object.keys(only).length === 1) return only.json;
  const plain =
    typeof response === 'string' ? response : Array.isArray(response) ? plainText(response) : undefined;
  return plain === undefined ? response : (parseStructure(plain) ?? plain);
}

/** Returns the text of a string or of a list of text blocks. Undefined if there are other blocks. */
export function plainText(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length === 0) return undefined;
  const pieces: string[] = [];
  for (const block of content) {
    const piece = isRecord(block)
      ? (block.text ?? (block.type === 'text' ? block.content : undefined))
      : block;
    if (typeof piece !== 'string') return undefined;
    pieces.push(piece);
  }
  return pieces.join('\n');
}
