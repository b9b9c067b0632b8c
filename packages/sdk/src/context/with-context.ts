import { type Context, context } from '@opentelemetry/api';
import { scopeAttributes } from '../content/scope-attributes.ts';
import { swallow } from '../core/report.ts';
import { mergeScopes, scopeOf, setScope, type TraceContext } from '../core/scope.ts';
import { currentClient } from './client.ts';

/** Returns a context in which `values` override those of `parent`. Returns `parent` if tracing is off. */
export function enterScope(parent: Context, values: TraceContext): Context {
  const client = currentClient();
  if (client === undefined) return parent;
  try {
    const merged = mergeScopes(scopeOf(parent)?.values ?? {}, values);
    return setScope(parent, {
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
