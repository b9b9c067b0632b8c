import { type Context, context } from '@opentelemetry/api';
import { currentClient } from '../../context/client.ts';
import { list, record } from '../../core/json.ts';
import type { Integration } from '../../patch/integration.ts';
import { memberAt, wrapMethod } from '../../patch/patch.ts';
import { runWithoutProviderSpans, withoutProviderSpans } from '../../providers/suppress.ts';
import { type AnyFunction, NO_HOOKS, onceHooks } from '../../stream/hooks.ts';
import { tapAsyncIterator } from '../../stream/iterator.ts';
import { filesOf } from '../package-files.ts';
import { LangchainHandler } from './handler.ts';
import { type StreamedRun, withStreamedRun } from './streamed-run.ts';

/**
 * The package `@langchain/core`, which LangGraph and all other LangChain packages use. The integration adds a handler to
 * each call, runs the code of a run in the context of its span, and prevents second spans of the providers' clients.
 */
export const langchain: Integration = {
  name: 'langchain',
  package: '@langchain/core',
  supported: '>=0.3.0 <2.0.0',
  kind: 'framework',
  // Loading any of these modules also loads all modules that have to be patched.
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

/** Patches one copy of LangChain's core. Further calls do nothing. */
export function patchLangchain(modules: LangchainModules): void {
  const { manager, singletons, chatModels, llms, runnables } = modules;
  // All calls of this copy share one handler, because it holds the open runs.
  const handler = new LangchainHandler({ isPatched: true });
  wrapMethod(
    memberAt(manager, ['CallbackManager']),
    '_configureSync',
    'langchain callbacks',
    withHandler(handler),
  );
  const storage = memberAt(singletons, ['AsyncLocalStorageProviderSingleton']);
  if (typeof storage === 'object' && storage !== null)
    wrapMethod(Object.getPrototypeOf(storage), 'runWithConfig', 'langchain context', runInSpanContext);
  for (const model of [memberAt(chatModels, ['BaseChatModel']), memberAt(llms, ['BaseLLM'])]) {
    const prototype = memberAt(model, ['prototype']);
    wrapMethod(prototype, '_generateUncached', 'langchain models', generateWithoutProviderSpans);
    wrapMethod(prototype, '_streamIterator', 'langchain models', observeStream(withoutProviderSpans));
  }
  wrapMethod(
    memberAt(runnables, ['RunnableSequence', 'prototype']),
    '_streamIterator',
    'langchain sequences',
    observeStream((active) => active),
  );
}

interface Manager {
  readonly handlers: readonly unknown[];
  addHandler(handler: object, inherit: boolean): void;
}

function withHandler(handler: LangchainHandler) {
  return (original: AnyFunction) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const [inherited, ...rest] = args;
      if (currentClient() === undefined) return Reflect.apply(original, this, args);
      // Passes the handler as one of the application's, because without any LangChain drops tags and metadata.
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

/** Runs functions of tools, nodes and lambdas in the context of their span. */
function runInSpanContext(original: AnyFunction) {
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

function generateWithoutProviderSpans(original: AnyFunction) {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (currentClient() === undefined) return Reflect.apply(original, this, args);
    return runWithoutProviderSpans(() => Reflect.apply(original, this, args));
  };
}

/** Cancels the run of a stream whose reader stops early. LangChain does not report this, so the run would stay open. */
function observeStream(enter: (active: Context) => Context) {
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
