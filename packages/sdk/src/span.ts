import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  type Span as OtelSpan,
  SpanKind as OtelSpanKind,
  type SpanOptions as OtelSpanOptions,
  SpanStatusCode,
  type TimeInput,
  trace,
} from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SpanKind, Usage } from '@throughline/spans';
import {
  capturesContent,
  type InfoSource,
  type LazyAttributes,
  masked,
  setAttributes,
  writeContent,
} from './capture.ts';
import { type Client, currentClient } from './client.ts';
import { errorEvent } from './error-event.ts';
import type { StepWriter } from './kinds.ts';
import type { SpanInfo } from './options.ts';
import { swallow } from './report.ts';
import { enterScope, mergeScopes, type Scope, scopeAttributes, scopeOf, type TraceContext } from './scope.ts';
import { KEYS, KIND_ATTRIBUTES } from './semconv.ts';
import { type SpanUpdate, writeUpdate, writeUsage } from './span-update.ts';

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

const { CLIENT, INTERNAL } = OtelSpanKind;
const DEFAULT_OTEL_KINDS: Readonly<Record<SpanKind, OtelSpanKind>> = {
  llm: CLIENT,
  embedding: CLIENT,
  retriever: INTERNAL,
  reranker: CLIENT,
  tool: INTERNAL,
  agent: INTERNAL,
  chain: INTERNAL,
  guardrail: INTERNAL,
  evaluator: INTERNAL,
  prompt: INTERNAL,
  memory: INTERNAL,
  span: INTERNAL,
};
const OTEL_KINDS = {
  internal: OtelSpanKind.INTERNAL,
  server: OtelSpanKind.SERVER,
  client: OtelSpanKind.CLIENT,
  producer: OtelSpanKind.PRODUCER,
  consumer: OtelSpanKind.CONSUMER,
} as const;

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
  const own = (otel as WithHandle)[HANDLE];
  if (own !== undefined) return own;
  const client = currentClient();
  return client && new TracedSpan(client, otel, '', 'span', parent, scopeOf(parent));
}

/** The handle hangs on the span itself: found again from the active context without another context entry. */
const HANDLE = Symbol.for('@throughline/sdk.span');
type WithHandle = OtelSpan & { [HANDLE]?: Span | undefined };

export function beginSpan(name: string, options: SpanOptions, parent: Context): Span {
  const client = currentClient();
  if (client === undefined) return new InertSpan(parent);
  const span = openSpan(client, name, options, parent);
  if (span === undefined) return new InertSpan(parent);
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
    const span = new TracedSpan(client, otel, name, kind, parent, scopeOf(parent));
    (otel as WithHandle)[HANDLE] = span;
    return span;
  } catch (error) {
    swallow('starting a span', error);
    return undefined;
  }
}

export class TracedSpan implements Span, InfoSource, StepWriter {
  readonly otel: OtelSpan;
  readonly kind: SpanKind;
  readonly #client: Client;
  readonly #parent: Context;
  /** Of the context around, and what was said about this span alone. */
  #values: TraceContext;
  /** Only model calls have a first token that is worth its microseconds; for others the clock's milliseconds do. */
  readonly #startedAtMs: number | undefined;
  #name: string;
  #context: Context | undefined;
  #info: SpanInfo | undefined;
  #isOpen: boolean;
  #hasFirstToken = false;

  constructor(
    client: Client,
    otel: OtelSpan,
    name: string,
    kind: SpanKind,
    parent: Context,
    scope: Scope | undefined,
  ) {
    this.#client = client;
    this.otel = otel;
    this.#name = name;
    this.kind = kind;
    this.#parent = parent;
    this.#values = scope?.values ?? {};
    this.#isOpen = otel.isRecording();
    if (kind === 'llm') this.#startedAtMs = performance.now();
  }

  get traceId(): string {
    return this.otel.spanContext().traceId;
  }
  get spanId(): string {
    return this.otel.spanContext().spanId;
  }
  get isRecording(): boolean {
    return this.#isOpen && this.otel.isRecording();
  }
  get context(): Context {
    this.#context ??= trace.setSpan(this.#parent, this.otel);
    return this.#context;
  }

