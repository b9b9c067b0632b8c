import type { SpanKind } from '@throughline/spans';
import { currentClient } from '../context/client.ts';
import { list, number, present, record, text } from '../core/json.ts';
import type { Integration } from '../patch/integration.ts';
import { memberAt, wrapMethod } from '../patch/patch.ts';
import { rememberDocuments } from '../span/documents.ts';
import type { Span } from '../span/span.ts';
import type { SpanUpdate } from '../span/span-update.ts';
import { startSpan } from '../span/start-span.ts';
import { Collected } from '../stream/collect.ts';
import { follow } from '../stream/follow.ts';
import { type AnyFunction, onceHooks } from '../stream/hooks.ts';

/** How one method of LlamaIndex is recorded. */
interface Step {
  readonly kind: SpanKind;
  readonly name: (self: unknown) => string;
  readonly start: (argument: unknown) => SpanUpdate;
  readonly end: (result: unknown, span: Span) => SpanUpdate;
}

const className = (self: unknown) => (self as object).constructor?.name || 'LlamaIndex';

const retrieve: Step = {
  kind: 'retriever',
  name: className,
  start: (request) => ({ query: queryText(request) }),
  end: (nodes, span) => {
    rememberDocuments(nodes, span.spanId);
    return { documents: () => list(nodes).map(toDocument) };
  },
};

const query: Step = {
  kind: 'chain',
  name: (self) => `${className(self)}.query`,
  start: (request) => ({ input: queryText(record(request).query) }),
  end: answered,
};

const synthesize: Step = {
  kind: 'chain',
  name: (self) => `${className(self)}.synthesize`,
  start: (request) => ({ input: queryText(record(request).query) }),
  end: answered,
};

const chat: Step = {
  kind: 'chain',
  name: (self) => `${className(self)}.chat`,
  start: (request) => ({ input: () => record(request).message }),
  end: answered,
};

/**
 * LlamaIndex TS: engines, retrievers, synthesizers and tools. Its model calls use the providers' clients, whose own
 * integrations record them as children.
 */
export const llamaindex: Integration = {
  name: 'llamaindex',
  package: '@llamaindex/core',
  supported: '>=0.5.0 <0.7.0',
  kind: 'framework',
  modules: [
    '@llamaindex/core/retriever',
    '@llamaindex/core/query-engine',
    '@llamaindex/core/response-synthesizers',
    '@llamaindex/core/chat-engine',
    '@llamaindex/core/tools',
  ],
  patch: (exports) => {
    trace(memberAt(exports, ['BaseRetriever', 'prototype']), 'retrieve', retrieve);
    trace(memberAt(exports, ['BaseQueryEngine', 'prototype']), 'query', query);
    trace(memberAt(exports, ['BaseSynthesizer', 'prototype']), 'synthesize', synthesize);
    for (const name of ['ContextChatEngine', 'SimpleChatEngine'])
      trace(memberAt(exports, [name, 'prototype']), 'chat', chat);
    traceTools(exports.FunctionTool);
    return undefined;
  },
};

function trace(target: unknown, method: string, step: Step): void {
  wrapMethod(target, method, `llamaindex ${method}`, (original) => traced(original, step));
}

function traced(original: AnyFunction, step: Step) {
  return function (this: unknown, ...args: unknown[]): unknown {
    const client = currentClient();
    if (client === undefined) return Reflect.apply(original, this, args);
    const span = startSpan(step.name(this), { kind: step.kind, ...step.start(args[0]) });
    const streamed = new Collected(client.config.capture.limits.maxCharacters);
    const hooks = onceHooks({
      context: span.context,
      chunk: (chunk) => {
        const delta = text(record(chunk).delta);
        if (delta !== undefined && span.captures('output')) streamed.add(delta);
      },
      done: (result) => {
        const output = streamed.value();
        span.update(output === undefined ? step.end(result, span) : { output });
        span.end();
      },
      failed: (error) => span.recordError(error).end(),
      cancelled: () => span.update({ output: streamed.value() }).recordCancelled().end(),
    });
    try {
      return follow(
        span.run(() => Reflect.apply(original, this, args)),
        hooks,
      );
    } catch (error) {
      hooks.failed(error);
      throw error;
    }
  };
}

/** Wraps `call` of each created tool, because it is a property of the instance, not of the class. */
function traceTools(FunctionTool: unknown): void {
  wrapMethod(FunctionTool, 'from', 'llamaindex tools', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const tool = Reflect.apply(original, this, args);
      const name = text(memberAt(tool, ['metadata', 'name'])) ?? 'tool';
      trace(tool, 'call', {
        kind: 'tool',
        name: () => `execute_tool ${name}`,
        start: (given) => ({ toolName: name, toolArguments: () => given }),
        end: (result) => ({ toolResult: () => result }),
      });
      return tool;
    };
  });
}

function queryText(request: unknown): string | undefined {
  return text(request) ?? text(record(request).query);
}

function answered(result: unknown): SpanUpdate {
  return { output: () => answerText(result) ?? result };
}

/**
 * Returns the text of an `EngineResponse`, whose message content is a string or a list of parts. Does not read `delta`,
 * which prints a warning if the response is not streamed.
 */
function answerText(result: unknown): string | undefined {
  const response = record(result);
  const { content } = record(response.message);
  return (
    text(content) ??
    text(
      list(content)
        .map((part) => text(record(part).text) ?? '')
        .join(''),
    ) ??
    text(response.response)
  );
}

function toDocument(item: unknown) {
  const { node, score } = record(item);
  const { id_: id, text: content, metadata } = record(node);
  return present({ id: text(id), content: text(content), score: number(score), metadata });
}
