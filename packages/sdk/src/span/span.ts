import type { Context, Span as OtelSpan, TimeInput } from '@opentelemetry/api';
import type { SpanKind, Usage } from '@throughline/spans';
import type { LazyAttributes } from '../content/capture.ts';
import type { SpanUpdate } from './span-update.ts';

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
