import { type Completion, complete, promptText } from '../completion.ts';
import { type Endpoint, sendJson } from '../context.ts';
import { cutConnection } from '../cut-connection.ts';
import {
  isRecord,
  type JsonRecord,
  parseArguments,
  readArray,
  readCount,
  readRecord,
  readString,
} from '../decode.ts';
import { imageFromUrl } from '../image.ts';
import type { ModelRequest, ToolChoice, ToolOffer, Turn } from '../model-request.ts';
import { alwaysReasons, requireModel } from '../models.ts';
import { RequestError } from '../request-error.ts';
import { pauseForWhole, sendEvents } from '../sse.ts';
import { type OutputItem, responseErrorEvent, responseEvents } from './response-events.ts';

/** `POST /v1/responses`. https://platform.openai.com/docs/api-reference/responses */
export const responses: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const request = decodeResponsesRequest(fields);
  const completion = complete(request, await context.decide(request), context.pace, context.nextId);
  const cachedTokens = context.cache.readPrefix(request.model, promptText(request));
  const answer = {
    id: context.nextId('resp'),
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: completion.finish === 'length' ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: completion.finish === 'length' ? { reason: 'max_output_tokens' } : null,
    instructions: fields.instructions ?? null,
    max_output_tokens: fields.max_output_tokens ?? null,
    metadata: fields.metadata ?? {},
    model: request.model,
    output: outputOf(completion, context.nextId),
    parallel_tool_calls: request.parallelToolCalls,
    previous_response_id: fields.previous_response_id ?? null,
    reasoning: fields.reasoning ?? { effort: null, summary: null },
    store: fields.store ?? true,
    temperature: fields.temperature ?? 1,
    text: fields.text ?? { format: { type: 'text' } },
    tool_choice: fields.tool_choice ?? 'auto',
    tools: fields.tools ?? [],
    top_p: fields.top_p ?? 1,
    truncation: 'disabled',
    usage: {
      input_tokens: completion.inputTokens,
      input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
      output_tokens: completion.outputTokens,
      output_tokens_details: { reasoning_tokens: completion.reasoningTokens },
      total_tokens: completion.inputTokens + completion.outputTokens,
    },
  };
  if (request.stream) {
    await sendEvents(response, responseEvents(answer), completion, responseErrorEvent);
    return;
  }
  await pauseForWhole(completion);
  if (cutConnection(response, completion)) return;
  sendJson(response, 200, answer);
};

function decodeResponsesRequest(body: JsonRecord): ModelRequest {
  const model = readString(body.model, 'model');
  requireModel('openai', model);
  const input =
    typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : readArray(body.input, 'input');
  const instructions = typeof body.instructions === 'string' ? [turn('system', body.instructions)] : [];
  const format = isRecord(body.text) && isRecord(body.text.format) ? body.text.format : {};
  const maxTokens = readCount(body.max_output_tokens, 'max_output_tokens');
  return {
    api: 'responses',
    model,
    turns: [
      ...instructions,
      ...input.flatMap((item, index) => decodeItem(readRecord(item, `input[${index}]`))),
    ],
    tools: readArray(body.tools ?? [], 'tools').flatMap(decodeTool),
    toolChoice: decodeToolChoice(body.tool_choice),
    parallelToolCalls: body.parallel_tool_calls !== false,
    ...(format.type === 'json_schema' && { jsonSchema: readRecord(format.schema, 'text.format.schema') }),
    ...(maxTokens !== undefined && { maxTokens }),
    reasoning: alwaysReasons(model) || isRecord(body.reasoning),
    stream: body.stream === true,
    choices: 1,
  };
}

function turn(role: Turn['role'], text: string, more: Partial<Turn> = {}): Turn {
  return { role, text, images: [], toolCalls: [], ...more };
}

/** Items of unknown types are ignored. */
function decodeItem(item: JsonRecord): Turn[] {
  if (item.type === 'function_call') {
    const call = {
      id: String(item.call_id),
      name: String(item.name),
      arguments: parseArguments(item.arguments),
    };
    return [turn('assistant', '', { toolCalls: [call] })];
  }
  if (item.type === 'function_call_output') {
    const text = typeof item.output === 'string' ? item.output : JSON.stringify(item.output);
    return [turn('tool', text, { toolCallId: String(item.call_id) })];
  }
  if (item.type !== undefined && item.type !== 'message') return [];

  const role = item.role === 'developer' ? 'system' : item.role;
  if (role !== 'system' && role !== 'user' && role !== 'assistant') {
    throw new RequestError(400, `Invalid value: '${String(item.role)}'.`, {
      param: 'input',
      code: 'invalid_value',
    });
  }
  if (typeof item.content === 'string') return [turn(role, item.content)];
  const parts = readArray(item.content, 'input.content').filter(isRecord);
  const text = parts.map((part) => (typeof part.text === 'string' ? part.text : '')).join('\n');
  const images = parts.flatMap((part) =>
    typeof part.image_url === 'string' ? [imageFromUrl(part.image_url)] : [],
  );
  return [turn(role, text, { images })];
}

/** Decodes function tools. The provider's own tools are not simulated. */
function decodeTool(value: unknown, index: number): ToolOffer[] {
  const tool = readRecord(value, `tools[${index}]`);
  if (tool.type !== 'function') return [];
  return [
    {
      name: readString(tool.name, `tools[${index}].name`),
      description: typeof tool.description === 'string' ? tool.description : '',
      parameters: isRecord(tool.parameters) ? tool.parameters : {},
    },
  ];
}

function decodeToolChoice(value: unknown): ToolChoice {
  if (value === 'none' || value === 'required') return value;
  return isRecord(value) && typeof value.name === 'string' ? { name: value.name } : 'auto';
}

function outputOf(completion: Completion, nextId: (prefix: string) => string): OutputItem[] {
  const items: OutputItem[] = [];
  if (completion.reasoning !== '') {
    items.push({
      type: 'reasoning',
      id: nextId('rs'),
      summary: [{ type: 'summary_text', text: completion.reasoning }],
      status: 'completed',
    });
  }
  if (completion.text !== '') {
    items.push({
      type: 'message',
      id: nextId('msg'),
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: completion.text, annotations: [], logprobs: [] }],
    });
  }
  for (const call of completion.toolCalls) {
    items.push({
      type: 'function_call',
      id: nextId('fc'),
      call_id: call.id,
      name: call.name,
      arguments: JSON.stringify(call.arguments),
      status: 'completed',
    });
  }
  return items;
}
