import { kindOf } from './sampling.ts';
import { KEYS } from './semconv.ts';
/**
 * Keeps finished spans for a test of the application: `init({ exporter: new InMemoryExporter() })`.
 *
 * @example
 * const spans = new InMemoryExporter();
 * init({ exporter: spans });
 * await answer('What is the refund policy?');
 * expect(spans.find({ kind: 'retriever' })?.attributes['gen_ai.retrieval.query.text']).toBe('refund policy');
 */
export class InMemoryExporter {
    #spans = [];
    /** Beyond it the oldest is forgotten. */
    #maxSpans;
    /** @param options.maxSpans Spans to keep. @default 10_000 */
    constructor(options = {}) {
        this.#maxSpans = options.maxSpans ?? 10_000;
    }
    add = (span) => {
        this.#spans.push(recordedSpan(span));
        if (this.#spans.length > this.#maxSpans)
            this.#spans.shift();
    };
    /** In the order they ended. */
    get spans() {
        return this.#spans;
    }
    /** The first that matches. */
    find(pattern) {
        return this.#spans.find((span) => matchesSpan(span, pattern));
    }
    filter(pattern) {
        return this.#spans.filter((span) => matchesSpan(span, pattern));
    }
    clear() {
        this.#spans.length = 0;
    }
}
/** Whether a span fits a pattern, the parent aside. */
export function matchesSpan(span, pattern) {
    for (const key of ['name', 'kind', 'status', 'errorType', 'input', 'output']) {
        if (key in pattern && !matchesValue(span[key], pattern[key]))
            return false;
    }
    for (const [key, expected] of Object.entries(pattern.attributes ?? {})) {
        if (!matchesValue(span.attributes[key], expected))
            return false;
    }
    return true;
}
function matchesValue(value, expected) {
    if (expected instanceof RegExp)
        return typeof value === 'string' && expected.test(value);
    if (typeof expected === 'function')
        return Boolean(expected(value));
    if (typeof expected !== 'object' || expected === null)
        return Object.is(value, expected);
    if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(expected))
        return false;
    if (Array.isArray(expected) && expected.length !== value.length)
        return false;
    return Object.entries(expected).every(([key, member]) => matchesValue(value[key], member));
}
const STATUS = ['unset', 'ok', 'error'];
function recordedSpan(span) {
    const { attributes } = span;
    const { traceId, spanId } = span.spanContext();
    const errorType = attributes[KEYS.errorType];
    return {
        name: span.name,
        kind: kindOf(attributes),
        traceId,
        spanId,
        parentSpanId: span.parentSpanContext?.spanId,
        status: STATUS[span.status.code] ?? 'unset',
        errorType: typeof errorType === 'string' ? errorType : undefined,
        attributes,
        durationMs: span.duration[0] * 1000 + span.duration[1] / 1e6,
        input: firstOf(attributes, [KEYS.input, KEYS.inputMessages, KEYS.toolArguments, KEYS.query]),
        output: firstOf(attributes, [KEYS.output, KEYS.outputMessages, KEYS.toolResult, KEYS.documents]),
        otel: span,
    };
}
function firstOf(attributes, keys) {
    const value = keys.map((key) => attributes[key]).find((found) => found !== undefined);
    if (typeof value !== 'string')
        return value;
    try {
        return JSON.parse(value);
    }
    catch {
        return value;
    }
}
