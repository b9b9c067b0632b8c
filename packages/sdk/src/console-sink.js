import { rawSpanOf } from './raw-span.ts';
import { swallow } from './report.ts';
/** Traces held at once, and spans of one: a trace that never finishes must not hold memory for ever. */
const MAX_TRACES = 1_000;
const MAX_SPANS = 10_000;
/** Prints each trace as a tree of text when its last open span has ended. */
export class ConsoleSink {
    #print;
    #traces = new Map();
    /** The mappers are large: loaded only where something is printed. */
    #spans = import('@throughline/spans');
    constructor(print) {
        this.#print = print;
        this.#spans.catch((error) => swallow('loading the text tree', error));
    }
    start(span) {
        const { traceId } = span.spanContext();
        let trace = this.#traces.get(traceId);
        if (trace === undefined) {
            if (this.#traces.size >= MAX_TRACES)
                this.#traces.delete(this.#traces.keys().next().value ?? '');
            trace = { spans: [], open: 0 };
            this.#traces.set(traceId, trace);
        }
        trace.open++;
    }
    add(span) {
        const { traceId } = span.spanContext();
        const trace = this.#traces.get(traceId);
        if (trace === undefined)
            return;
        if (trace.spans.length < MAX_SPANS)
            trace.spans.push(span);
        if (--trace.open > 0)
            return;
        this.#traces.delete(traceId);
        this.#spans
            .then((spans) => this.#print(spans.formatTraceTree(trace.spans.map((each) => textTreeSpan(each, spans)))))
            .catch((error) => swallow('printing a trace', error));
    }
}
/** One line of the tree, with the facts that the server would derive. */
export function textTreeSpan(span, { mapFacts, COUNTED_KINDS }) {
    const raw = rawSpanOf(span);
    const facts = mapFacts(raw);
    const { usage } = facts;
    return {
        spanId: raw.spanId,
        parentSpanId: raw.parentSpanId || null,
        startTime: raw.startTimeUnixNano.toString().padStart(20, '0'),
        name: facts.name,
        kind: facts.kind,
        durationMs: Number(raw.endTimeUnixNano - raw.startTimeUnixNano) / 1e6,
        status: facts.status,
        statusMessage: facts.statusMessage ?? null,
        errorType: facts.errorType ?? null,
        model: facts.model ?? null,
        inputTokens: usage?.inputTokens ?? null,
        outputTokens: usage?.outputTokens ?? null,
        costUsd: facts.cost?.usd ?? null,
        counted: COUNTED_KINDS.has(facts.kind),
        ttftMs: facts.ttftMs ?? null,
        documentCount: facts.documentCount ?? null,
        inputDocumentCount: facts.inputDocumentCount ?? null,
    };
}
