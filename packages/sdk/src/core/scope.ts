import { type Attributes, type Context, context, createContextKey } from '@opentelemetry/api';
import { contentText, masked } from '../content/capture.ts';
import { currentClient } from './client.ts';
import type { CaptureConfig } from './config.ts';
import { swallow } from './report.ts';
import { KEYS } from './semconv.ts';

/** Values that apply to every span started in a context. */
export interface TraceContext {
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** The part of your product that makes the request, e.g. `search` or `support-chat`. */
  readonly feature?: string | undefined;
  readonly environment?: string | undefined;
  /** Added to the tags of the surrounding context. */
  readonly tags?: readonly string[] | undefined;
  /** Merged key by key with the metadata of the surrounding context. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** A trace context with its span attributes, which are built once rather than for each span. */
export interface Scope {
  readonly values: TraceContext;
  readonly attributes: Attributes;
}

// `createContextKey` uses a registered symbol, so two copies of this module share the key.
const SCOPE = createContextKey('@throughline/sdk.scope');

export function scopeOf(parent: Context): Scope | undefined {
  return parent.getValue(SCOPE) as Scope | undefined;
}

/** Returns a context in which `values` override those of `parent`. Returns `parent` if tracing is off. */
export function enterScope(parent: Context, values: TraceContext): Context {
  const client = currentClient();
  if (client === undefined) return parent;
  try {
    const merged = mergeScopes(scopeOf(parent)?.values ?? {}, values);
    return parent.setValue(SCOPE, {
      values: merged,
      attributes: scopeAttributes(merged, client.config.capture),
    });
  } catch (error) {
    swallow('setting the context', error);
    return parent;
  }
}

/**
 * Runs a function and sets these values on every span that it starts, including spans in code that it awaits or
 * schedules. Returns the result of the function. Nested calls merge their values; the inner ones win.
 *
 * @example
 * await withContext({ userId: 'u-17', feature: 'search' }, () => answer(question));
 */
export function withContext<T>(values: TraceContext, fn: () => T): T {
  return context.with(enterScope(context.active(), values), fn);
}

/** Returns the values of the active context, merged from all enclosing `withContext` calls. */
export function activeContext(): TraceContext {
  return scopeOf(context.active())?.values ?? {};
}

const TEXTS = ['userId', 'sessionId', 'feature', 'environment'] as const;

/**
 * Merges two contexts. Values of `inner` win, tags are concatenated, metadata is merged by key. Unknown fields of
 * `inner` are ignored.
 */
export function mergeScopes(outer: TraceContext, inner: TraceContext): TraceContext {
  const tags = [...new Set([...(outer.tags ?? []), ...(inner.tags ?? [])])];
  const metadata = { ...outer.metadata, ...inner.metadata };
  return {
    ...outer,
    ...Object.fromEntries(TEXTS.flatMap((name) => (inner[name] === undefined ? [] : [[name, inner[name]]]))),
    ...(tags.length > 0 ? { tags } : {}),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
}

/** Converts context values to span attributes. `updateSpan` and `startSpan` use it for the same fields. */
export function scopeAttributes(values: TraceContext, capture: CaptureConfig): Attributes {
  const attributes: Attributes = {};
  const put = (key: string, value: unknown) => {
    if (typeof value === 'string' && value !== '') attributes[key] = masked(value, key, capture, undefined);
  };
  put(KEYS.userId, values.userId);
  put(KEYS.sessionId, values.sessionId);
  put(KEYS.feature, values.feature);
  put(KEYS.environment, values.environment);
  if (values.tags !== undefined && values.tags.length > 0)
    attributes[KEYS.tags] = values.tags.map((tag) => masked(String(tag), KEYS.tags, capture, undefined));
  if (values.metadata !== undefined) {
    const text = contentText(KEYS.metadata, values.metadata, capture, undefined);
    if (text !== undefined) attributes[KEYS.metadata] = text;
  }
  return attributes;
}
