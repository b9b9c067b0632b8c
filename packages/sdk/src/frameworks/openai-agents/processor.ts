import { context } from '@opentelemetry/api';
import { type Message, messagesFromJson, messagesFromResponse, type Usage } from '@throughline/spans';
import { currentClient } from '../../context/client.ts';
import { type Json, list, number, present, record, text, texts } from '../../core/json.ts';
import { swallow } from '../../core/report.ts';
import type { Span, SpanOptions } from '../../span/span.ts';
import type { SpanUpdate } from '../../span/span-update.ts';
import { startSpan } from '../../span/start-span.ts';
import { type ModelRequest, modelRequest } from './model-request.ts';

/** How one span type of the Agents SDK is recorded at its start, and at its end, when its data is complete. */
interface SpanType {
  readonly start: (data: Json) => SpanOptions & { readonly name: string };
  readonly end?: (data: Json) => SpanUpdate;
}

const TYPES: Readonly<Record<string, SpanType>> = {
  agent: {
    start: ({ name }) => ({
      name: `invoke_agent ${String(name)}`,
      kind: 'agent',
      agentName: String(name),
    }),
  },
  function: {
    start: ({ name, input }) => ({
      name: `execute_tool ${String(name)}`,
      kind: 'tool',
      toolName: String(name),
      toolArguments: filled(input),
    }),
    end: ({ input, output }) => ({ toolArguments: filled(input), toolResult: filled(output) }),
  },
  generation: {
    start: ({ model }) => ({
      name: named('chat', model),
      kind: 'llm',
      provider: 'openai',
      model: text(model),
    }),
    end: generation,
  },
  response: {
    start: () => ({ name: 'chat', kind: 'llm', provider: 'openai' }),
    end: response,
  },
  handoff: {
    start: () => ({ name: 'handoff' }),
    end: ({ from_agent: from, to_agent: to }) => ({
      name: `handoff ${String(from)} → ${String(to)}`,
      attributes: present({ 'openai.agents.handoff.from': text(from), 'openai.agents.handoff.to': text(to) }),
    }),
  },
  guardrail: {
    start: ({ name }) => ({ name: String(name), kind: 'guardrail' }),
    end: ({ triggered }) => ({ output: { triggered: triggered === true } }),
  },
  mcp_tools: {
    start: ({ server }) => ({ name: named('tools/list', server) }),
    end: ({ result }) => ({ output: result, attributes: { 'mcp.method.name': 'tools/list' } }),
  },
  custom: {
    start: ({ name }) => ({ name: String(name) }),
    end: ({ data }) => ({ metadata: record(data) }),
  },
};

/** Span types without information of their own. Their children become children of their parent. */
const HIDDEN = new Set(['task', 'turn']);

/** Maximum number of open spans. Above it, the oldest are forgotten but not ended, because they may still be running. */
const MAX_OPEN = 10_000;

/**
 * Returns a tracing processor for `@openai/agents`. It records workflows, agents, model calls with usage, tools, handoffs
 * and guardrails.
 *
 * @example
 * addTraceProcessor(openaiAgentsProcessor());
 */
export function openaiAgentsProcessor(): OpenaiAgentsProcessor {
  return new OpenaiAgentsProcessor();
}

/** A tracing processor for `@openai/agents`. Create it with `openaiAgentsProcessor()`. */
export class OpenaiAgentsProcessor {
  readonly #open = new Map<string, Span>();
  /** Requests by the span of the model call. Empty if the package is not patched. */
  readonly #requests = new WeakMap<Span, ModelRequest>();

