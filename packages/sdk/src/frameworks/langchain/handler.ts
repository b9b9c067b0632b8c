import type { Context } from '@opentelemetry/api';
import { list, number, present, record, text } from '../../core/json.ts';
import { coverCall } from '../../providers/covered-calls.ts';
import { rememberDocuments } from '../../span/documents.ts';
import type { SpanUpdate } from '../../span/span-update.ts';
import { lastMessageText, messagesIn, readable, stopReasons, toMessage, usageOf } from './messages.ts';
import { OpenRuns } from './open-runs.ts';
import { isGraph, nameOf, parametersOf, sessionOf, unwrapped } from './run-facts.ts';

/**
 * Returns a callback handler for LangChain (core 0.3 and 1) and LangGraph that records each run as a span: model calls
 * with usage, time to first token, messages and tool calls; chains, graphs and their nodes; tools; retrievers with
 * documents. It does not import LangChain, so it works with any copy of the package. One handler can serve any number of
 * concurrent calls.
 *
 * @example
 * await chain.invoke(input, { callbacks: [langchainHandler()] });
 */
export function langchainHandler(): LangchainHandler {
  return new LangchainHandler();
}

/** A LangChain callback handler. Create it with `langchainHandler()`. */
export class LangchainHandler {
  readonly name = 'throughline';
  /** Makes LangChain await the handler before it continues, so that child runs find their parent. */
  readonly awaitHandlers = true;
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = true;
  readonly #runs = new OpenRuns();
  readonly #isPatched: boolean;

  /** @param isPatched Whether LangChain is patched too. The patch prevents second spans of the providers' clients. */
  constructor({ isPatched = false }: { readonly isPatched?: boolean } = {}) {
    this.#isPatched = isPatched;
  }

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
    const lastMessage = lastMessageText(messages.flat());
    const run = { llm, runId, parentRunId, extra, metadata, lastMessage };
    this.#startModel(run, { inputMessages: () => messages.flat().map(toMessage) });
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
    this.#startModel(
      { llm, runId, parentRunId, extra, metadata, lastMessage: prompts.at(-1) },
      {
        inputMessages: () =>
          prompts.map((content) => ({ role: 'user', parts: [{ type: 'text' as const, content }] })),
      },
    );
  }

  handleLLMNewToken(token: string, _index: unknown, runId: string, ...rest: unknown[]): void {
    const { message } = record(record(rest[2]).chunk);
    const hasContent = token !== '' || list(record(message).tool_call_chunks).length > 0;
    if (hasContent) this.#runs.markFirstToken(runId);
  }

  handleLLMEnd(output: unknown, runId: string): void {
    this.#runs.end(runId, () => {
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
    const messages = messagesIn(inputs);
    const isHidden = tags?.includes('langsmith:hidden') === true;
    this.#runs.start({
      runId,
      parentRunId,
      name,
      isHidden,
      options: {
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
      },
    });
  }

  handleChainEnd(outputs: unknown, runId: string): void {
    this.#runs.end(runId, () => {
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
    this.#runs.start({
      runId,
      parentRunId,
      name: `execute_tool ${name}`,
      options: { kind: 'tool', toolName: name, toolCallId, toolArguments: () => input },
    });
  }

  handleToolEnd(output: unknown, runId: string): void {
    this.#runs.end(runId, () => {
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
    const name = runName ?? nameOf(retriever) ?? 'retriever';
    this.#runs.start({ runId, parentRunId, name, options: { kind: 'retriever', query } });
  }

  handleRetrieverEnd(documents: unknown, runId: string): void {
    this.#runs.end(runId, (span) => {
      rememberDocuments(documents, span.spanId);
      return { documents: () => list(documents) as Record<string, unknown>[] };
    });
  }

  handleLLMError(error: unknown, runId: string): void {
    this.#runs.fail(error, runId);
  }
  handleChainError(error: unknown, runId: string): void {
    this.#runs.fail(error, runId);
  }
  handleToolError(error: unknown, runId: string): void {
    this.#runs.fail(error, runId);
  }
  handleRetrieverError(error: unknown, runId: string): void {
    this.#runs.fail(error, runId);
  }

  /** Returns the context for code that LangChain runs as part of a run. */
  contextOf(runId: string | undefined, active: Context): Context | undefined {
    return this.#runs.contextOf(runId, active);
  }

  #startModel({ llm, runId, parentRunId, extra, metadata, lastMessage }: ModelRun, input: SpanUpdate): void {
    const about = record(metadata);
    const invocation = record(record(extra).invocation_params);
    const model = text(about.ls_model_name) ?? text(invocation.model) ?? text(invocation.model_name);
    this.#runs.start({
      runId,
      parentRunId,
      name: `chat ${model ?? nameOf(llm) ?? ''}`.trim(),
      options: {
        kind: 'llm',
        provider: text(about.ls_provider),
        model,
        parameters: parametersOf({
          ...invocation,
          temperature: invocation.temperature ?? about.ls_temperature,
        }),
        ...(Array.isArray(invocation.tools) ? { toolDefinitions: () => list(invocation.tools) } : {}),
        ...input,
      },
      ...(this.#isPatched ? {} : { onStart: () => coverCall(model, lastMessage) }),
    });
  }
}

interface ModelRun {
  readonly llm: unknown;
  readonly runId: string;
  readonly parentRunId: string | undefined;
  readonly extra: unknown;
  readonly metadata: unknown;
  /** Text of the last message. */
  readonly lastMessage: string | undefined;
}
