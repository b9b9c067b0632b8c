import { context, INVALID_SPAN_CONTEXT, SpanKind as OtelSpanKind, SpanStatusCode, trace, } from '@opentelemetry/api';
import { capturesContent, masked, setAttributes } from './capture.ts';
import { currentClient } from './client.ts';
import { errorEvent } from './error-event.ts';
import { swallow } from './report.ts';
import { enterScope, scopeAttributes, scopeOf } from './scope.ts';
import { KEYS, KIND_ATTRIBUTES } from './semconv.ts';
import { writeUpdate, writeUsage } from './span-update.ts';
const CLIENT_KINDS = new Set(['llm', 'embedding', 'reranker']);
const OTEL_KINDS = {
    internal: OtelSpanKind.INTERNAL,
    server: OtelSpanKind.SERVER,
    client: OtelSpanKind.CLIENT,
    producer: OtelSpanKind.PRODUCER,
    consumer: OtelSpanKind.CONSUMER,
};
/**
 * Starts a span below the active one (or `options.parent`). It is not made active: use `run`, or pass it as a parent.
 * The caller ends it.
 */
export function startSpan(name, options = {}) {
    return beginSpan(name, options, options.parent?.context ?? context.active());
}
/** Starts a span that is the first of a new trace, whatever is active. Context values given here reach all spans below. */
export function startTrace(name, options = {}) {
    return beginSpan(name, options, enterScope(trace.deleteSpan(context.active()), options));
}
/** Adds to the active span; does nothing where there is none. */
export function updateSpan(update) {
    activeSpan()?.update(update);
}
/** The active span: one of this SDK's or any OpenTelemetry span. */
export function activeSpan() {
    const active = context.active();
    const otel = trace.getSpan(active);
    return otel === undefined ? undefined : spanOf(otel, active);
}
/** The handle of a span that is active in `parent`. Spans of other instrumentations get one when first asked for. */
function spanOf(otel, parent) {
    const own = otel[HANDLE];
    if (own !== undefined)
        return own;
    const client = currentClient();
    return client && new TracedSpan(client, otel, '', 'span', parent, scopeOf(parent));
}
/** The handle hangs on the span itself: found again from the active context without another context entry. */
const HANDLE = Symbol.for('@throughline/sdk.span');
export function beginSpan(name, options, parent) {
    const client = currentClient();
    if (client === undefined)
        return new InertSpan(parent);
    try {
        const kind = options.kind ?? 'span';
        const otel = client.tracer.startSpan(name, {
            kind: options.otelKind
                ? OTEL_KINDS[options.otelKind]
                : CLIENT_KINDS.has(kind)
                    ? OtelSpanKind.CLIENT
                    : OtelSpanKind.INTERNAL,
            attributes: KIND_ATTRIBUTES[kind] ?? {},
            ...(options.startTime === undefined ? {} : { startTime: options.startTime }),
        }, parent);
        const span = new TracedSpan(client, otel, name, kind, parent, scopeOf(parent));
        otel[HANDLE] = span;
        if (otel.isRecording())
            span.update(options);
        return span;
    }
    catch (error) {
        swallow('starting a span', error);
        return new InertSpan(parent);
    }
}
class TracedSpan {
    otel;
    kind;
    #client;
    #parent;
    #scope;
    /** Only model calls have a first token that is worth its microseconds; for others the clock's milliseconds do. */
    #startedAtMs;
    #name;
    #feature;
    #context;
    #info;
    #isOpen;
    #hasFirstToken = false;
    constructor(client, otel, name, kind, parent, scope) {
        this.#client = client;
        this.otel = otel;
        this.#name = name;
        this.kind = kind;
        this.#parent = parent;
        this.#scope = scope;
        this.#feature = scope?.values.feature;
        this.#isOpen = otel.isRecording();
        if (kind === 'llm')
            this.#startedAtMs = performance.now();
    }
    get traceId() {
        return this.otel.spanContext().traceId;
    }
    get spanId() {
        return this.otel.spanContext().spanId;
    }
    get isRecording() {
        return this.#isOpen && this.otel.isRecording();
    }
    get context() {
        this.#context ??= trace.setSpan(this.#parent, this.otel);
        return this.#context;
    }
    update(update) {
        if (!this.#isOpen)
            return this;
        try {
            if (update.name !== undefined) {
                this.#name = update.name;
                this.#info = undefined;
                this.otel.updateName(update.name);
            }
            if (update.feature !== undefined) {
                this.#feature = update.feature;
                this.#info = undefined;
            }
            const { capture } = this.#client.config;
            if (hasContext(update))
                this.otel.setAttributes(scopeAttributes(update, capture));
            writeUpdate(this.otel, update, capture, this);
        }
        catch (error) {
            swallow('updating a span', error);
        }
        return this;
    }
    set(attributes) {
        if (!this.#isOpen)
            return this;
        try {
            setAttributes(this.otel, attributes, this.#client.config.capture, this);
        }
        catch (error) {
            swallow('setting attributes', error);
        }
        return this;
    }
    setUsage(usage) {
        if (this.#isOpen)
            writeUsage(this.otel, usage);
        return this;
    }
    markFirstToken() {
        if (this.#hasFirstToken || !this.#isOpen)
            return this;
        this.#hasFirstToken = true;
        this.otel.setAttribute(KEYS.timeToFirstChunk, this.#elapsedMs() / 1000);
        return this;
    }
    recordError(error) {
        if (!this.#isOpen)
            return this;
        try {
            const { capture } = this.#client.config;
            const { type, attributes } = errorEvent(error, (text, key) => masked(text, key, capture, this.info()));
            const message = attributes['exception.message'];
            this.otel.addEvent('exception', attributes);
            this.otel.setAttribute(KEYS.errorType, type);
            this.otel.setStatus({
                code: SpanStatusCode.ERROR,
                ...(message === undefined ? {} : { message }),
            });
        }
        catch (failure) {
            swallow('recording an error', failure);
        }
        return this;
    }
    recordCancelled() {
        return this.set({ [KEYS.cancelled]: true });
    }
    captures(direction) {
        return this.#isOpen && capturesContent(direction, this.#client.config.capture, this);
    }
    run(fn) {
        return context.with(this.context, fn);
    }
    startSpan(name, options = {}) {
        return beginSpan(name, options, this.context);
    }
    end(endTime) {
        if (!this.#isOpen)
            return;
        this.#isOpen = false;
        try {
            // The span waits to be sent; what this handle holds on to need not.
            this.otel[HANDLE] = undefined;
            this.otel.end(endTime);
        }
        catch (error) {
            swallow('ending a span', error);
        }
    }
    #elapsedMs() {
        if (this.#startedAtMs !== undefined)
            return performance.now() - this.#startedAtMs;
        const [seconds, nanos] = this.otel.startTime ?? [Date.now() / 1000, 0];
        return Math.max(0, Date.now() - seconds * 1000 - nanos / 1e6);
    }
    info() {
        this.#info ??= {
            name: this.#name,
            kind: this.kind,
            feature: this.#feature,
            userId: this.#scope?.values.userId,
            sessionId: this.#scope?.values.sessionId,
        };
        return this.#info;
    }
}
function hasContext(update) {
    return (update.userId !== undefined ||
        update.sessionId !== undefined ||
        update.feature !== undefined ||
        update.environment !== undefined ||
        update.tags !== undefined ||
        update.metadata !== undefined);
}
/** What `startSpan` gives before `init`, after `shutdown` and where the SDK is disabled. */
class InertSpan {
    traceId = INVALID_SPAN_CONTEXT.traceId;
    spanId = INVALID_SPAN_CONTEXT.spanId;
    isRecording = false;
    kind = 'span';
    context;
    constructor(parent) {
        this.context = parent;
    }
    get otel() {
        return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    }
    update() {
        return this;
    }
    set() {
        return this;
    }
    setUsage() {
        return this;
    }
    markFirstToken() {
        return this;
    }
    recordError() {
        return this;
    }
    recordCancelled() {
        return this;
    }
    captures() {
        return false;
    }
    run(fn) {
        return fn();
    }
    startSpan(name, options = {}) {
        return beginSpan(name, options, this.context);
    }
    end() { }
}
