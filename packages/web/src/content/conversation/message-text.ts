import type { Message, MessagePart } from '../../api/types.ts';

import { toJson } from '../to-json.ts';

/** A message as text for the clipboard: text and reasoning as they are, all other parts as JSON. */
export function textOf(message: Message): string {
  return message.parts.map(partText).join('\n\n');
}

function partText(part: MessagePart): string {
  if ((part.type === 'text' || part.type === 'reasoning') && typeof part.content === 'string')
    return part.content;
  return toJson(part, 2);
}
