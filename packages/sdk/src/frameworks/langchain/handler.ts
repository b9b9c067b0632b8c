import { type Context, context, createContextKey } from '@opentelemetry/api';
import { currentClient } from '../../client.ts';
import { rememberDocuments } from '../../documents.ts';
import { list, number, present, record, text } from '../../providers/json.ts';
import { swallow } from '../../report.ts';
import { type Span, type SpanOptions, startSpan } from '../../span.ts';
import type { SpanUpdate } from '../../span-update.ts';
import { messagesIn, readable, stopReasons, toMessage, usageOf } from './messages.ts';

/** The run whose code is running: set where LangChain runs a function on behalf of a run. */
const RUN = createContextKey('@throughline/sdk.langchain-run');

interface Run {
  readonly span: Span;
  /** A run that is not shown: those below it are shown below the run above it. */
  readonly isHidden: boolean;
  readonly parentRunId: string | undefined;
}

/** Beyond it the oldest are ended: runs of streams that nobody read to the end are never told to be over. */
const MAX_RUNS = 10_000;

/** Parameters of a model call that have a name in `gen_ai.request.*`. */
const PARAMETERS = [
  'temperature',
  'max_tokens',
  'top_p',
  'top_k',
  'frequency_penalty',
  'presence_penalty',
  'seed',
];

/**
 * A LangChain callback handler, for core 0.3 and 1 and LangGraph, that makes a span of each run: models with usage,
 * time to first token, messages and tool calls; chains, graphs and their nodes; tools; retrievers with documents.
 * It is read by its shape, so it needs no copy of LangChain. One handler serves any number of calls at once.
 *
 * @example await chain.invoke(input, { callbacks: [langchainHandler()] })
 */
export function langchainHandler(): LangchainHandler {
  return new LangchainHandler();
}

export class LangchainHandler {
  readonly name = 'throughline';
  /** LangChain then calls in order, before it goes on: what a run starts finds the run. */
  readonly awaitHandlers = true;
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = true;
  readonly #runs = new Map<string, Run>();

  copy(): this {
    return this;
  }

