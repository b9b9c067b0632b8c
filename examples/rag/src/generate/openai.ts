import type OpenAI from 'openai';
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import type { ChatMessage, Generate, GenerateRequest, ToolCall } from './messages.ts';

/** Calls the Chat Completions API. */
export function generateWithOpenAI(client: OpenAI): Generate {
  return async (request) => {
    const body = {
      model: request.model,
      messages: [{ role: 'system' as const, content: request.system }, ...request.messages.map(toMessage)],
      ...(request.tools.length > 0 && {
        tools: request.tools.map(toTool),
        ...(request.oneByOne && { parallel_tool_calls: false }),
      }),
    };
    const options = request.timeoutMs === undefined ? {} : { timeout: request.timeoutMs };
    if (request.stream) return readStream(client, body, options);
    const { choices } = await client.chat.completions.create(body, options);
    const message = choices[0]?.message;
    return { text: message?.content ?? '', toolCalls: (message?.tool_calls ?? []).flatMap(fromToolCall) };
  };
}

/** Calls the Responses API without streaming, for reasoning models. */
export function generateWithResponses(client: OpenAI): Generate {
  return async (request: GenerateRequest) => {
    const answer = await client.responses.create({
      model: request.model,
      instructions: request.system,
      input: request.messages.flatMap((message) =>
        message.role === 'tool' ? [] : [{ role: message.role, content: message.text }],
      ),
      reasoning: { effort: 'low', summary: 'auto' },
    });
    return { text: answer.output_text, toolCalls: [] };
  };
}

async function readStream(
  client: OpenAI,
  body: { model: string; messages: ChatCompletionMessageParam[]; tools?: ChatCompletionTool[] },
  options: { timeout?: number },
) {
  const stream = await client.chat.completions.create(
    { ...body, stream: true, stream_options: { include_usage: true } },
    options,
  );
  let text = '';
  const calls: { id: string; name: string; json: string }[] = [];
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta;
    text += delta?.content ?? '';
    for (const piece of delta?.tool_calls ?? []) {
      const call = calls[piece.index] ?? { id: '', name: '', json: '' };
      calls[piece.index] = {
        id: piece.id ?? call.id,
        name: piece.function?.name ?? call.name,
        json: call.json + (piece.function?.arguments ?? ''),
      };
    }
  }
  return { text, toolCalls: calls.map(({ id, name, json }) => ({ id, name, arguments: JSON.parse(json) })) };
}

function toMessage(message: ChatMessage): ChatCompletionMessageParam {
  switch (message.role) {
    case 'user':
      return {
        role: 'user',
        content:
          message.imageUrl === undefined
            ? message.text
            : [
                { type: 'text', text: message.text },
                { type: 'image_url', image_url: { url: message.imageUrl } },
              ],
      };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.text === '' ? null : message.text,
        ...(message.toolCalls.length > 0 && {
          tool_calls: message.toolCalls.map((call) => ({
            id: call.id,
            type: 'function' as const,
            function: { name: call.name, arguments: JSON.stringify(call.arguments) },
          })),
        }),
      };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: message.text };
  }
}

function toTool({ name, description, parameters }: GenerateRequest['tools'][number]): ChatCompletionTool {
  return { type: 'function', function: { name, description, parameters: { ...parameters } } };
}

function fromToolCall(call: OpenAI.ChatCompletionMessageToolCall): ToolCall[] {
  if (call.type !== 'function') return [];
  return [{ id: call.id, name: call.function.name, arguments: JSON.parse(call.function.arguments) }];
}
