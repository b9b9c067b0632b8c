import { context } from '@opentelemetry/api';
import type { SpanKind } from '@throughline/spans';
import { currentClient } from '../context/client.ts';
import { swallow } from '../core/report.ts';
import { Collected } from '../stream/collect.ts';
import { follow } from '../stream/follow.ts';
import { onceHooks, type ResultHooks } from '../stream/hooks.ts';
import { rememberDocuments } from './documents.ts';
import { KIND_TRAITS } from './kinds.ts';
import type { SpanOptions } from './span.ts';
import { openSpan } from './start-span.ts';
import type { TracedSpan } from './traced-span.ts';

/** Options of `observe` and its variants. All other fields are set on the span, as in `SpanOptions`. */
export interface ObserveOptions<Args extends readonly unknown[] = readonly never[], Result = never>
  extends Omit<SpanOptions, 'parent' | 'startTime' | 'input' | 'output' | 'name'> {
  /** Name of the span. Default: the name of the function or method. */
  readonly name?: string | undefined;
  readonly kind?: SpanKind | undefined;
  /**
   * Returns the value to record as input. `false` records no input. The function is called only if content is recorded.
   * Default: the arguments.
   */
  readonly input?: false | ((...args: Args) => unknown) | undefined;
  /**
   * Returns the value to record as output. `false` records no output. For generators and streams, the function gets the
   * collected output: one text, or the list of items. Default: the result.
   */
  readonly output?: false | ((result: Result) => unknown) | undefined;
}

// Parameters are contravariant, so `never[]` accepts functions with any parameters, including overloads and generics.
export type Observable = (...args: never[]) => unknown;

type OptionsFor<F extends Observable> = ObserveOptions<Parameters<F>, Awaited<ReturnType<F>> | unknown>;

/** A standard method decorator. */
export type MethodDecorator = <This, F extends (this: This, ...args: never[]) => unknown>(
  method: F,
  context: ClassMethodDecoratorContext<This>,
) => F;

/**
 * Wraps a function so that each call is recorded as a span with its arguments, result and errors. If the function
 * returns a promise, generator, stream or async iterable, the span ends when that is consumed, cancelled or fails. The
 * wrapper preserves `this`, the type, `name`, `length` and properties of the function. Before `init`, it only calls the
 * function.
 *
 * If you call it without a function, it returns a method decorator: `@observe({ kind: 'tool' })`.
 *
 * @example
 * const answer = observe(async (question: string) => …, { name: 'answer', kind: 'chain' });
 */
export function observe<F extends Observable>(fn: F, options?: OptionsFor<F>): F;
export function observe(options?: ObserveOptions): MethodDecorator;
export function observe(target?: unknown, options?: unknown): unknown {
  if (typeof target === 'function') return wrap(target as Callable, (options ?? {}) as AnyOptions);
  const given = (target ?? {}) as AnyOptions;
  return (method: Callable, { name }: ClassMethodDecoratorContext) =>
    wrap(method, { ...given, name: given.name ?? String(name) });
}

type Callable = (...args: unknown[]) => unknown;
interface AnyOptions extends Omit<ObserveOptions, 'input' | 'output'> {
  readonly input?: false | ((...args: readonly unknown[]) => unknown);
  readonly output?: false | ((result: unknown) => unknown);
}

function ofKind(kind: SpanKind) {
  function observeKind<F extends Observable>(fn: F, options?: Omit<OptionsFor<F>, 'kind'>): F;
  function observeKind(options?: Omit<ObserveOptions, 'kind'>): MethodDecorator;
  function observeKind(target?: unknown, options?: unknown): unknown {
    return typeof target === 'function'
      ? observe(target as Observable, { ...(options as ObserveOptions), kind } as never)
      : observe({ ...(target as ObserveOptions), kind });
  }
  return observeKind;
}

/** `observe` for a search. Records the query and the documents found. */
export const retriever = ofKind('retriever');
/** `observe` for an embedding call. Records the texts and the length of the vectors, but not the vectors. */
export const embedding = ofKind('embedding');
/** `observe` for a reranker. Records the query, the input documents and the returned documents. */
export const reranker = ofKind('reranker');
/** `observe` for a tool that a model can call. */
export const tool = ofKind('tool');
/** `observe` for an agent. The server shows it while it runs. */
export const agent = ofKind('agent');
/** `observe` for a sequence of steps. The server shows it while it runs. */
export const chain = ofKind('chain');
/** `observe` for a check of inputs or outputs. */
export const guardrail = ofKind('guardrail');

function wrap(fn: Callable, options: AnyOptions): Callable {
  const { input: _input, output: _output, name: given, ...spanOptions } = options;
  const name = given ?? (fn.name || 'anonymous');
  const { kind: _kind, otelKind: _otelKind, ...update } = spanOptions;
  const hasUpdate = Object.keys(update).length > 0;
  // A proxy preserves the function's name, length, properties and `new`.
  return new Proxy(fn, {
    apply(target, self, args: unknown[]) {
      const client = currentClient();
      const span = client && openSpan(client, name, spanOptions, context.active());
      if (span === undefined) return Reflect.apply(target, self, args);
      if (!span.isRecording) return context.with(span.context, () => Reflect.apply(target, self, args));
      recordInput(span, name, args, options);
      // After recordInput, so that `agentName` and `toolName` override the name of the span.
      if (hasUpdate) span.update(update);
      let result: unknown;
      try {
        result = context.with(span.context, () => Reflect.apply(target, self, args));
      } catch (error) {
        span.recordError(error);
        span.end();
        throw error;
      }
      if (typeof result === 'object' && result !== null) return follow(result, resultHooks(span, options));
      recordOutput(span, result, options);
      span.end();
      return result;
    },
  });
}

// Reading an argument or a result may throw, because it may be a proxy or have getters.

function recordInput(span: TracedSpan, name: string, args: unknown[], { input }: AnyOptions): void {
  try {
    const traits = KIND_TRAITS[span.kind];
    if (traits.nameKey !== undefined) span.attribute(traits.nameKey, name);
    if (input === undefined) traits.input(span, args);
    else if (input !== false && span.captures('input')) traits.input(span, [input(...args)]);
  } catch (error) {
    swallow('recording the input', error);
  }
}

function recordOutput(span: TracedSpan, result: unknown, { output }: AnyOptions): void {
  try {
    if (span.kind === 'retriever' || span.kind === 'reranker') rememberDocuments(result, span.spanId);
    const traits = KIND_TRAITS[span.kind];
    if (output === undefined) traits.output(span, result);
    else if (output !== false && span.captures('output')) traits.output(span, output(result));
  } catch (error) {
    swallow('recording the output', error);
  }
}

function resultHooks(span: TracedSpan, options: AnyOptions): ResultHooks {
  const limit = currentClient()?.config.capture.limits.maxCharacters ?? 0;
  const wantsChunks = options.output !== false && span.captures('output');
  let collected: Collected | undefined;
  const finish = (value: unknown) => {
    recordOutput(span, value, options);
    span.end();
  };
  return onceHooks({
    context: span.context,
    chunk: (value) => {
      if (collected === undefined) {
        collected = new Collected(limit);
        if (span.kind === 'llm') span.markFirstToken();
      }
      if (wantsChunks) collected.add(value);
    },
    // The yielded items matter more than a generator's return value, which is used only if it yielded nothing.
    done: (value) => finish(collected?.value() ?? value),
    failed: (error) => {
      if (collected !== undefined) recordOutput(span, collected.value(), options);
      span.recordError(error);
      span.end();
    },
    cancelled: () => {
      span.recordCancelled();
      finish(collected?.value());
    },
  });
}
