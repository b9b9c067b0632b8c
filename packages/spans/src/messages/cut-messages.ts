import { parseStructure } from '../attributes/parse-json.ts';
import { parseCutJson } from '../attributes/repair-json.ts';
import type { Message } from '../model/messages.ts';

/** Texts without one of these near their start are not messages, so that it is not worth to repair them. */
const HAS_MESSAGE =
  /"(?:role|type|parts|content|messages|text|contents|args|kwargs|_role|toolUse|input|inputs|prompt|question|query)"\s*:/;
const HEAD = 4096;

/**
 * Parses a text that should contain messages. If the text was cut, everything up to the cut is read, and the last part is
 * marked with `truncated: true`.
 */
export function messagesFromText(
  text: string,
  read: (json: unknown) => readonly Message[] | undefined,
): readonly Message[] | undefined {
  const whole = parseStructure(text);
  if (whole !== undefined) return read(whole);
  const first = text.trimStart()[0];
  if ((first !== '[' && first !== '{') || !HAS_MESSAGE.test(text.slice(0, HEAD))) return undefined;
  const cut = parseCutJson(text);
  const messages = cut === undefined ? undefined : read(cut);
  return messages && markTruncated(messages);
}

/** Marks the last part of the last message. A last message without parts is dropped: nothing of it was left. */
function markTruncated(messages: readonly Message[]): readonly Message[] | undefined {
  const kept = messages.filter(({ parts }, at) => parts.length > 0 || at < messages.length - 1);
  const last = kept.at(-1);
  const part = last?.parts.at(-1);
  if (last === undefined || part === undefined) return kept.length === 0 ? undefined : kept;
  const parts = [...last.parts.slice(0, -1), { ...part, truncated: true }];
  return [...kept.slice(0, -1), { ...last, parts }];
}
