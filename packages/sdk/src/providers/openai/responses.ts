import { type Message, messagesFromJson, toParts } from '@throughline/spans';
import { type Json, list, number, present, record, text, texts, word } from '../../core/json.ts';
import type { Accumulator, AccumulatorOptions, CallFacts, Operation } from '../operation.ts';
import { TextPieces } from '../text-pieces.ts';
import { outputType } from './output-type.ts';
import { responsesUsage } from './usage.ts';

/** Responses. Source: platform.openai.com/docs/api-reference/responses */
export const responses: Operation = {
  operation: 'chat',
  kind: 'llm',
  request: (body) => ({
    inputMessages: () => messagesFromJson(body.input, 'user') ?? [],
    ...(body.instructions === undefined || body.instructions === null
      ? {}
      : { systemInstructions: () => toParts(body.instructions) }),
    ...(body.tools === undefined ? {} : { toolDefinitions: () => list(body.tools) }),
    parameters: {
      temperature: number(body.temperature),
      top_p: number(body.top_p),
      max_tokens: number(body.max_output_tokens),
      'reasoning.level': text(record(body.reasoning).effort),
      stream: body.stream === true ? true : undefined,
    },
    attributes: present({
      'openai.api.type': 'responses',
      'openai.request.service_tier': text(body.service_tier),
      'gen_ai.conversation.id': text(body.conversation) ?? text(record(body.conversation).id),
      'gen_ai.output.type': outputType(record(body.text).format),
    }),
  }),
  response: (answer) => responsesAnswer(record(answer)),
  stream: (options) => new ResponsesAccumulator(options),
};

function responsesAnswer(answer: Json): CallFacts {
  const reason = finishReason(answer);
  return {
    responseId: text(answer.id),
    responseModel: text(answer.model),
    finishReasons: texts([reason]),
    usage: responsesUsage(answer.usage),
    outputMessages: () => outputMessages(answer, reason),
    attributes: present({ 'openai.response.service_tier': text(answer.service_tier) }),
    ...(answer.status === 'failed' ? { failure: failureOf(answer.error) } : {}),
  };
}

/** Combines all output items of a response to one message. */
function outputMessages(answer: Json, reason: string | undefined): Message[] {
  const parts = (messagesFromJson(list(answer.output), 'assistant') ?? []).flatMap(
    (message) => message.parts,
  );
  if (parts.length === 0) return [];
  return [{ role: 'assistant', parts, ...(reason === undefined ? {} : { finish_reason: reason }) }];
}

/** This API has no finish reason, so it is derived from the status, with the values that other APIs use. */
function finishReason(answer: Json): string | undefined {
  const why = text(record(answer.incomplete_details).reason);
  if (why !== undefined) return why === 'max_output_tokens' ? 'length' : why;
  if (answer.status !== 'completed') return text(answer.status);
  return list(answer.output).some(
    (item) => /_call$/.test(word(record(item).type)) && isForCaller(record(item)),
  )
    ? 'tool_calls'
    : 'stop';
}

/** Whether the application must run the tool. The provider runs its own tools before it responds. */
function isForCaller({ type }: Json): boolean {
  return type === 'function_call' || type === 'custom_tool_call' || type === 'computer_call';
}

function failureOf(error: unknown): Error {
  const { code, message } = record(error);
  const failure = new Error(text(message) ?? 'The response failed');
  failure.name = text(code) ?? 'response_failed';
  // The stack would only point to this file.
  failure.stack = '';
  return failure;
}

const MAX_ITEMS = 1_000;

/** The last event contains the complete response. The pieces are needed only for streams that end early. */
class ResponsesAccumulator implements Accumulator {
  readonly #pieces: TextPieces;
  readonly #items = new Map<number, Json>();
  #response: Json = {};

  constructor({ maxCharacters }: AccumulatorOptions) {
    this.#pieces = new TextPieces(maxCharacters);
  }

  add(event: unknown): boolean {
    const given = record(event);
    if (given.response !== undefined) this.#response = record(given.response);
    const at = typeof given.output_index === 'number' ? given.output_index : -1;
    switch (given.type) {
      case 'response.output_item.added':
      case 'response.output_item.done':
        if (this.#items.size < MAX_ITEMS) this.#items.set(at, record(given.item));
        return false;
      case 'response.output_text.delta':
      case 'response.refusal.delta':
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
        return this.#pieces.add(String(at), given.delta);
      default:
        return typeof given.type === 'string' && given.type.endsWith('.delta');
    }
  }

  answer(): CallFacts {
    const { status } = this.#response;
    const isWhole = status === 'completed' || status === 'incomplete' || status === 'failed';
    if (isWhole) return responsesAnswer(this.#response);
    return responsesAnswer({
      ...this.#response,
      status: undefined,
      output: [...this.#items].map(([at, item]) => withText(item, this.#pieces.get(String(at)) ?? '')),
    });
  }
}

/** Adds the received text to an unfinished item. Completed items stay unchanged. */
function withText(item: Json, received: string): Json {
  if (item.status === 'completed') return item;
  if (item.type === 'message') return { ...item, content: [{ type: 'output_text', text: received }] };
  if (item.type === 'reasoning') return { ...item, summary: [{ type: 'summary_text', text: received }] };
  return 'arguments' in item ? { ...item, arguments: received } : item;
}
