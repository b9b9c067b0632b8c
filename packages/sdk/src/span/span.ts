import {
  type Context,
  context,
  type Span as OtelSpan,
  type SpanOptions as OtelSpanOptions,
  type TimeInput,
  trace,
} from '@opentelemetry/api';
import type { SpanKind, Usage } from '@throughline/spans';
import type { LazyAttributes } from '../content/capture.ts';
import { type Client, currentClient } from '../core/client.ts';
import { swallow } from '../core/report.ts';
import { enterScope, scopeOf } from '../core/scope.ts';
import { KIND_ATTRIBUTES } from '../core/semconv.ts';
import { InertSpan } from './inert-span.ts';
import { DEFAULT_OTEL_KINDS, OTEL_KINDS } from './otel-kind.ts';
import type { SpanUpdate } from './span-update.ts';
import { handleOf, TracedSpan } from './traced-span.ts';

export interface SpanOptions extends SpanUpdate {
  /** @default 'span' */
  readonly kind?: SpanKind | undefined;
  /** The span above. @default the active one */
  readonly parent?: Span | undefined;
  /** OpenTelemetry's own kind: whether another process is called. @default client for `llm`, `embedding`, `reranker` */
  readonly otelKind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | undefined;
  /** Milliseconds since 1970, a Date, or OpenTelemetry's pair. @default now */
  readonly startTime?: TimeInput | undefined;
}

/**
 * One step of a request. It stays open until `end`, whichever function that is called from; everything else may be
 * called in between in any order, and nothing here throws. After `end`, and where nothing is recorded, calls do nothing.
 */
export interface Span {
  /** 32 hex digits; all zeros where tracing is off. */
  readonly traceId: string;
  /** 16 hex digits; all zeros where tracing is off. */
  readonly spanId: string;
  /** False where the trace is not sampled, tracing is off, or the span has ended: then spare yourself the work. */
  readonly isRecording: boolean;
  readonly kind: SpanKind;
  /** The OpenTelemetry span underneath, for what this interface lacks. */
  readonly otel: OtelSpan;
  /** The OpenTelemetry context in which this span is the active one. */
  readonly context: Context;
  update(update: SpanUpdate): this;
  /** Attributes by key; content as thunks: `{ 'input.value': { input: () => prompt } }`. */
  set(attributes: LazyAttributes): this;
  setUsage(usage: Usage): this;
  /** Notes the time since the start as time to first token; only the first call counts. */
  markFirstToken(): this;
  /** Marks the span as failed, with the error's type, message and stack. */
  recordError(error: unknown): this;
  /** Marks the span as one that its caller did not wait for. Not an error. */
  recordCancelled(): this;
  /** Whether content of this direction would be recorded: to spare collecting it. */
  captures(direction: 'input' | 'output'): boolean;
  /** Runs a function with this span as the active one. Does not end it. */
  run<T>(fn: () => T): T;
  /** A span below this one. */
  startSpan(name: string, options?: Omit<SpanOptions, 'parent'>): Span;
  end(endTime?: TimeInput): void;
}

/** How a span starts another one below itself. */
export type BeginSpan = (name: string, options: SpanOptions, parent: Context) => Span;

/**
 * Starts a span below the active one (or `options.parent`). It is not made active: use `run`, or pass it as a parent.
 * The caller ends it.
 */
export function startSpan(name: string, options: SpanOptions = {}): Span {
  return beginSpan(name, options, options.parent?.context ?? context.active());
}

export interface TraceOptions extends Omit<SpanOptions, 'parent'> {}

/** Starts a span that is the first of a new trace, whatever is active. Context values given here reach all spans below. */
export function startTrace(name: string, options: TraceOptions = {}): Span {
  return beginSpan(name, options, enterScope(trace.deleteSpan(context.active()), options));
}

/** Adds to the active span; does nothing where there is none. */
export function updateSpan(update: SpanUpdate): void {
  activeSpan()?.update(update);
}

/** The active span: one of this SDK's or any OpenTelemetry span. */
export function activeSpan(): Span | undefined {
  const active = context.active();
  const otel = trace.getSpan(active);
  return otel === undefined ? undefined : spanOf(otel, active);
}

/** The handle of a span that is active in `parent`. Spans of other instrumentations get one when first asked for. */
function spanOf(otel: OtelSpan, parent: Context): Span | undefined {
  const own = handleOf(otel);
  if (own !== undefined) return own;
  const client = currentClient();
  return client && new TracedSpan(client, otel, '', 'span', parent, scopeOf(parent), beginSpan);
}

function beginSpan(name: string, options: SpanOptions, parent: Context): Span {
  const client = currentClient();
  if (client === undefined) return new InertSpan(parent, beginSpan);
  const span = openSpan(client, name, options, parent);
  if (span === undefined) return new InertSpan(parent, beginSpan);
  return span.update(options);
}

/** A span of which nothing is said yet but its name and kind; undefined where OpenTelemetry failed. */
export function openSpan(
  client: Client,
  name: string,
  { kind = 'span', otelKind, startTime }: SpanOptions,
  parent: Context,
): TracedSpan | undefined {
  try {
    const options: OtelSpanOptions = {
      kind: otelKind !== undefined ? OTEL_KINDS[otelKind] : DEFAULT_OTEL_KINDS[kind],
      attributes: KIND_ATTRIBUTES[kind],
    };
    if (startTime !== undefined) options.startTime = startTime;
    const otel = client.tracer.startSpan(name, options, parent);
    return new TracedSpan(client, otel, name, kind, parent, scopeOf(parent), beginSpan);
  } catch (error) {
    swallow('starting a span', error);
    return undefined;
  }
}
