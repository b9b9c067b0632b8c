import type { ToolContent } from '../model/content.ts';
import type { Message, MessagePart } from '../model/messages.ts';

/** A model call or a tool call of a trace, with its content. */
export interface ConversationStep {
  readonly spanId: string;
  readonly kind: 'llm' | 'tool';
  readonly inputMessages?: readonly Message[];
  readonly outputMessages?: readonly Message[];
  readonly tool?: ToolContent;
}

/** A message that is shown for the first time, or a tool call with its result. */
export type ConversationEntry =
  | {
      readonly type: 'message';
      readonly spanId: string;
      readonly message: Message;
      readonly isOutput: boolean;
    }
  | { readonly type: 'tool'; readonly spanId: string; readonly tool: ToolContent };

/**
 * What the user, the models and the tools of a trace said, in order, each message once. Agents send the whole conversation
 * with every call, so messages that an earlier call had are left out. If a tool has a span of its own, its call and its
 * result are shown there and not in the messages.
 *
 *     call 1   system, user          → assistant: lookup(8812)
 *     lookup   8812                  → shipped
 *     call 2   (the same) + result   → assistant: It was shipped.
 *
 * @param steps sorted by start
 */
export function conversationOf(steps: readonly ConversationStep[]): ConversationEntry[] {
  const seen = new Set<string>();
  const tools = new Set(steps.flatMap(({ kind, tool }) => (kind === 'tool' ? (tool?.callId ?? '') : [])));
  const responses = responsesOf(steps);
  const entries: ConversationEntry[] = [];
  for (const { spanId, kind, inputMessages = [], outputMessages = [], tool } of steps) {
    if (kind === 'tool') {
      const answered = responses.get(tool?.callId ?? '');
      entries.push({
        type: 'tool',
        spanId,
        tool: tool?.result === undefined ? { ...tool, ...answered } : tool,
      });
      continue;
    }
    for (const [messages, isOutput] of [
      [inputMessages, false],
      [outputMessages, true],
    ] as const)
      for (const message of messages) {
        const print = fingerprintOf(message);
        if (seen.has(print)) continue;
        seen.add(print);
        const parts = message.parts.filter((part) => !isShownByTool(part, tools));
        if (parts.length === 0 && message.parts.length > 0) continue;
        entries.push({ type: 'message', spanId, message: { ...message, parts }, isOutput });
      }
  }
  return entries;
}

/** Results of tools by the id of their call, as later model calls got them. Some tool spans do not have their result. */
function responsesOf(steps: readonly ConversationStep[]): ReadonlyMap<string, Pick<ToolContent, 'result'>> {
  const responses = new Map<string, Pick<ToolContent, 'result'>>();
  for (const { inputMessages = [] } of steps)
    for (const { parts } of inputMessages)
      for (const part of parts)
        if (
          part.type === 'tool_call_response' &&
          'id' in part &&
          typeof part.id === 'string' &&
          'response' in part
        )
          responses.set(part.id, { result: part.response });
  return responses;
}

/** Ignores the finish reason, which only an output has. */
function fingerprintOf({ role, parts }: Message): string {
  return JSON.stringify([role, parts]);
}

function isShownByTool(part: MessagePart, tools: ReadonlySet<string>): boolean {
  if (part.type !== 'tool_call' && part.type !== 'tool_call_response') return false;
  return 'id' in part && typeof part.id === 'string' && tools.has(part.id);
}
