import { messagesFromJson } from '@throughline/spans';
import { type Json, list, number, present, record, text, texts } from '../../core/json.ts';
import { KEYS } from '../../core/semconv.ts';
import type { Span } from '../../span/span.ts';
import { startSpan } from '../../span/start-span.ts';
import { assistant, ClaudeError, textOf, usageOf } from './claude-message.ts';

/** A running model call. One message of the API arrives in several pieces. */
interface OpenCall {
  readonly id: string;
  readonly span: Span;
  readonly startedAtMs: number;
  readonly content: unknown[];
  endedAtMs: number;
  hasFirstToken: boolean;
}

/** The main conversation or that of a subagent, which is identified by the tool call that started it. */
interface Conversation {
  readonly messages: unknown[];
  /** Time since when the model has been working. */
  waitingSinceMs: number;
  /** Number of retries of the pending call. */
  retries: number;
  call: OpenCall | undefined;
}

const MAIN = '';
/** Model name of messages that the program creates itself if a model call fails. */
const SYNTHETIC = '<synthetic>';
const MAX_MESSAGES = 10_000;

/**
 * Creates the spans of one run of Claude's Agent SDK from the messages of its stream: an agent with its model calls and
 * tools. Those of a subagent are children of the tool call that started it.
 * Source: @anthropic-ai/claude-agent-sdk 0.2.141 and 0.3.329 `sdk.d.ts`, SDKMessage.
 */
export class ClaudeRun {
  readonly span: Span;
  readonly #tools = new Map<string, Span>();
  readonly #conversations = new Map<string, Conversation>();
  /** The application's abort signal. An empty object if there is none. */
  readonly #abort: Json;
  #model: string | undefined;
  #hasFailed = false;

  /** @param parameters The argument of `query`. */
  constructor({ prompt, options }: Json) {
    this.#abort = record(record(record(options).abortController).signal);
    this.span = startSpan('invoke_agent claude', {
      kind: 'agent',
      agentName: 'claude',
      provider: 'anthropic',
    });
    const main = this.#conversation(MAIN);
    if (typeof prompt !== 'string') return;
    this.span.update({
      inputMessages: () => messagesFromJson([{ role: 'user', content: prompt }], 'user') ?? [],
    });
    main.messages.push({ role: 'user', content: prompt });
  }

  add(message: unknown): void {
    const { type, parent_tool_use_id: parent, ...rest } = record(message);
    const id = text(parent) ?? MAIN;
    if (type === 'system') this.#addSystemMessage(id, rest);
    else if (type === 'stream_event') this.#addStreamEvent(id, record(rest.event));
    else if (type === 'assistant') this.#addAssistantMessage(id, record(rest.message), rest);
    else if (type === 'user') this.#addUserMessage(id, record(rest.message));
    else if (type === 'result') this.#finish(rest);
  }

