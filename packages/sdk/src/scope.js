import { context, createContextKey } from '@opentelemetry/api';
import { contentText, masked } from './capture.ts';
import { currentClient } from './client.ts';
import { swallow } from './report.ts';
import { KEYS } from './semconv.ts';
// `createContextKey` names a registered symbol, so two copies of this module share it.
const SCOPE = createContextKey('@throughline/sdk.scope');
export function scopeOf(parent) {
    return parent.getValue(SCOPE);
}
/** The context with these values over the ones that are there. Without a client, the context as it was. */
export function enterScope(parent, values) {
    const client = currentClient();
    if (client === undefined)
        return parent;
    try {
        const merged = mergeScopes(scopeOf(parent)?.values ?? {}, values);
        return parent.setValue(SCOPE, {
            values: merged,
            attributes: scopeAttributes(merged, client.config.capture),
        });
    }
    catch (error) {
        swallow('setting the context', error);
        return parent;
    }
}
/**
 * Runs a function so that every span started in it, and in whatever it awaits or schedules, carries these values.
 *
 * @example withContext({ userId: 'u-17', feature: 'search' }, () => answer(question))
 */
export function withContext(values, fn) {
    return context.with(enterScope(context.active(), values), fn);
}
/** The values that are set here, merged from all contexts around. */
export function activeContext() {
    return scopeOf(context.active())?.values ?? {};
}
function mergeScopes(outer, inner) {
    const tags = [...new Set([...(outer.tags ?? []), ...(inner.tags ?? [])])];
    const metadata = { ...outer.metadata, ...inner.metadata };
    return {
        ...outer,
        ...Object.fromEntries(Object.entries(inner).filter(([, value]) => value !== undefined)),
        ...(tags.length > 0 ? { tags } : {}),
        ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
    };
}
/** Each value with its attribute; also what `updateSpan` and `startSpan` write for the same names. */
export function scopeAttributes(values, capture) {
    const attributes = {};
    const put = (key, value) => {
        if (typeof value === 'string' && value !== '')
            attributes[key] = masked(value, key, capture, undefined);
    };
    put(KEYS.userId, values.userId);
    put(KEYS.sessionId, values.sessionId);
    put(KEYS.feature, values.feature);
    put(KEYS.environment, values.environment);
    if (values.tags !== undefined && values.tags.length > 0)
        attributes[KEYS.tags] = values.tags.map((tag) => masked(String(tag), KEYS.tags, capture, undefined));
    if (values.metadata !== undefined) {
        const text = contentText(KEYS.metadata, values.metadata, capture, undefined);
        if (text !== undefined)
            attributes[KEYS.metadata] = text;
    }
    return attributes;
}
