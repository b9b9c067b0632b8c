import type { ModelRequest, ToolCall } from './model-request.ts';
import type { Fault, Reply } from './script.ts';
import { countTokens, IMAGE_TOKENS } from './tokens.ts';

export interface Pace {
  readonly firstTokenMs: number;
  readonly tokenMs: number;
}

/** A complete reply: truncated to the token limit, with token counts and ids of its tool calls. */
export interface Completion {
  readonly text: string;
  /** Empty if the model did not reason. */
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  readonly inputTokens: number;
  /** Includes reasoning tokens. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly pace: Pace;
  readonly fault?: Fault;
}

export function complete(
  request: ModelRequest,
  reply: Reply,
  pace: Pace,
  nextId: (prefix: string) => string,
): Completion {
  const whole = reply.text ?? '';
  const text = request.maxTokens === undefined ? whole : whole.slice(0, request.maxTokens * 4);
  const idPrefix = request.api === 'messages' ? 'toolu' : 'call';
  const toolCalls = (reply.toolCalls ?? []).map((call) => ({ ...call, id: nextId(idPrefix) }));
  const reasoning = reply.reasoning ?? '';
  const reasoningTokens = countTokens(reasoning);
  const calledTokens = toolCalls.reduce(
    (sum, call) => sum + countTokens(`${call.name} ${JSON.stringify(call.arguments)}`),
    0,
  );
  return {
    text,
    reasoning,
    toolCalls,
    finish:
      reply.finish ?? (toolCalls.length > 0 ? 'tool_calls' : text.length < whole.length ? 'length' : 'stop'),
    inputTokens: countInputTokens(request),
    outputTokens: countTokens(text) + calledTokens + reasoningTokens,
    reasoningTokens,
    pace: { firstTokenMs: reply.firstTokenMs ?? pace.firstTokenMs, tokenMs: reply.tokenMs ?? pace.tokenMs },
    ...(reply.fault !== undefined && { fault: reply.fault }),
  };
}

/** Returns the prompt as one text in the order in which providers cache it: tools, then turns. */
export function promptText(request: ModelRequest): string {
  const tools = request.tools.map((tool) => JSON.stringify(tool)).join('\n');
  const turns = request.turns.map((turn) =>
    [
      turn.role,
      turn.text,
      ...turn.toolCalls.map((call) => `${call.name} ${JSON.stringify(call.arguments)}`),
    ].join('\n'),
  );
  return [tools, ...turns].join('\n');
}

function countInputTokens(request: ModelRequest): number {
  const images = request.turns.reduce((sum, turn) => sum + turn.images.length, 0);
  return countTokens(promptText(request)) + images * IMAGE_TOKENS;
}
