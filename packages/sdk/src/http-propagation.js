import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { carrierGetter, scopeFromBaggage, withScopeAsBaggage } from './propagation.ts';
import { swallow } from './report.ts';
/** @param attach Absent where the context manager cannot: then incoming requests are not continued. */
export function installHttpPropagation(propagateContext, attach) {
    const channels = globalThis.process?.getBuiltinModule?.('node:diagnostics_channel');
    if (channels === undefined)
        return () => { };
    const subscriptions = [
        ['undici:request:create', guarded((message) => addToUndici(message, propagateContext))],
        ['http.client.request.created', guarded((message) => addToRequest(message, propagateContext))],
    ];
    if (attach !== undefined)
        subscriptions.push([
            'http.server.request.start',
            guarded((message) => attach(contextOf(message, propagateContext))),
        ]);
    for (const [name, listener] of subscriptions)
        channels.subscribe(name, listener);
    return () => {
        for (const [name, listener] of subscriptions)
            channels.unsubscribe(name, listener);
    };
}
function guarded(handle) {
    return (message) => {
        try {
            handle(message);
        }
        catch (error) {
            swallow('passing the context on over HTTP', error);
        }
    };
}
function addToUndici(message, propagateContext) {
    const { request } = message;
    const { headers } = request;
    // A list of names and values, or in older versions one text.
    const names = Array.isArray(headers) ? headers.map(String).join('\n') : String(headers ?? '');
    if (/(^|\n)traceparent(\n|:)/i.test(names))
        return;
    inject(propagateContext, (name, value) => request.addHeader(name, value));
}
function addToRequest(message, propagateContext) {
    const { request } = message;
    if (request.headersSent || request.hasHeader('traceparent'))
        return;
    inject(propagateContext, (name, value) => request.setHeader(name, value));
}
function inject(propagateContext, set) {
    const active = context.active();
    if (active === ROOT_CONTEXT || isTracingSuppressed(active))
        return;
    propagation.inject(propagateContext ? withScopeAsBaggage(active) : active, null, {
        set: (_, name, value) => set(name, value),
    });
}
/**
 * The context of an incoming request: that of its headers and nothing else. A connection was made in somebody's
 * context, and the request before this one on it had its own; neither is this one's.
 */
function contextOf(message, propagateContext) {
    const { request } = message;
    const extracted = propagation.extract(ROOT_CONTEXT, request.headers, carrierGetter);
    return propagateContext ? scopeFromBaggage(extracted) : extracted;
}
