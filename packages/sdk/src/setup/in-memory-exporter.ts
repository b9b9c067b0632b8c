import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SpanKind } from '@throughline/spans';
import { kindOf } from '../core/kind-of.ts';
import type { FinishedSpanSink } from '../core/options.ts';
import { KEYS } from '../core/semconv.ts';

/** A finished span in a form that is convenient for tests. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the root span of a trace. */
  readonly parentSpanId: string | undefined;
  readonly status: 'unset' | 'ok' | 'error';
  readonly errorType: string | undefined;
  readonly attributes: Attributes;
  readonly durationMs: number;
  /** The input, input messages, tool arguments or query. Parsed if it is JSON. */
  readonly input: unknown;
  /** The output, output messages, tool result or documents. Parsed if it is JSON. */
  readonly output: unknown;
  /** The underlying OpenTelemetry span. */
  readonly otel: ReadableSpan;
}

/**
 * Keeps finished spans in memory, so that tests of your application can check them. Pass it to `init` as `exporter`.
 *
 * @example
 * const spans = new InMemoryExporter();
 * init({ exporter: spans });
 * await answer('What is the refund policy?');
 * expect(spans.find({ kind: 'retriever' })?.attributes['gen_ai.retrieval.query.text']).toBe('refund policy');
 */
export class InMemoryExporter implements FinishedSpanSink {
  readonly #spans: RecordedSpan[] = [];
  readonly #maxSpans: number;

  /**
   * @param options.maxSpans Maximum number of spans to keep. Above it, the oldest span is removed. Default: 10,000.
   */
  constructor(options: { readonly maxSpans?: number } = {}) {
    this.#maxSpans = options.maxSpans ?? 10_000;
  }

  readonly add = (span: ReadableSpan): void => {
    this.#spans.push(recordedSpan(span));
    if (this.#spans.length > this.#maxSpans) this.#spans.shift();
  };

  /** The finished spans, in the order in which they ended. */
  get spans(): readonly RecordedSpan[] {
    return this.#spans;
  }

  /** Returns the first span that matches, or undefined. */
  find(pattern: SpanPattern): RecordedSpan | undefined {
    return this.#spans.find((span) => matchesSpan(span, pattern));
  }

  /** Returns all spans that match. */
  filter(pattern: SpanPattern): readonly RecordedSpan[] {
    return this.#spans.filter((span) => matchesSpan(span, pattern));
  }

  /** Removes all spans. Call it before each test. */
  clear(): void {
    this.#spans.length = 0;
  }
}

/**
 * The fields that a span must match. Fields that are not set are ignored. An object must match a part of the span's
 * value; a regular expression is tested against a string; a function returns whether the value matches.
 */
export interface SpanPattern {
  readonly name?: string | RegExp;
  readonly kind?: SpanKind;
  readonly status?: 'unset' | 'ok' | 'error';
  readonly errorType?: string;
  /** Name of the parent span, or null for a root span. Only `toHaveSpan` checks it. */
  readonly parent?: string | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly input?: unknown;
  readonly output?: unknown;
}

/** Returns whether a span matches a pattern. Ignores `parent`. */
export function matchesSpan(span: RecordedSpan, pattern: SpanPattern): boolean {
  for (const key of ['name', 'kind', 'status', 'errorType', 'input', 'output'] as const) {
    if (key in pattern && !matchesValue(span[key], pattern[key])) return false;
  }
  for (const [key, expected] of Object.entries(pattern.attributes ?? {})) {
    if (!matchesValue(span.attributes[key], expected)) return false;
  }
  return true;
}

function matchesValue(value: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp) return typeof value === 'string' && expected.test(value);
  if (typeof expected === 'function') return Boolean(expected(value));
  if (typeof expected !== 'object' || expected === null) return Object.is(value, expected);
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(expected))
    return false;
  if (Array.isArray(expected) && expected.length !== (value as unknown[]).length) return false;
  return Object.entries(expected).every(([key, member]) =>
    matchesValue((value as Record<string, unknown>)[key], member),
  );
}

const STATUS = ['unset', 'ok', 'error'] as const;

function recordedSpan(span: ReadableSpan): RecordedSpan {
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

function firstOf(attributes: Attributes, keys: readonly string[]): unknown {
  const value = keys.map((key) => attributes[key]).find((found) => found !== undefined);
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
