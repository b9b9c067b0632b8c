import { agent } from '@throughline/sdk';
import type OpenAI from 'openai';
import { type AgentTool, TOOLS } from './tools.ts';

type Message = OpenAI.ChatCompletionMessageParam;
type ToolCall = OpenAI.ChatCompletionMessageToolCall;

const MAX_TURNS = 8;
const INSTRUCTIONS = 'You answer questions about orders. Look them up; do not guess.';

/**
 * Calls the model, runs the tools that it requests in parallel, and repeats this until the model answers.
 *
 *     order-agent
 *     ├─ chat gpt-4o-mini
 *     ├─ lookup_order
 *     ├─ lookup_order
 *     └─ chat gpt-4o-mini
 */
export const runAgent = agent(
  async (openai: OpenAI, question: string): Promise<string> => {
    const messages: Message[] = [
      { role: 'system', content: INSTRUCTIONS },
      { role: 'user', content: question },
    ];
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      const { choices } = await openai.chat.completions.create({
        model: process.env.MODEL ?? 'gpt-4o-mini',
        messages,
        tools: TOOLS.map(({ name, description, parameters }) => ({
          type: 'function',
          function: { name, description, parameters },
        })),
      });
      const message = choices[0]?.message;
      if (message === undefined) throw new Error('The response of the model contains no message');
      if (!message.tool_calls?.length) return message.content ?? '';
      messages.push(message, ...(await Promise.all(message.tool_calls.map(answerCall))));
    }
    throw new Error(`Expected an answer within ${MAX_TURNS} turns`);
  },
  // Records only the question, not the client.
  { name: 'order-agent', input: (_openai, question) => question },
);

/** Runs a tool call. If it fails, the model gets the error as result, and the span of the tool records it. */
async function answerCall(call: ToolCall): Promise<Message> {
  const answer = (value: unknown): Message => ({
    role: 'tool',
    tool_call_id: call.id,
    content: JSON.stringify(value),
  });
  try {
    if (call.type !== 'function') throw new TypeError(`Expected a function, found ${call.type}`);
    return answer(await toolNamed(call.function.name).run(JSON.parse(call.function.arguments)));
  } catch (error) {
    return answer({ error: error instanceof Error ? error.message : String(error) });
  }
}

function toolNamed(name: string): AgentTool {
  const found = TOOLS.find((each) => each.name === name);
  if (found === undefined) throw new ReferenceError(`Expected the name of a tool, found ${name}`);
  return found;
}