  handleChatModelStart(
    llm: unknown,
    messages: readonly (readonly unknown[])[],
    runId: string,
    parentRunId?: string,
    extra?: unknown,
    _tags?: readonly string[],
    metadata?: unknown,
    _runName?: string,
  ): void {
    this.#startModel(llm, runId, parentRunId, extra, metadata, {
      inputMessages: () => messages.flat().map(toMessage),
    });
  }

  handleLLMStart(
    llm: unknown,
    prompts: readonly string[],
    runId: string,
    parentRunId?: string,
    extra?: unknown,
    _tags?: readonly string[],
    metadata?: unknown,
    _runName?: string,
  ): void {
    this.#startModel(llm, runId, parentRunId, extra, metadata, {
      inputMessages: () =>
        prompts.map((content) => ({ role: 'user', parts: [{ type: 'text' as const, content }] })),
    });
  }

  handleLLMNewToken(token: string, _index: unknown, runId: string, ...rest: unknown[]): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    const { message } = record(record(rest[2]).chunk);
    const hasContent = token !== '' || list(record(message).tool_call_chunks).length > 0;
    if (hasContent) run.span.markFirstToken();
  }

  handleLLMEnd(output: unknown, runId: string): void {
    this.#end(runId, () => {
      const { generations, llmOutput } = record(output);
      const all = list(generations).flatMap(list).map(record);
      const messages = all.map(({ message }) => record(message)).filter((message) => 'content' in message);
      const [first = {}] = messages;
      const about = record(first.response_metadata);
      return present({
        responseModel: text(about.model_name) ?? text(about.model),
        responseId: text(about.id) ?? text(first.id),
        finishReasons:
          stopReasons(messages) ??
          stopReasons(all.map(({ generationInfo }) => ({ response_metadata: generationInfo }))),
        usage: usageOf(first, llmOutput),
        outputMessages: () =>
          messages.length > 0
            ? messages.map(toMessage)
            : all.map((generation) => ({
                role: 'assistant',
                parts: [{ type: 'text' as const, content: text(generation.text) ?? '' }],
              })),
      });
    });
  }

  handleChainStart(
    chain: unknown,
    inputs: unknown,
    runId: string,
    parentRunId?: string,
    tags?: readonly string[],
    metadata?: unknown,
    _runType?: string,
    runName?: string,
  ): void {
    const name = runName ?? nameOf(chain) ?? 'chain';
    const about = record(metadata);
    const node = text(about.langgraph_node);
    const isAgent = name === 'AgentExecutor' || isGraph(chain);
    const isHidden = tags?.includes('langsmith:hidden') === true;
    const messages = messagesIn(inputs);
    this.#start(name, runId, parentRunId, isHidden, {
      kind: isAgent ? 'agent' : 'chain',
      ...(isAgent ? { agentName: name } : {}),
      sessionId: sessionOf(about),
      ...(messages === undefined
        ? { input: () => readable(unwrapped(inputs, 'input')) }
        : { inputMessages: () => messages.map(toMessage) }),
      attributes: present({
        'langgraph.node': node === name ? node : undefined,
        'langgraph.step': node === name ? number(about.langgraph_step) : undefined,
      }),
    });
  }

  handleChainEnd(outputs: unknown, runId: string): void {
    this.#end(runId, () => {
      const messages = messagesIn(outputs);
      return messages === undefined
        ? { output: () => readable(unwrapped(outputs, 'output')) }
        : { outputMessages: () => messages.map(toMessage) };
    });
  }

  handleToolStart(
    tool: unknown,
    input: string,
    runId: string,
    parentRunId?: string,
    _tags?: readonly string[],
    _metadata?: unknown,
    runName?: string,
    toolCallId?: string,
  ): void {
    const name = runName ?? text(record(tool).name) ?? nameOf(tool) ?? 'tool';
    this.#start(`execute_tool ${name}`, runId, parentRunId, false, {
      kind: 'tool',
      toolName: name,
      toolCallId,
      toolArguments: () => input,
    });
  }

  handleToolEnd(output: unknown, runId: string): void {
    this.#end(runId, () => {
      const { content, tool_call_id: callId } = record(output);
      return {
        ...present({ toolCallId: text(callId) }),
        toolResult: () => (content === undefined ? readable(output) : content),
      };
    });
  }

  handleRetrieverStart(
    retriever: unknown,
    query: string,
    runId: string,
    parentRunId?: string,
    _tags?: readonly string[],
    _metadata?: unknown,
    runName?: string,
  ): void {
    this.#start(runName ?? nameOf(retriever) ?? 'retriever', runId, parentRunId, false, {
      kind: 'retriever',
      query,
    });
  }

  handleRetrieverEnd(documents: unknown, runId: string): void {
    this.#end(runId, (span) => {
      rememberDocuments(documents, span.spanId);
      return { documents: () => list(documents) as Record<string, unknown>[] };
    });
  }

  handleLLMError(error: unknown, runId: string): void {
    this.#fail(error, runId);
  }
  handleChainError(error: unknown, runId: string): void {
    this.#fail(error, runId);
  }
  handleToolError(error: unknown, runId: string): void {
    this.#fail(error, runId);
  }
  handleRetrieverError(error: unknown, runId: string): void {
    this.#fail(error, runId);
  }

  /** The context for code that LangChain runs on behalf of a run. */
  contextOf(runId: string | undefined, active: Context): Context | undefined {
    if (runId === undefined || active.getValue(RUN) === runId) return undefined;
    return this.#shown(runId)?.span.context.setValue(RUN, runId);
  }

  /** For a stream whose reader went away: LangChain says nothing then. */
  cancel(runId: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    run.span.recordCancelled();
    this.#close(runId, run);
  }

  #startModel(
    llm: unknown,
    runId: string,
    parentRunId: string | undefined,
    extra: unknown,
    metadata: unknown,
    input: SpanUpdate,
  ): void {
    const about = record(metadata);
    const invocation = record(record(extra).invocation_params);
    const model = text(about.ls_model_name) ?? text(invocation.model) ?? text(invocation.model_name);
    this.#start(`chat ${model ?? nameOf(llm) ?? ''}`.trim(), runId, parentRunId, false, {
      kind: 'llm',
      provider: text(about.ls_provider),
      model,
      parameters: parametersOf({
        ...invocation,
        temperature: invocation.temperature ?? about.ls_temperature,
      }),
      ...(Array.isArray(invocation.tools) ? { toolDefinitions: () => list(invocation.tools) } : {}),
      ...input,
    });
  }

  #start(
    name: string,
    runId: string,
    parentRunId: string | undefined,
    isHidden: boolean,
    options: SpanOptions,
  ): void {
    if (currentClient() === undefined) return;
    try {
      const above = this.#shown(parentRunId);
      if (isHidden && above !== undefined) {
        this.#runs.set(runId, { span: above.span, isHidden: true, parentRunId });
        return;
      }
      // Where the application's own spans are between the run above and this one, they stay between.
      const isInside = context.active().getValue(RUN) === parentRunId && parentRunId !== undefined;
      const span = startSpan(
        name,
        isInside || above === undefined ? options : { ...options, parent: above.span },
      );
      this.#runs.set(runId, { span, isHidden: false, parentRunId });
      const streamed = context.active().getValue(STREAMED_RUN) as StreamedRun | undefined;
      if (streamed !== undefined) streamed.cancel ??= () => this.cancel(runId);
      if (this.#runs.size > MAX_RUNS) this.cancel(this.#runs.keys().next().value ?? '');
    } catch (error) {
      swallow('starting a LangChain run', error);
    }
  }

  #end(runId: string, read: (span: Span) => SpanUpdate): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    try {
      if (!run.isHidden && run.span.isRecording) run.span.update(read(run.span));
    } catch (error) {
      swallow('ending a LangChain run', error);
    }
    this.#close(runId, run);
  }

  #fail(error: unknown, runId: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    if (!run.isHidden) {
      if (isControlFlow(error)) run.span.set({ 'langgraph.interrupted': true });
      else if (isAbort(error)) run.span.recordCancelled();
      else run.span.recordError(error);
    }
    this.#close(runId, run);
  }

  /** What is still open below ends with it: streams that were left are not told to be over. */
  #close(runId: string, run: Run): void {
    this.#runs.delete(runId);
    if (!run.isHidden) run.span.end();
    if (run.parentRunId !== undefined) return;
    for (const [id, other] of this.#runs) if (this.#rootOf(other) === runId) this.cancel(id);
  }

  #rootOf(run: Run): string | undefined {
    let { parentRunId } = run;
    for (let up = this.#runs.get(parentRunId ?? ''); up?.parentRunId; up = this.#runs.get(parentRunId ?? ''))
      parentRunId = up.parentRunId;
    return parentRunId;
  }

  #shown(runId: string | undefined): Run | undefined {
    return runId === undefined ? undefined : this.#runs.get(runId);
  }
}

