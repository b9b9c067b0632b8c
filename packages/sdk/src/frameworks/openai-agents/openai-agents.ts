import { type Context, context } from '@opentelemetry/api';
import { currentClient } from '../../context/client.ts';
import { record, text } from '../../core/json.ts';
import type { Exports, Integration } from '../../patch/integration.ts';
import { memberAt, withExport, withReplacedCall, wrapMethod } from '../../patch/patch.ts';
import { withoutProviderSpans } from '../../providers/suppress.ts';
import { type AnyFunction, NO_HOOKS, onceHooks, patchMethod } from '../../stream/hooks.ts';
import { tapAsyncIterator } from '../../stream/iterator.ts';
import { ModelRequest, withModelRequest } from './model-request.ts';
import { OpenaiAgentsProcessor } from './processor.ts';

const MODELS = ['OpenAIResponsesModel', 'OpenAIChatCompletionsModel'];

/** The package `@openai/agents`. Its own tracing feeds a processor, and tools run in the context of their span. */
export const openaiAgents: Integration = {
  name: 'openai-agents',
  package: '@openai/agents',
  supported: '>=0.19.0 <0.21.0',
  kind: 'framework',
  patch: patchOpenaiAgents,
};

const PROCESSOR = Symbol.for('@throughline/sdk.openai-agents');

export function patchOpenaiAgents(exports: Exports): Exports {
  const { addTraceProcessor, getCurrentSpan, tool } = exports;
  if (typeof addTraceProcessor !== 'function') return exports;
  const holder = addTraceProcessor as AnyFunction & { [PROCESSOR]?: OpenaiAgentsProcessor };
  let processor = holder[PROCESSOR];
  if (processor === undefined) {
    processor = new OpenaiAgentsProcessor();
    holder[PROCESSOR] = processor;
    addTraceProcessor(processor);
  }
  for (const name of MODELS) {
    const prototype = memberAt(exports, [name, 'prototype']);
    wrapMethod(prototype, 'getResponse', 'openai agents models', respondWithoutProviderSpans);
    wrapMethod(prototype, 'getStreamedResponse', 'openai agents models', streamWithoutProviderSpans);
  }
  if (typeof tool !== 'function' || typeof getCurrentSpan !== 'function') return exports;
  const makeTool = withReplacedCall(tool as AnyFunction, (options: unknown, ...rest: unknown[]) =>
    Reflect.apply(tool, undefined, [withContext(options, getCurrentSpan as AnyFunction, processor), ...rest]),
  );
  return withExport(exports, 'tool', makeTool);
}

/** The Agents SDK creates the span of the model call, so the provider's client must not create another. */
function requestContext(request: ModelRequest): Context {
  return withModelRequest(withoutProviderSpans(context.active()), request);
}

function respondWithoutProviderSpans(original: AnyFunction) {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (currentClient() === undefined) return Reflect.apply(original, this, args);
    return context.with(requestContext(new ModelRequest(args[0])), () => Reflect.apply(original, this, args));
  };
}

function streamWithoutProviderSpans(original: AnyFunction) {
  return function (this: unknown, ...args: unknown[]): unknown {
    const events = Reflect.apply(original, this, args);
    if (currentClient() === undefined || typeof events !== 'object' || events === null) return events;
    const request = new ModelRequest(args[0]);
    // Must run before the stream is closed, because the Agents SDK ends its span while closing it.
    patchMethod(
      events,
      'return',
      (close) =>
        function (this: unknown, ...given) {
          request.noteLeft();
          return Reflect.apply(close, this, given);
        },
    );
    tapAsyncIterator(
      events,
      onceHooks({
        ...NO_HOOKS,
        context: requestContext(request),
        chunk: (event) => request.noteEvent(event),
      }),
    );
    return events;
  };
}

function withContext(
  options: unknown,
  getCurrentSpan: AnyFunction,
  processor: OpenaiAgentsProcessor,
): unknown {
  const { execute } = record(options);
  if (typeof execute !== 'function') return options;
  const below = (original: AnyFunction) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const span = processor.spanOf(text(record(getCurrentSpan()).spanId));
      const run = () => Reflect.apply(original, this, args);
      return span === undefined ? run() : span.run(run);
    };
  return {
    ...record(options),
    execute: withReplacedCall(execute as AnyFunction, below(execute as AnyFunction)),
  };
}
