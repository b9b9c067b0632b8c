import { type Context, context, createContextKey } from '@opentelemetry/api';

const TRACED_ALREADY = createContextKey('@throughline/sdk.model-call-traced');

/**
 * Returns a context in which provider clients create no spans. Frameworks whose own span represents the model call use
 * it, so that tokens are counted once.
 */
export function withoutProviderSpans(parent: Context): Context {
  return parent.setValue(TRACED_ALREADY, true);
}

/** Runs a function whose model calls are represented by the caller's span. */
export function runWithoutProviderSpans<T>(fn: () => T): T {
  return context.with(withoutProviderSpans(context.active()), fn);
}

export function hasProviderSpan(active: Context): boolean {
  return active.getValue(TRACED_ALREADY) === true;
}