const STREAMED_RUN = createContextKey('@throughline/sdk.langchain-streamed-run');

/** For the one who reads a stream: how to end the run that it belongs to, the first that its reading starts. */
export interface StreamedRun {
  cancel?: () => void;
}

export function withStreamedRun(parent: Context, run: StreamedRun): Context {
  return parent.setValue(STREAMED_RUN, run);
}

function parametersOf(invocation: Record<string, unknown>): SpanUpdate['parameters'] {
  const given = PARAMETERS.map((name) => [name, number(invocation[name])] as const);
  const stop = list(invocation.stop).filter((item) => typeof item === 'string');
  return {
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    ...(stop.length > 0 ? { stop_sequences: stop } : {}),
  };
}

function nameOf(serialized: unknown): string | undefined {
  const { name, id } = record(serialized);
  return text(name) ?? text(list(id).at(-1));
}

/** LangGraph's compiled graphs; its nodes are plain runnables. */
function isGraph(chain: unknown): boolean {
  const { id } = record(chain);
  return list(id)[0] === 'langgraph' && /Graph|Pregel/.test(String(list(id).at(-1)));
}

function sessionOf(metadata: Readonly<Record<string, unknown>>): string | undefined {
  return text(metadata.session_id) ?? text(metadata.thread_id) ?? text(metadata.conversation_id);
}

function unwrapped(value: unknown, key: 'input' | 'output'): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === key ? (value as Record<string, unknown>)[key] : value;
}

/** LangGraph leaves a node by throwing where it waits for a person or goes elsewhere. */
const CONTROL_FLOW = new Set(['GraphInterrupt', 'NodeInterrupt', 'ParentCommand', 'GraphBubbleUp']);

function isControlFlow(error: unknown): boolean {
  return CONTROL_FLOW.has(String(record(error).name));
}

function isAbort(error: unknown): boolean {
  const { name, message } = record(error);
  return name === 'AbortError' || name === 'APIUserAbortError' || message === 'Aborted';
}
