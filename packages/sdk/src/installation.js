import { context, propagation, trace, } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
/*
 * OpenTelemetry's globals: each is set only where the application has not, and taken back only where it is still ours.
 */
/** The provider that the application registered, if it did. */
export function globalProvider() {
    const proxy = trace.getTracerProvider();
    const provider = proxy.getDelegate?.() ?? proxy;
    return isRealProvider(provider) ? provider : undefined;
}
function isRealProvider(provider) {
    return (provider.constructor?.name !== 'NoopTracerProvider' &&
        provider.constructor?.name !== 'ProxyTracerProvider');
}
export function installProvider(provider) {
    if (!trace.setGlobalTracerProvider(provider))
        return () => { };
    return () => {
        if (globalProvider() === provider)
            trace.disable();
    };
}
/** Context manager and W3C propagators, where there are none. */
export function installContext() {
    const manager = new AsyncLocalStorageContextManager();
    const ownsManager = context.setGlobalContextManager(manager.enable());
    const ownsPropagator = propagation.fields().length === 0 && propagation.setGlobalPropagator(w3cPropagator());
    return {
        attach: ownsManager ? (entered) => manager.attach(entered) : undefined,
        undo: () => {
            if (ownsManager)
                context.disable();
            if (ownsPropagator)
                propagation.disable();
        },
    };
}
/** `traceparent`, `tracestate` and `baggage`. */
export function w3cPropagator() {
    return new CompositePropagator({
        propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    });
}
/**
 * Adds a processor to a provider that exists. OpenTelemetry 1 has a method for it, 2 takes processors in its
 * constructor only; there the list that its processor holds is used, as long as it has the shape that is known.
 * Undefined where the provider is of a kind that gives no way.
 */
export function addSpanProcessor(provider, processor) {
    const known = provider;
    const list = known._activeSpanProcessor?._spanProcessors;
    if (Array.isArray(list)) {
        list.push(processor);
        return () => {
            const index = list.indexOf(processor);
            if (index >= 0)
                list.splice(index, 1);
        };
    }
    if (typeof known.addSpanProcessor !== 'function')
        return undefined;
    known.addSpanProcessor(processor);
    return () => { };
}
