import type { Message, MessagePart } from '@throughline/spans';
import { type Json, list, record, text, word } from '../../core/json.ts';

/** Converts messages of Converse, in which the only member of a block is its type. */
export function converseMessages(messages: unknown): Message[] {
  return list(messages).map((message) => {
    const { role, content } = record(message);
    return { role: text(role) ?? 'user', parts: converseParts(content) };
  });
}

export function converseParts(content: unknown): MessagePart[] {
  return list(content).flatMap((block) => {
    for (const [member, value] of Object.entries(record(block))) {
      const part = PARTS[member]?.(value);
      if (part !== undefined) return [part];
      // A cache point is only a marker without content.
      if (member !== 'cachePoint') return [{ type: member, value }];
    }
    return [];
  });
}

const PARTS: Readonly<Record<string, (value: unknown) => MessagePart>> = Object.assign(Object.create(null), {
  text: (value: unknown) => ({ type: 'text', content: word(value) }),
  toolUse: (value: unknown) => {
    const { toolUseId, name, input } = record(value);
    return { type: 'tool_call', id: text(toolUseId) ?? null, name: word(name), arguments: input };
  },
  toolResult: (value: unknown) => {
    const { toolUseId, content, status } = record(value);
    return {
      type: 'tool_call_response',
      id: text(toolUseId) ?? null,
      response: resultOf(list(content).map(record)),
      ...(status === 'error' ? { is_error: true } : {}),
    };
  },
  reasoningContent: (value: unknown) => {
    const { reasoningText } = record(value);
    const { text: thought, signature } = record(reasoningText);
    return {
      type: 'reasoning',
      content: text(thought) ?? '',
      ...(signature === undefined ? {} : { signature }),
    };
  },
  image: (value: unknown) => media('image', record(value)),
  video: (value: unknown) => media('video', record(value)),
  audio: (value: unknown) => media('audio', record(value)),
  document: (value: unknown) => media('document', record(value)),
});

/** Returns a single block as itself and several as a list. */
function resultOf(blocks: readonly Json[]): unknown {
  const values = blocks.map((block) => block.json ?? block.text ?? block);
  return values.length === 1 ? values[0] : values;
}

/** Keeps bytes as they are. Serialisation replaces them with a note of their size. */
function media(modality: string, { format, source, name }: Json): MessagePart {
  const { bytes, s3Location } = record(source);
  const mime_type =
    typeof format === 'string' ? `${modality === 'document' ? 'application' : modality}/${format}` : null;
  const uri = text(record(s3Location).uri);
  if (uri !== undefined) return { type: 'uri', modality, mime_type, uri };
  return {
    type: 'blob',
    modality,
    mime_type,
    content: bytes as string,
    ...(name === undefined ? {} : { name }),
  };
}