  update(update: SpanUpdate): this {
    if (!this.#isOpen) return this;
    try {
      if (update.name !== undefined) {
        this.#name = update.name;
        this.#info = undefined;
        this.otel.updateName(update.name);
      }
      const { capture } = this.#client.config;
      if (hasContext(update)) {
        this.#values = mergeScopes(this.#values, update);
        this.#info = undefined;
        this.otel.setAttributes(scopeAttributes(this.#values, capture));
      }
      writeUpdate(this.otel, update, capture, this);
    } catch (error) {
      swallow('updating a span', error);
    }
    return this;
  }

  set(attributes: LazyAttributes): this {
    if (!this.#isOpen) return this;
    try {
      setAttributes(this.otel, attributes, this.#client.config.capture, this);
    } catch (error) {
      swallow('setting attributes', error);
    }
    return this;
  }

  attribute(key: string, value: string | number): void {
    if (this.#isOpen) this.otel.setAttribute(key, value);
  }

  content<T>(key: string, direction: 'input' | 'output', source: T, make: (source: T) => unknown): void {
    if (!this.#isOpen) return;
    try {
      writeContent(this.otel, key, direction, source, make, this.#client.config.capture, this);
    } catch (error) {
      swallow('recording content', error);
    }
  }

  setUsage(usage: Usage): this {
    if (this.#isOpen) writeUsage(this.otel, usage);
    return this;
  }

  markFirstToken(): this {
    if (this.#hasFirstToken || !this.#isOpen) return this;
    this.#hasFirstToken = true;
    this.otel.setAttribute(KEYS.timeToFirstChunk, this.#elapsedMs() / 1000);
    return this;
  }

  recordError(error: unknown): this {
    if (!this.#isOpen) return this;
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
    } catch (failure) {
      swallow('recording an error', failure);
    }
    return this;
  }

  recordCancelled(): this {
    return this.set({ [KEYS.cancelled]: true });
  }

  captures(direction: 'input' | 'output'): boolean {
    return this.#isOpen && capturesContent(direction, this.#client.config.capture, this);
  }

  run<T>(fn: () => T): T {
    return context.with(this.context, fn);
  }

  startSpan(name: string, options: Omit<SpanOptions, 'parent'> = {}): Span {
    return beginSpan(name, options, this.context);
  }

  end(endTime?: TimeInput): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      // The span waits to be sent; what this handle holds on to need not.
      (this.otel as WithHandle)[HANDLE] = undefined;
      this.otel.end(endTime);
    } catch (error) {
      swallow('ending a span', error);
    }
  }

  #elapsedMs(): number {
    if (this.#startedAtMs !== undefined) return performance.now() - this.#startedAtMs;
    const [seconds, nanos] = (this.otel as Partial<ReadableSpan>).startTime ?? [Date.now() / 1000, 0];
    return Math.max(0, Date.now() - seconds * 1000 - nanos / 1e6);
  }

  info(): SpanInfo {
    this.#info ??= {
      name: this.#name,
      kind: this.kind,
      feature: this.#values.feature,
      userId: this.#values.userId,
      sessionId: this.#values.sessionId,
    };
    return this.#info;
  }
}

function hasContext(update: TraceContext): boolean {
  return (
    update.userId !== undefined ||
    update.sessionId !== undefined ||
    update.feature !== undefined ||
    update.environment !== undefined ||
    update.tags !== undefined ||
    update.metadata !== undefined
  );
}

/** What `startSpan` gives before `init`, after `shutdown` and where the SDK is disabled. */
class InertSpan implements Span {
  readonly traceId = INVALID_SPAN_CONTEXT.traceId;
  readonly spanId = INVALID_SPAN_CONTEXT.spanId;
  readonly isRecording = false;
  readonly kind = 'span';
  readonly context: Context;

  constructor(parent: Context) {
    this.context = parent;
  }
  get otel(): OtelSpan {
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  }
  update(): this {
    return this;
  }
  set(): this {
    return this;
  }
  setUsage(): this {
    return this;
  }
  markFirstToken(): this {
    return this;
  }
  recordError(): this {
    return this;
  }
  recordCancelled(): this {
    return this;
  }
  captures(): boolean {
    return false;
  }
  run<T>(fn: () => T): T {
    return fn();
  }
  startSpan(name: string, options: Omit<SpanOptions, 'parent'> = {}): Span {
    return beginSpan(name, options, this.context);
  }
  end(): void {}
}
