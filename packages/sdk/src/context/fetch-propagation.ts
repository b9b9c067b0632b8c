import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { swallow } from '../core/report.ts';
import { withScopeAsBaggage } from './propagation.ts';

/**
 * Wraps the global `fetch` to send the trace context, for runtimes without diagnostics channels for it (Bun, edge
 * runtimes). Clients that stored a reference to `fetch` earlier are not affected. Requests that already have a
 * `traceparent` header stay unchanged.
 */
export function installFetchPropagation(propagateContext: boolean): () => void {
  const original = globalThis.fetch;
  if (typeof original !== 'function') return () => {};
  // A proxy also preserves the properties of Bun's `fetch`.
  const wrapped = new Proxy(original, {
    apply: (fetch, self, args: Parameters<typeof globalThis.fetch>) =>
      Reflect.apply(fetch, self, withTraceHeaders(args, propagateContext)),
  });
  globalThis.fetch = wrapped;
  return () => {
    if (globalThis.fetch === wrapped) globalThis.fetch = original;
  };
}

function withTraceHeaders(
  args: Parameters<typeof fetch>,
  propagateContext: boolean,
): Parameters<typeof fetch> {
  const active = context.active();
  if (active === ROOT_CONTEXT || isTracingSuppressed(active)) return args;
  try {
    const [input, init] = args;
    const given = init?.headers ?? (input instanceof Request ? input.headers : undefined);
    const headers = new Headers(given);
    if (headers.has('traceparent')) return args;
    propagation.inject(propagateContext ? withScopeAsBaggage(active) : active, headers, {
      set: (carrier, name, value) => carrier.set(name, value),
    });
    return [input, { ...init, headers }];
  } catch (error) {
    swallow('passing the context on with fetch', error);
    return args;
  }
}
