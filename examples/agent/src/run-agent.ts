import { agent } from '@throughline/sdk';
import type OpenAI from 'openai';
import { type AgentTool, TOOLS } from './tools.ts';

type Message = OpenAI.ChatCompletionMessageParam;
type ToolCall = OpenAI.ChatCompletionMessageToolCall;

const MAX_TURNS = 8;
const INSTRUCTIONS = 'You answer questions about orders. Look them up; do not guess.';

/**
 * Asks the model, runs the tools it wants side by side, and asks again until it answers.
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
      if (message === undefined) throw new Error('Expected an answer of the model, found none');
      if (!message.tool_calls?.length) return message.content ?? '';
      messages.push(message, ...(await Promise.all(message.tool_calls.map(answerCall))));
    }
    throw new Error(`Expected an answer within ${MAX_TURNS} turns`);
  },
  // The client is no part of what was asked.
  { name: 'order-agent', input: (_openai, question) => question },
);

/** A tool that fails is told to the model, which can say so; its span keeps the error. */
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