  async onTraceStart(trace: unknown): Promise<void> {
    const { traceId, name, groupId } = record(trace);
    this.#start(String(traceId), undefined, {
      name: text(name) ?? 'Agent workflow',
      kind: 'chain',
      sessionId: text(groupId),
    });
  }

  async onTraceEnd(trace: unknown): Promise<void> {
    const id = String(record(trace).traceId);
    this.#open.get(id)?.end();
    this.#open.delete(id);
  }

  async onSpanStart(span: unknown): Promise<void> {
    const { spanId, parentId, traceId, spanData } = record(span);
    const data = record(spanData);
    const above = this.#open.get(text(parentId) ?? String(traceId));
    if (HIDDEN.has(String(data.type))) {
      if (above !== undefined) this.#open.set(String(spanId), above);
      return;
    }
    const start = TYPES[String(data.type)]?.start ?? (() => ({ name: String(data.name ?? data.type) }));
    const started = this.#start(String(spanId), above, start(data));
    const request = modelRequest(context.active());
    if (request === undefined || started?.kind !== 'llm') return;
    request.span = started;
    this.#requests.set(started, request);
  }

  async onSpanEnd(span: unknown): Promise<void> {
    const { spanId, spanData, error } = record(span);
    const id = String(spanId);
    const data = record(spanData);
    const own = this.#open.get(id);
    this.#open.delete(id);
    if (own === undefined || HIDDEN.has(String(data.type))) return;
    try {
      if (own.isRecording) own.update(TYPES[String(data.type)]?.end?.(data) ?? {});
      const { message } = record(error);
      if (this.#requests.get(own)?.isCancelled || isAbort(error)) own.recordCancelled();
      else if (message !== undefined) own.recordError(new AgentsError(String(message)));
    } catch (failure) {
      swallow('ending a span of the Agents SDK', failure);
    }
    own.end();
  }

  /** Returns our span for a span id of the Agents SDK. */
  spanOf(id: string | undefined): Span | undefined {
    return id === undefined ? undefined : this.#open.get(id);
  }

  async shutdown(): Promise<void> {}
  async forceFlush(): Promise<void> {}

  #start(id: string, parent: Span | undefined, options: SpanOptions & { name: string }): Span | undefined {
    if (currentClient() === undefined) return undefined;
    const span = startSpan(options.name, { ...options, ...(parent === undefined ? {} : { parent }) });
    this.#open.set(id, span);
    if (this.#open.size > MAX_OPEN) this.#open.delete(this.#open.keys().next().value ?? '');
    return span;
  }
}

/** The Agents SDK keeps only the message of an error. */
class AgentsError extends Error {
  override readonly name = 'AgentsError';
}

/** Abort messages of the client and of `fetch`. They are the only indication of an abort if the package is not patched. */
const ABORTED = /(?:^|: )(?:Request was aborted\.|This operation was aborted)$/;

function isAbort(error: unknown): boolean {
  const { message, data } = record(error);
  return [message, record(data).error].some((each) => ABORTED.test(String(each)));
}

function filled(value: unknown): unknown {
  return value === '' ? undefined : value;
}

function named(what: string, of: unknown): string {
  return typeof of === 'string' && of !== '' ? `${what} ${of}` : what;
}

/** A call of Chat Completions or of a custom model. */
function generation(data: Json): SpanUpdate {
  const config = record(data.model_config);
  const body = record(list(data.output)[0]);
  return present({
    name: named('chat', data.model),
    model: text(data.model),
    responseModel: text(body.model),
    responseId: text(body.id),
    finishReasons: texts(list(body.choices).map((choice) => record(choice).finish_reason)),
    usage: usageOf(record(data.usage ?? body.usage)),
    parameters: present({
      temperature: number(config.temperature),
      top_p: number(config.top_p),
      max_tokens: number(config.max_tokens),
    }),
    inputMessages: () => messagesFromJson(data.input, 'user') ?? [],
    outputMessages: () => answers(body) ?? messagesFromJson(data.output, 'assistant') ?? [],
  });
}

/** A call of the Responses API. */
function response(data: Json): SpanUpdate {
  const body = record(data._response);
  return present({
    name: named('chat', body.model),
    model: text(body.model),
    responseModel: text(body.model),
    responseId: text(data.response_id) ?? text(body.id),
    finishReasons: texts([body.status]),
    usage: usageOf(record(body.usage)),
    parameters: present({ temperature: number(body.temperature), top_p: number(body.top_p) }),
    systemInstructions:
      text(body.instructions) === undefined
        ? undefined
        : () => [{ type: 'text' as const, content: String(body.instructions) }],
    toolDefinitions: list(body.tools).length === 0 ? undefined : () => list(body.tools),
    inputMessages: () => messagesFromJson(data._input, 'user') ?? [],
    outputMessages: () => answers(body) ?? [],
  });
}

function answers(body: Json): readonly Message[] | undefined {
  if (body.output !== undefined) return messagesFromJson(body.output, 'assistant');
  return body.choices === undefined ? undefined : messagesFromResponse(body);
}

function usageOf(usage: Json): Usage | undefined {
  const input = record(usage.input_tokens_details ?? usage.prompt_tokens_details);
  const output = record(usage.output_tokens_details ?? usage.completion_tokens_details);
  const found = present({
    inputTokens: number(usage.input_tokens) ?? number(usage.prompt_tokens),
    outputTokens: number(usage.output_tokens) ?? number(usage.completion_tokens),
    cacheReadTokens: number(input.cached_tokens),
    cacheWriteTokens: number(input.cache_write_tokens),
    reasoningTokens: number(output.reasoning_tokens),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}
