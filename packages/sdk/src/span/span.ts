import {
  type Context,
  context,
  type Span as OtelSpan,
  type SpanOptions as OtelSpanOptions,
  type TimeInput,
  trace,
} from '@opentelemetry/api';
import type { SpanKind, Usage } from '@throughline/spans';
import type { LazyAttributes } from '../content/capture.ts';
import { type Client, currentClient } from '../core/client.ts';
import { swallow } from '../core/report.ts';
import { enterScope, scopeOf } from '../core/scope.ts';
import { KIND_ATTRIBUTES } from '../core/semconv.ts';
import { InertSpan } from './inert-span.ts';
import { DEFAULT_OTEL_KINDS, OTEL_KINDS } from './otel-kind.ts';
import type { SpanUpdate } from './span-update.ts';
import { handleOf, TracedSpan } from './traced-span.ts';

/** Options of `startSpan`. */
export interface SpanOptions extends SpanUpdate {
  /** Kind of step. Default: 'span'. */
  readonly kind?: SpanKind | undefined;
  /** Parent span. Default: the active span. */
  readonly parent?: Span | undefined;
  /** OpenTelemetry span kind. Default: `client` for the kinds `llm`, `embedding` and `reranker`, otherwise `internal`. */
  readonly otelKind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | undefined;
  /** Start time: milliseconds since 1970, a Date, or `[seconds, nanoseconds]`. Default: now. */
  readonly startTime?: TimeInput | undefined;
}

/**
 * One step of a request. It stays open until you call `end`, from any function. You can call the other methods in any
 * order before that. No method throws. After `end`, or if nothing is recorded, they do nothing.
 */
export interface Span {
  /** 32 hex digits. All zeros if tracing is off. */
  readonly traceId: string;
  /** 16 hex digits. All zeros if tracing is off. */
  readonly spanId: string;
  /**
   * False if the trace is not sampled, tracing is off, or the span has ended. Check it before you collect data for the
   * span.
   */
  readonly isRecording: boolean;
  readonly kind: SpanKind;
  /** The underlying OpenTelemetry span, for features that this interface lacks. */
  readonly otel: OtelSpan;
  /** The OpenTelemetry context in which this span is active. */
  readonly context: Context;
  /** Sets fields of the span. */
  update(update: SpanUpdate): this;
  /**
   * Sets attributes by key. Pass content as a function, so that it is built only if it is recorded:
   * `{ 'input.value': { input: () => prompt } }`.
   */
  set(attributes: LazyAttributes): this;
  /** Sets the token counts. */
  setUsage(usage: Usage): this;
  /** Records the time since the start as time to first token. Only the first call counts. */
  markFirstToken(): this;
  /** Marks the span as failed and records the type, message and stack of the error. */
  recordError(error: unknown): this;
  /** Marks the span as cancelled by its caller. This is not an error. */
  recordCancelled(): this;
  /** Returns whether inputs or outputs of this span are recorded. Check it before you collect large content. */
  captures(direction: 'input' | 'output'): boolean;
  /** Runs a function with this span active and returns its result. Does not end the span. */
  run<T>(fn: () => T): T;
  /** Starts a child of this span. */
  startSpan(name: string, options?: Omit<SpanOptions, 'parent'>): Span;
  /** Ends the span. Default end time: now. */
  end(endTime?: TimeInput): void;
}

/** Starts a span with the given parent context. */
export type BeginSpan = (name: string, options: SpanOptions, parent: Context) => Span;

/**
 * Starts a span as a child of the active span or of `options.parent`. You must end it. The new span is not active: use
 * `span.run`, or pass it as `parent`.
 *
 * @example
 * const span = startSpan('load page', { input: url });
 * span.update({ output: await load(url) }).end();
 */
export function startSpan(name: string, options: SpanOptions = {}): Span {
  return beginSpan(name, options, options.parent?.context ?? context.active());
}

export interface TraceOptions extends Omit<SpanOptions, 'parent'> {}

/**
 * Starts the root span of a new trace, even if another span is active. Context values in the options, such as `userId`,
 * apply to all spans of the trace. You must end the span.
 *
 * @example
 * const root = startTrace('nightly run', { userId: 'u-17' });
 * await root.run(() => work());
 * root.end();
 */
export function startTrace(name: string, options: TraceOptions = {}): Span {
  return beginSpan(name, options, enterScope(trace.deleteSpan(context.active()), options));
}

/** Sets fields of the active span. Does nothing if no span is active. */
export function updateSpan(update: SpanUpdate): void {
  activeSpan()?.update(update);
}

/** Returns the active span, even if another OpenTelemetry instrumentation started it. Undefined if there is none. */
export function activeSpan(): Span | undefined {
  const active = context.active();
  const otel = trace.getSpan(active);
  return otel === undefined ? undefined : spanOf(otel, active);
}

/** Returns the handle of an active OpenTelemetry span. Spans of other instrumentations get a new handle. */
function spanOf(otel: OtelSpan, parent: Context): Span | undefined {
  const own = handleOf(otel);
  if (own !== undefined) return own;
  const client = currentClient();
  return client && new TracedSpan(client, otel, '', 'span', parent, scopeOf(parent), beginSpan);
}

function beginSpan(name: string, options: SpanOptions, parent: Context): Span {
  const client = currentClient();
  if (client === undefined) return new InertSpan(parent, beginSpan);
  const span = openSpan(client, name, options, parent);
  if (span === undefined) return new InertSpan(parent, beginSpan);
  return span.update(options);
}

/** Starts a span with only its name and kind set. Returns undefined if OpenTelemetry throws. */
export function openSpan(
  client: Client,
  name: string,
  { kind = 'span', otelKind, startTime }: SpanOptions,
  parent: Context,
): TracedSpan | undefined {
  try {
    const options: OtelSpanOptions = {
      kind: otelKind !== undefined ? OTEL_KINDS[otelKind] : DEFAULT_OTEL_KINDS[kind],
      attributes: KIND_ATTRIBUTES[kind],
    };
    if (startTime !== undefined) options.startTime = startTime;
    const otel = client.tracer.startSpan(name, options, parent);
    return new TracedSpan(client, otel, name, kind, parent, scopeOf(parent), beginSpan);
  } catch (error) {
    swallow('starting a span', error);
    return undefined;
  }
}
