import {
  type Context,
  context,
  propagation,
  type TextMapPropagator,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createContextManager } from '../core/runtime.ts';

/*
 * Installs OpenTelemetry's globals. Each one is set only if the application has not set it, and removed only if it is
 * still ours.
 */

/** Returns the registered global provider; undefined if there is none. */
export function globalProvider(): TracerProvider | undefined {
  const proxy = trace.getTracerProvider() as { getDelegate?: () => TracerProvider };
  const provider = proxy.getDelegate?.() ?? (proxy as TracerProvider);
  return isRealProvider(provider) ? provider : undefined;
}

function isRealProvider(provider: TracerProvider): boolean {
  return (
    provider.constructor?.name !== 'NoopTracerProvider' &&
    provider.constructor?.name !== 'ProxyTracerProvider'
  );
}

export function installProvider(provider: TracerProvider): () => void {
  if (!trace.setGlobalTracerProvider(provider)) return () => {};
  return () => {
    if (globalProvider() === provider) trace.disable();
  };
}

export interface InstalledContext {
  /**
   * Makes a context the active one for the rest of the current request. Undefined on edge runtimes and if the
   * application has its own context manager, which must then enter requests itself.
   */
  readonly attach: ((entered: Context) => unknown) | undefined;
  readonly undo: () => void;
}

/** Registers a context manager and the W3C propagators unless the application has its own. */
export function installContext(): InstalledContext {
  const manager = createContextManager();
  const ownsManager = context.setGlobalContextManager(manager.enable());
  const ownsPropagator =
    propagation.fields().length === 0 && propagation.setGlobalPropagator(w3cPropagator());
  return {
    attach: ownsManager ? manager.attach?.bind(manager) : undefined,
    undo: () => {
      if (ownsManager) context.disable();
      if (ownsPropagator) propagation.disable();
    },
  };
}

/** Reads and writes the headers `traceparent`, `tracestate` and `baggage`. */
function w3cPropagator(): TextMapPropagator {
  return new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
}

/**
 * Adds a processor to an existing provider and returns a function that removes it. OpenTelemetry 1 has a method for
 * this. OpenTelemetry 2 accepts processors only in the constructor, so the processor is pushed to the private list of
 * its multi-processor if that has the known shape. Returns undefined if neither is possible.
 */
export function addSpanProcessor(
  provider: TracerProvider,
  processor: SpanProcessor,
): (() => void) | undefined {
  const known = provider as {
    addSpanProcessor?: (processor: SpanProcessor) => void;
    _activeSpanProcessor?: { _spanProcessors?: unknown };
  };
  const list = known._activeSpanProcessor?._spanProcessors;
  if (Array.isArray(list)) {
    list.push(processor);
    return () => {
      const index = list.indexOf(processor);
      if (index >= 0) list.splice(index, 1);
    };
  }
  if (typeof known.addSpanProcessor !== 'function') return undefined;
  known.addSpanProcessor(processor);
  return () => {};
}
