import { SPAN_KINDS } from '@throughline/spans';
import { z } from 'zod';
import { timestamp } from './values.ts';

/** Maximum length of a text of a conversation, in UTF-16 code units. */
export const MAX_PART_TEXT = 6_000;

const part = z.object({
  type: z
    .enum(['text', 'reasoning', 'toolCall', 'toolResult', 'media', 'other'])
    .describe('`media` and `other` have no content here; the span has it.'),
  name: z.string().nullable().describe('Name of the tool, or kind of the media.'),
  text: z
    .string()
    .describe(`At most ${MAX_PART_TEXT} characters. Arguments and results that are no text are JSON.`),
  cut: z.boolean().describe('Whether the text was longer.'),
});

/** A message, a tool call with its result, or a call whose content is too large to be shown here. */
export const conversationEntry = z.object({
  type: z.enum(['message', 'tool', 'omitted']),
  spanId: z.string(),
  spanName: z.string(),
  kind: z.enum(SPAN_KINDS),
  model: z.string().nullable(),
  startTime: timestamp,
  durationMs: z.number().nullable(),
  role: z.string().nullable().describe('Null if this is not a message.'),
  isOutput: z.boolean().describe('Whether the model said this in the call; otherwise the call sent it.'),
  error: z.string().nullable().describe('Set on the last entry of a span that failed.'),
  parts: z.array(part),
});

export const traceConversation = z.object({
  entries: z.array(conversationEntry),
  nextCursor: z.string().nullable(),
});

export type ConversationPart = z.infer<typeof part>;
export type ConversationEntryJson = z.infer<typeof conversationEntry>;
export type TraceConversation = z.infer<typeof traceConversation>;
