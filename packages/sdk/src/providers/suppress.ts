import { type Context, context, createContextKey } from '@opentelemetry/api';

const TRACED_ALREADY = createContextKey('@throughline/sdk.model-call-traced');

/**
 * For integrations of frameworks whose own span is the model call: what the framework's client does below makes no
 * second one, so that tokens are counted once.
 */
export function withoutProviderSpans(parent: Context): Context {
  return parent.setValue(TRACED_ALREADY, true);
}

/** Runs a function whose model calls the caller's span stands for. */
export function runWithoutProviderSpans<T>(fn: () => T): T {
  return context.with(withoutProviderSpans(context.active()), fn);
}

export function hasProviderSpan(active: Context): boolean {
  return active.getValue(TRACED_ALREADY) === true;
}
