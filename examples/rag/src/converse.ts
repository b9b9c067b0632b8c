import { setTimeout as delay } from 'node:timers/promises';
import { getToolAttributes } from '@arizeai/openinference-core';
import type { Assistant } from './assistant.ts';
import type { ChatMessage, Generated, GenerateRequest, ToolCall } from './generate/messages.ts';
import { modelCall } from './telemetry/model-call.ts';
import { inSpan, recordFailure, valueAttributes } from './telemetry/spans.ts';
import type { ToolDefinition } from './tools.ts';

const MAX_TURNS = 12;
const MAX_RETRY_WAIT_MS = 2000;

/** Asks the model, runs the tools it wants, and asks again until it answers. */
export async function converse(assistant: Assistant, request: GenerateRequest): Promise<string> {
  const messages: ChatMessage[] = [...request.messages];
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    const { text, toolCalls } = await infer(assistant, { ...request, messages });
    if (toolCalls.length === 0) return text;
    messages.push({ role: 'assistant', text, toolCalls });
    messages.push(...(await Promise.all(toolCalls.map((call) => runTool(assistant, request.tools, call)))));
  }
  throw new Error(`Expected an answer within ${MAX_TURNS} turns`);
}

/** One model call; after a rate limit one more, when the provider says. Each is a span named `inference`. */
export async function infer(assistant: Assistant, request: GenerateRequest): Promise<Generated> {
  const generate = assistant.generatorOf(request.model);
  const call = () => modelCall('inference', () => generate(request));
  try {
    return await call();
  } catch (error) {
    const waitMs = retryAfterMs(error);
    if (waitMs === undefined || waitMs > MAX_RETRY_WAIT_MS) throw error;
    await delay(waitMs);
    return call();
  }
}

/** Of a rate limit; absent for any other error. */
function retryAfterMs(error: unknown): number | undefined {
  const { status, headers } = error as { status?: unknown; headers?: unknown };
  if (status !== 429 || !(headers instanceof Headers)) return undefined;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

/** A tool that fails is told to the model, which can say so. The span keeps the exception. */
async function runTool(
  assistant: Assistant,
  tools: readonly ToolDefinition[],
  call: ToolCall,
): Promise<ChatMessage> {
  const tool = tools.find(({ name }) => name === call.name);
  const attributes = {
    ...getToolAttributes({
      name: call.name,
      ...(tool !== undefined && { description: tool.description }),
      parameters: { ...tool?.parameters },
    }),
    'tool.id': call.id,
    ...valueAttributes('input', call.arguments),
  };
  return inSpan(assistant.tracer, call.name, 'TOOL', attributes, async (span) => {
    const answer = (result: unknown): ChatMessage => ({
      role: 'tool',
      toolCallId: call.id,
      text: JSON.stringify(result),
    });
    try {
      if (tool === undefined) throw new Error(`Expected one of the offered tools, found '${call.name}'`);
      const result = await tool.run(call.arguments);
      span.setAttributes(valueAttributes('output', result));
      return answer(result);
    } catch (error) {
      recordFailure(span, error);
      return answer({ error: 'The order system cannot be reached.' });
    }
  });
}
