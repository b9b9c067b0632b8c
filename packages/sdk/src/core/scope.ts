import { type Attributes, type Context, createContextKey } from '@opentelemetry/api';

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

const TEXTS = ['userId', 'sessionId', 'feature', 'environment'] as const;

/** Returns a context with this scope. */
export function setScope(parent: Context, scope: Scope): Context {
  return parent.setValue(SCOPE, scope);
}

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
