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
  const inMessages = toolsInMessages(steps);
  const entries: ConversationEntry[] = [];
  for (const { spanId, kind, inputMessages = [], outputMessages = [], tool } of steps) {
    if (kind === 'tool') {
      entries.push({ type: 'tool', spanId, tool: { ...inMessages.get(tool?.callId ?? ''), ...tool } });
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

/** Arguments and results of tools by the id of their call, as the messages have them. Some tool spans lack them. */
function toolsInMessages(steps: readonly ConversationStep[]): ReadonlyMap<string, ToolContent> {
  const tools = new Map<string, ToolContent>();
  for (const { inputMessages = [], outputMessages = [] } of steps)
    for (const { parts } of [...inputMessages, ...outputMessages])
      for (const part of parts) {
        const {
          type,
          id,
          arguments: given,
          response,
          result = response,
        } = part as Readonly<Record<string, unknown>>;
        if (typeof id !== 'string') continue;
        if (type === 'tool_call' && given !== undefined)
          tools.set(id, { ...tools.get(id), arguments: given });
        if (type === 'tool_call_response' && result !== undefined)
          tools.set(id, { ...tools.get(id), result });
      }
  return tools;
}

/** Ignores the finish reason, which only an output has. */
function fingerprintOf({ role, parts }: Message): string {
  return JSON.stringify([role, parts]);
}

function isShownByTool(part: MessagePart, tools: ReadonlySet<string>): boolean {
  if (part.type !== 'tool_call' && part.type !== 'tool_call_response') return false;
  return 'id' in part && typeof part.id === 'string' && tools.has(part.id);
}
