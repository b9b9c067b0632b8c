import type Anthropic from '@anthropic-ai/sdk';
import type { ChatMessage, Generate, Generated } from './messages.ts';

/** Calls the Messages API, with the system prompt marked for caching. */
export function generateWithAnthropic(client: Anthropic): Generate {
  return async (request) => {
    const body = {
      model: request.model,
      max_tokens: 1024,
      system: [
        { type: 'text' as const, text: request.system, cache_control: { type: 'ephemeral' as const } },
      ],
      messages: request.messages.map(toMessage),
      ...(request.tools.length > 0 && {
        tools: request.tools.map(({ name, description, parameters }) => ({
          name,
          description,
          input_schema: { ...parameters, required: [...parameters.required] },
        })),
      }),
    };
    const options = request.timeoutMs === undefined ? {} : { timeout: request.timeoutMs };
    if (!request.stream) return fromContent((await client.messages.create(body, options)).content);
    const stream = await client.messages.create({ ...body, stream: true }, options);
    return readStream(stream);
  };
}

async function readStream(stream: AsyncIterable<Anthropic.RawMessageStreamEvent>): Promise<Generated> {
  let text = '';
  const calls: { id: string; name: string; json: string }[] = [];
  for await (const event of stream) {
    if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
      calls.push({ id: event.content_block.id, name: event.content_block.name, json: '' });
    }
    if (event.type !== 'content_block_delta') continue;
    if (event.delta.type === 'text_delta') text += event.delta.text;
    const call = calls.at(-1);
    if (event.delta.type === 'input_json_delta' && call !== undefined) call.json += event.delta.partial_json;
  }
  return {
    text,
    toolCalls: calls.map(({ id, name, json }) => ({
      id,
      name,
      arguments: JSON.parse(json === '' ? '{}' : json),
    })),
  };
}

function fromContent(content: readonly Anthropic.ContentBlock[]): Generated {
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    toolCalls: content.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ id: block.id, name: block.name, arguments: block.input as Record<string, unknown> }]
        : [],
    ),
  };
}

function toMessage(message: ChatMessage): Anthropic.MessageParam {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.text };
    case 'assistant':
      return {
        role: 'assistant',
        content: [
          ...(message.text === '' ? [] : [{ type: 'text' as const, text: message.text }]),
          ...message.toolCalls.map((call) => ({
            type: 'tool_use' as const,
            id: call.id,
            name: call.name,
            input: call.arguments,
          })),
        ],
      };
    case 'tool':
      return {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: message.toolCallId, content: message.text }],
      };
  }
}
