import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { RunningConfig } from '../core/config.ts';
import { kindOf } from '../core/kind-of.ts';
import type { FinishedSpanSink } from '../core/options.ts';
import { swallow } from '../core/report.ts';
import { scopeOf } from '../core/scope.ts';
import type { RunningSpans } from './running-spans.ts';

export interface ProcessorParts {
  readonly running: { readonly spans: RunningSpans; readonly config: RunningConfig } | null;
  /** Receivers of finished spans. */
  readonly sinks: readonly FinishedSpanSink[];
  readonly flush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/** Sets the context values on each new span and passes each finished span to the sinks. */
export class ThroughlineSpanProcessor implements SpanProcessor {
  readonly #parts: ProcessorParts;
  #isClosed = false;

  constructor(parts: ProcessorParts) {
    this.#parts = parts;
  }

  /** Ignores all further spans. Code that still holds a tracer can create them, but they are discarded. */
  close(): void {
    this.#isClosed = true;
  }

  onStart(span: Span, parent: Context): void {
    if (this.#isClosed) return;
    const scope = scopeOf(parent);
    if (scope !== undefined) {
      for (const key in scope.attributes) {
        const value = scope.attributes[key];
        if (value !== undefined) span.setAttribute(key, value);
      }
    }
    const { running, sinks } = this.#parts;
    for (const sink of sinks) sink.start?.(span);
    if (running !== null && isShownRunning(span, running.config)) running.spans.add(span);
  }

  onEnd(span: ReadableSpan): void {
    if (this.#isClosed) return;
    for (const sink of this.#parts.sinks) {
      try {
        sink.add(span);
      } catch (error) {
        swallow('handing on a finished span', error);
      }
    }
  }

  forceFlush(): Promise<void> {
    return this.#isClosed ? Promise.resolve() : this.#parts.flush();
  }

  shutdown(): Promise<void> {
    return this.#parts.shutdown();
  }
}

function isShownRunning(span: Span, { roots, kinds }: RunningConfig): boolean {
  const above = span.parentSpanContext;
  if (roots && (above === undefined || above.isRemote === true)) return true;
  return kinds.length > 0 && kinds.includes(kindOf(span.attributes));
}