  failed(error: unknown): void {
    this.#endAll();
    if (this.#abort.aborted === true) this.span.recordCancelled();
    // If the last message reported an error, `query` throws the same error again.
    else if (!this.#hasFailed) this.span.recordError(error);
    this.span.end();
  }

  cancelled(): void {
    this.#endAll();
    this.span.recordCancelled().end();
  }

  done(): void {
    this.#endAll();
    this.span.end();
  }

  #addSystemMessage(id: string, message: Json): void {
    if (message.subtype === 'init') {
      this.#model = text(message.model);
      this.span.update({ model: this.#model, sessionId: text(message.session_id) });
    } else if (message.subtype === 'api_retry') {
      const conversation = this.#conversation(id);
      conversation.retries = number(message.attempt) ?? conversation.retries + 1;
    }
  }

  /** Handles events of the model's stream, which are included if the application requests partial messages. */
  #addStreamEvent(id: string, event: Json): void {
    const conversation = this.#conversation(id);
    if (event.type === 'message_start') this.#callOf(id, record(event.message));
    const { call } = conversation;
    if (call === undefined) return;
    if (event.type === 'content_block_delta' && !call.hasFirstToken) {
      call.hasFirstToken = true;
      call.span.set({ [KEYS.timeToFirstChunk]: (Date.now() - call.startedAtMs) / 1000 });
    }
    if (event.type === 'message_delta') {
      const usage = usageOf(record(event.usage));
      call.span.setUsage(present({ outputTokens: usage?.outputTokens }));
      const reason = text(record(event.delta).stop_reason);
      if (reason !== undefined) call.span.update({ finishReasons: [reason] });
      call.endedAtMs = Date.now();
    }
  }

  #addAssistantMessage(id: string, message: Json, about: Json): void {
    const call = this.#callOf(id, message);
    if (message.model === SYNTHETIC) {
      const status = number(about.api_error_status);
      if (status !== undefined) call.span.set({ 'http.response.status_code': status });
      call.span.recordError(new ClaudeError(textOf(message) ?? String(about.error)));
      this.#endCall(this.#conversation(id));
      return;
    }
    call.content.push(...list(message.content));
    call.endedAtMs = Date.now();
    call.span.update({
      finishReasons: texts([message.stop_reason]),
      outputMessages: () => assistant(call.content),
    });
    // This message has only the output tokens at its start. Stream events have the final count, if there are any.
    const { outputTokens, ...inputs } = usageOf(record(message.usage)) ?? {};
    call.span.setUsage(
      call.hasFirstToken || outputTokens === undefined ? inputs : { ...inputs, outputTokens },
    );
    for (const block of list(message.content).map(record)) {
      const useId = text(block.id);
      if (block.type !== 'tool_use' || useId === undefined || this.#tools.has(useId)) continue;
      const name = text(block.name) ?? 'tool';
      this.#tools.set(
        useId,
        startSpan(`execute_tool ${name}`, {
          kind: 'tool',
          parent: this.#above(id),
          toolName: name,
          toolCallId: useId,
          toolArguments: () => block.input,
        }),
      );
    }
  }

  /** Handles results of tools and prompts of subagents. */
  #addUserMessage(id: string, message: Json): void {
    const conversation = this.#conversation(id);
    this.#endCall(conversation);
    conversation.waitingSinceMs = Date.now();
    if (conversation.messages.length < MAX_MESSAGES) conversation.messages.push(message);
    for (const block of list(message.content).map(record)) {
      const tool = block.type === 'tool_result' ? this.#tools.get(String(block.tool_use_id)) : undefined;
      if (tool === undefined) continue;
      this.#tools.delete(String(block.tool_use_id));
      tool.update({ toolResult: () => block.content });
      if (block.is_error === true) tool.recordError(new ClaudeError('the tool returned an error'));
      tool.end();
    }
  }

  #finish(result: Json): void {
    this.#endAll();
    const { total_cost_usd: cost, subtype, is_error: isError } = result;
    this.span.update(
      present({
        output: result.result,
        usage: usageOf(record(result.usage)),
        costUsd: number(cost),
        attributes: present({ 'claude.num_turns': number(result.num_turns) }),
      }),
    );
    if (isError !== true) return;
    this.#hasFailed = true;
    // If the model call failed, the subtype is `success` and the result is the error message.
    this.span.recordError(
      new ClaudeError(subtype === 'success' ? (text(result.result) ?? 'failed') : String(subtype)),
    );
  }

  #callOf(id: string, message: Json): OpenCall {
    const conversation = this.#conversation(id);
    const messageId = text(message.id) ?? '';
    if (conversation.call?.id === messageId) return conversation.call;
    this.#endCall(conversation);
    const model = message.model === SYNTHETIC ? this.#model : text(message.model);
    const inputMessages = conversation.messages.slice();
    const startedAtMs = conversation.waitingSinceMs;
    const span = startSpan(model === undefined ? 'chat' : `chat ${model}`, {
      kind: 'llm',
      parent: this.#above(id),
      startTime: startedAtMs,
      provider: 'anthropic',
      model,
      inputMessages: () => messagesFromJson(inputMessages, 'user') ?? [],
      ...(message.model === SYNTHETIC
        ? {}
        : {
            responseModel: model,
            responseId: text(message.id),
            usage: usageOf(record(message.usage)),
          }),
    });
    if (conversation.retries > 0) span.set({ 'http.request.resend_count': conversation.retries });
    conversation.retries = 0;
    conversation.call = {
      id: messageId,
      span,
      startedAtMs,
      content: [],
      endedAtMs: Date.now(),
      hasFirstToken: false,
    };
    return conversation.call;
  }

  #endCall(conversation: Conversation): void {
    const { call } = conversation;
    if (call === undefined) return;
    conversation.call = undefined;
    if (conversation.messages.length < MAX_MESSAGES)
      conversation.messages.push({ role: 'assistant', content: call.content });
    conversation.waitingSinceMs = Date.now();
    call.span.end(call.endedAtMs);
  }

  #endAll(): void {
    for (const conversation of this.#conversations.values()) this.#endCall(conversation);
    for (const tool of this.#tools.values()) tool.recordCancelled().end();
    this.#tools.clear();
  }

  #above(id: string): Span {
    return this.#tools.get(id) ?? this.span;
  }

  #conversation(id: string): Conversation {
    let found = this.#conversations.get(id);
    if (found === undefined) {
      found = { messages: [], waitingSinceMs: Date.now(), retries: 0, call: undefined };
      this.#conversations.set(id, found);
    }
    return found;
  }
}
