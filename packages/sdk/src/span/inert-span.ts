import { type Context, INVALID_SPAN_CONTEXT, type Span as OtelSpan, trace } from '@opentelemetry/api';
import type { BeginSpan, Span, SpanOptions } from './span.ts';

/** A span that records nothing. `startSpan` returns it before `init`, after `shutdown`, and if the SDK is disabled. */
export class InertSpan implements Span {
  readonly traceId = INVALID_SPAN_CONTEXT.traceId;
  readonly spanId = INVALID_SPAN_CONTEXT.spanId;
  readonly isRecording = false;
  readonly kind = 'span';
  readonly context: Context;
  readonly #begin: BeginSpan;

  /** @param begin Starts child spans, which are recorded if `init` has run by then. */
  constructor(parent: Context, begin: BeginSpan) {
    this.context = parent;
    this.#begin = begin;
  }
  get otel(): OtelSpan {
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  }
  update(): this {
    return this;
  }
  set(): this {
    return this;
  }
  setUsage(): this {
    return this;
  }
  markFirstToken(): this {
    return this;
  }
  recordError(): this {
    return this;
  }
  recordCancelled(): this {
    return this;
  }
  captures(): boolean {
    return false;
  }
  run<T>(fn: () => T): T {
    return fn();
  }
  startSpan(name: string, options: Omit<SpanOptions, 'parent'> = {}): Span {
    return this.#begin(name, options, this.context);
  }
  end(): void {}
}
