import { setTimeout as delay } from 'node:timers/promises';
import { chain, tool } from '@throughline/sdk';
import type { Assistant } from './assistant.ts';
import type { ChatMessage, GenerateRequest, ToolCall } from './generate/messages.ts';
import type { ToolDefinition } from './tools.ts';

const MAX_TURNS = 12;
const MAX_RETRY_WAIT_MS = 2000;

/** Calls the model, runs the tools that it requests, and repeats this until the model answers. */
export async function converse(assistant: Assistant, request: GenerateRequest): Promise<string> {
  const messages: ChatMessage[] = [...request.messages];
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    const { text, toolCalls } = await infer(assistant, { ...request, messages });
    if (toolCalls.length === 0) return text;
    messages.push({ role: 'assistant', text, toolCalls });
    messages.push(...(await Promise.all(toolCalls.map((call) => runTool(request.tools, call)))));
  }
  throw new Error(`Expected an answer within ${MAX_TURNS} turns`);
}

/** One turn of the model. After a rate limit, the call is repeated when the provider allows it. */
export const infer = chain(
  async (assistant: Assistant, request: GenerateRequest) => {
    const generate = assistant.generatorOf(request.model);
    try {
      return await generate(request);
    } catch (error) {
      const waitMs = retryAfterMs(error);
      if (waitMs === undefined || waitMs > MAX_RETRY_WAIT_MS) throw error;
      await delay(waitMs);
      return generate(request);
    }
  },
  // The span of the model call already contains the content.
  { name: 'inference', input: false, output: false },
);

/** Returns the delay that a rate limit error requires. Undefined for other errors. */
function retryAfterMs(error: unknown): number | undefined {
  const { status, headers } = error as { status?: unknown; headers?: unknown };
  if (status !== 429 || !(headers instanceof Headers)) return undefined;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

/** Runs a tool. If it fails, the model gets an error as result, and the span of the tool records the exception. */
async function runTool(tools: readonly ToolDefinition[], call: ToolCall): Promise<ChatMessage> {
  const definition = tools.find(({ name }) => name === call.name);
  const run = tool(definition?.run ?? unknownTool, {
    name: call.name,
    toolCallId: call.id,
    toolDescription: definition?.description,
  });
  const answer = (result: unknown): ChatMessage => ({
    role: 'tool',
    toolCallId: call.id,
    text: JSON.stringify(result),
  });
  try {
    return answer(await run(call.arguments));
  } catch {
    return answer({ error: 'The order system cannot be reached.' });
  }
}

async function unknownTool(_args: Readonly<Record<string, unknown>>): Promise<never> {
  throw new ReferenceError('Expected one of the offered tools, found another name');
}
