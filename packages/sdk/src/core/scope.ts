import { type Attributes, type Context, context, createContextKey } from '@opentelemetry/api';
import { contentText, masked } from '../content/capture.ts';
import { currentClient } from './client.ts';
import type { CaptureConfig } from './config.ts';
import { swallow } from './report.ts';
import { KEYS } from './semconv.ts';

/** What is set once and reaches every span below. */
export interface TraceContext {
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** The part of the product that makes the request: `search`, `support-chat`. */
  readonly feature?: string | undefined;
  readonly environment?: string | undefined;
  /** Added to those of the context around it. */
  readonly tags?: readonly string[] | undefined;
  /** Merged key by key into that of the context around it. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** A trace context and the attributes that it gives to each span, made once. */
export interface Scope {
  readonly values: TraceContext;
  readonly attributes: Attributes;
}

// `createContextKey` names a registered symbol, so two copies of this module share it.
const SCOPE = createContextKey('@throughline/sdk.scope');

export function scopeOf(parent: Context): Scope | undefined {
  return parent.getValue(SCOPE) as Scope | undefined;
}

/** The context with these values over the ones that are there. Without a client, the context as it was. */
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
 * Runs a function so that every span started in it, and in whatever it awaits or schedules, carries these values.
 *
 * @example withContext({ userId: 'u-17', feature: 'search' }, () => answer(question))
 */
export function withContext<T>(values: TraceContext, fn: () => T): T {
  return context.with(enterScope(context.active(), values), fn);
}

/** The values that are set here, merged from all contexts around. */
export function activeContext(): TraceContext {
  return scopeOf(context.active())?.values ?? {};
}

const TEXTS = ['userId', 'sessionId', 'feature', 'environment'] as const;

/** The values of `inner` over those of `outer`; tags are added, metadata merged. Whatever else `inner` holds is ignored. */
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

/** Each value with its attribute; also what `updateSpan` and `startSpan` write for the same names. */
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
