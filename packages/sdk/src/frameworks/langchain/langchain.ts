import { type Context, context } from '@opentelemetry/api';
import { currentClient } from '../../core/client.ts';
import { list, record } from '../../providers/json.ts';
import { runWithoutProviderSpans, withoutProviderSpans } from '../../providers/suppress.ts';
import type { Integration } from '../../register/integration.ts';
import { memberAt, wrapMethod } from '../../register/patch.ts';
import { type AnyFunction, NO_HOOKS, onceHooks } from '../../stream/hooks.ts';
import { tapAsyncIterator } from '../../stream/iterator.ts';
import { filesOf } from '../package-files.ts';
import { LangchainHandler } from './handler.ts';
import { type StreamedRun, withStreamedRun } from './streamed-run.ts';

/**
 * `@langchain/core`, and with it LangGraph and every package of LangChain's: one handler is given to each call, what
 * LangChain runs for a run runs below its span, and the clients of providers below a model make no second span.
 */
export const langchain: Integration = {
  name: 'langchain',
  package: '@langchain/core',
  supported: '>=0.3.0 <2.0.0',
  kind: 'framework',
  // Any of them tells that the package is there; what has to be patched all of them load.
  modules: [
    '@langchain/core/runnables',
    '@langchain/core/callbacks/manager',
    '@langchain/core/language_models/chat_models',
    '@langchain/core/language_models/llms',
    '@langchain/core/tools',
    '@langchain/core/retrievers',
    '@langchain/core/singletons',
    '@langchain/core/prompts',
  ],
  patch: (exports, module) => {
    const load = filesOf(exports, module, { esm: './dist/*.js', cjs: './dist/*.cjs' });
    patchLangchain({
      manager: load('callbacks/manager'),
      singletons: load('singletons/index'),
      chatModels: load('language_models/chat_models'),
      llms: load('language_models/llms'),
      runnables: load('runnables/base'),
    });
    return undefined;
  },
};

export interface LangchainModules {
  readonly manager?: unknown;
  readonly singletons?: unknown;
  readonly chatModels?: unknown;
  readonly llms?: unknown;
  readonly runnables?: unknown;
}

/** Patches one copy of LangChain's core; again does nothing. */
export function patchLangchain(modules: LangchainModules): void {
  const { manager, singletons, chatModels, llms, runnables } = modules;
  // One for all calls of this copy: it holds what runs.
  const handler = new LangchainHandler({ isPatched: true });
  wrapMethod(
    memberAt(manager, ['CallbackManager']),
    '_configureSync',
    'langchain callbacks',
    giveHandler(handler),
  );
  const storage = memberAt(singletons, ['AsyncLocalStorageProviderSingleton']);
  if (typeof storage === 'object' && storage !== null)
    wrapMethod(Object.getPrototypeOf(storage), 'runWithConfig', 'langchain context', runBelow);
  for (const model of [memberAt(chatModels, ['BaseChatModel']), memberAt(llms, ['BaseLLM'])]) {
    const prototype = memberAt(model, ['prototype']);
    wrapMethod(prototype, '_generateUncached', 'langchain models', generateAlone);
    wrapMethod(prototype, '_streamIterator', 'langchain models', streamTold(withoutProviderSpans));
  }
  wrapMethod(
    memberAt(runnables, ['RunnableSequence', 'prototype']),
    '_streamIterator',
    'langchain sequences',
    streamTold((active) => active),
  );
}

interface Manager {
  readonly handlers: readonly unknown[];
  addHandler(handler: object, inherit: boolean): void;
}

function giveHandler(handler: LangchainHandler) {
  return (original: AnyFunction) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const [inherited, ...rest] = args;
      if (currentClient() === undefined) return Reflect.apply(original, this, args);
      // Given as one of the application's handlers: where there is none at all, tags and metadata are not passed on.
      const handlers = inherited ?? [];
      const isOurs = Array.isArray(handlers) && ownHandler({ handlers }) === undefined;
      const manager = Reflect.apply(original, this, [isOurs ? [...handlers, handler] : handlers, ...rest]);
      if (ownHandler(manager) === undefined) (manager as Manager | undefined)?.addHandler(handler, true);
      return manager;
    };
}

function ownHandler(manager: unknown): LangchainHandler | undefined {
  const found = list(record(manager).handlers).find((each) => record(each).name === 'throughline');
  return found as LangchainHandler | undefined;
}

/** Functions of tools, nodes and lambdas. */
function runBelow(original: AnyFunction) {
  return function (this: unknown, ...args: unknown[]): unknown {
    const [config, callback, ...rest] = args;
    const { callbacks } = record(config);
    const { getParentRunId } = record(callbacks);
    if (typeof getParentRunId !== 'function' || typeof callback !== 'function')
      return Reflect.apply(original, this, args);
    const runId = Reflect.apply(getParentRunId, callbacks, []) as string | undefined;
    const inside = ownHandler(callbacks)?.contextOf?.(runId, context.active());
    if (inside === undefined) return Reflect.apply(original, this, args);
    return Reflect.apply(original, this, [config, () => context.with(inside, callback as never), ...rest]);
  };
}

function generateAlone(original: AnyFunction) {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (currentClient() === undefined) return Reflect.apply(original, this, args);
    return runWithoutProviderSpans(() => Reflect.apply(original, this, args));
  };
}

/** LangChain does not say when the reader of a stream goes away: its run would stay open. */
function streamTold(enter: (active: Context) => Context) {
  return (original: AnyFunction) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const stream = Reflect.apply(original, this, args);
      if (currentClient() === undefined || typeof stream !== 'object' || stream === null) return stream;
      const run: StreamedRun = {};
      const inside = withStreamedRun(enter(context.active()), run);
      const cancelled = () => run.cancel?.();
      tapAsyncIterator(stream, onceHooks({ ...NO_HOOKS, context: inside, cancelled }));
      return stream;
    };
}
