import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { TextTreeSpan } from '@throughline/spans';
import type { FinishedSpanSink } from '../core/options.ts';
import { rawSpanOf } from '../core/raw-span.ts';
import { swallow } from '../core/report.ts';

type Spans = typeof import('@throughline/spans');

interface OpenTrace {
  readonly spans: ReadableSpan[];
  open: number;
}

/** Maximum number of open traces, because traces that never finish would otherwise be held forever. */
const MAX_TRACES = 1_000;
/** Maximum number of spans kept per trace. */
const MAX_SPANS = 10_000;

/** Prints each trace as a text tree when its last open span ends. */
export class ConsoleSink implements FinishedSpanSink {
  readonly #print: (text: string) => void;
  readonly #traces = new Map<string, OpenTrace>();
  /** The mappers are large, so they are loaded only if traces are printed. */
  readonly #spans: Promise<Spans> = import('@throughline/spans');

  constructor(print: (text: string) => void) {
    this.#print = print;
    this.#spans.catch((error: unknown) => swallow('loading the text tree', error));
  }

  start(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    let trace = this.#traces.get(traceId);
    if (trace === undefined) {
      if (this.#traces.size >= MAX_TRACES) this.#traces.delete(this.#traces.keys().next().value ?? '');
      trace = { spans: [], open: 0 };
      this.#traces.set(traceId, trace);
    }
    trace.open++;
  }

  add(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    const trace = this.#traces.get(traceId);
    if (trace === undefined) return;
    if (trace.spans.length < MAX_SPANS) trace.spans.push(span);
    if (--trace.open > 0) return;
    this.#traces.delete(traceId);
    this.#spans
      .then((spans) =>
        this.#print(spans.formatTraceTree(trace.spans.map((each) => textTreeSpan(each, spans)))),
      )
      .catch((error: unknown) => swallow('printing a trace', error));
  }
}

/** Derives one line of the tree from the span, with the same mappers as the server. */
function textTreeSpan(span: ReadableSpan, { mapFacts, COUNTED_KINDS }: Spans): TextTreeSpan {
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
