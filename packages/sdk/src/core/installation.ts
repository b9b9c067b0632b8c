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
import { createContextManager } from './runtime.ts';

/*
 * OpenTelemetry's globals: each is set only where the application has not, and taken back only where it is still ours.
 */

/** The provider that the application registered, if it did. */
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
  /** Absent where the application has its own context manager, which knows its ways into a request, and at the edge. */
  readonly attach: ((entered: Context) => unknown) | undefined;
  readonly undo: () => void;
}

/** Context manager and W3C propagators, where there are none. */
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

/** `traceparent`, `tracestate` and `baggage`. */
function w3cPropagator(): TextMapPropagator {
  return new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
}

/**
 * Adds a processor to a provider that exists. OpenTelemetry 1 has a method for it, 2 takes processors in its
 * constructor only; there the list that its processor holds is used, as long as it has the shape that is known.
 * Undefined where the provider is of a kind that gives no way.
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
