import {
  type Context,
  context,
  type Span as OtelSpan,
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
} from '../content/capture.ts';
import { scopeAttributes } from '../content/scope-attributes.ts';
import type { Client } from '../context/client.ts';
import type { SpanInfo } from '../core/options.ts';
import { swallow } from '../core/report.ts';
import { mergeScopes, type Scope, type TraceContext } from '../core/scope.ts';
import { KEYS } from '../core/semconv.ts';
import { errorEvent } from './error-event.ts';
import type { StepWriter } from './kinds.ts';
import type { BeginSpan, Span, SpanOptions } from './span.ts';
import { type SpanUpdate, writeUpdate, writeUsage } from './span-update.ts';

/**
 * The handle is stored as a property of the OpenTelemetry span, so that it can be found from the active context without
 * a second context entry. It is set only when the span or its context is exposed, because an additional property makes
 * the engine change the object's hidden class.
 */
const HANDLE = Symbol.for('@throughline/sdk.span');
type WithHandle = OtelSpan & { [HANDLE]?: Span | undefined };

export function handleOf(otel: OtelSpan): Span | undefined {
  return (otel as WithHandle)[HANDLE];
}

const NO_VALUES: TraceContext = {};

/** A span that is recorded. Wraps an OpenTelemetry span. */
export class TracedSpan implements Span, InfoSource, StepWriter {
  readonly kind: SpanKind;
  readonly #otel: OtelSpan;
  readonly #client: Client;
  readonly #parent: Context;
  readonly #begin: BeginSpan;
  /** Values of the surrounding context, merged with those that were set on this span. */
  #values: TraceContext;
  /** Set for model calls only, whose time to first token needs a precise clock. Others use the start time in ms. */
  readonly #startedAtMs: number | undefined;
  #name: string;
  #context: Context | undefined;
  #info: SpanInfo | undefined;
  #isOpen: boolean;
  #hasFirstToken = false;
  #isShared = false;

  constructor(
    client: Client,
    otel: OtelSpan,
    name: string,
    kind: SpanKind,
    parent: Context,
    scope: Scope | undefined,
    begin: BeginSpan,
  ) {
    this.#client = client;
    this.#otel = otel;
    this.#name = name;
    this.kind = kind;
    this.#parent = parent;
    this.#begin = begin;
    this.#values = scope?.values ?? NO_VALUES;
    this.#isOpen = otel.isRecording();
    if (kind === 'llm') this.#startedAtMs = performance.now();
  }

  get otel(): OtelSpan {
    this.#share();
    return this.#otel;
  }
  get traceId(): string {
    return this.#otel.spanContext().traceId;
  }
  get spanId(): string {
    return this.#otel.spanContext().spanId;
  }
  get isRecording(): boolean {
    return this.#isOpen && this.#otel.isRecording();
  }
  get context(): Context {
    if (this.#context === undefined) {
      this.#share();
      this.#context = trace.setSpan(this.#parent, this.#otel);
    }
    return this.#context;
  }

  update(update: SpanUpdate): this {
    if (!this.#isOpen) return this;
    try {
      if (update.name !== undefined) {
        this.#name = update.name;
        this.#info = undefined;
        this.#otel.updateName(update.name);
      }
      const { capture } = this.#client.config;
      if (hasContext(update)) {
        this.#values = mergeScopes(this.#values, update);
        this.#info = undefined;
        this.#otel.setAttributes(scopeAttributes(this.#values, capture));
      }
      writeUpdate(this.#otel, update, capture, this);
    } catch (error) {
      swallow('updating a span', error);
    }
    return this;
  }

  set(attributes: LazyAttributes): this {
    if (!this.#isOpen) return this;
    try {
      setAttributes(this.#otel, attributes, this.#client.config.capture, this);
    } catch (error) {
      swallow('setting attributes', error);
    }
    return this;
  }

  attribute(key: string, value: string | number): void {
    if (this.#isOpen) this.#otel.setAttribute(key, value);
  }

  content<T>(key: string, direction: 'input' | 'output', source: T, make: (source: T) => unknown): void {
    if (!this.#isOpen) return;
    try {
      writeContent(this.#otel, key, direction, source, make, this.#client.config.capture, this);
    } catch (error) {
      swallow('recording content', error);
    }
  }

  setUsage(usage: Usage): this {
    if (this.#isOpen) writeUsage(this.#otel, usage);
    return this;
  }

  markFirstToken(): this {
    if (this.#hasFirstToken || !this.#isOpen) return this;
    this.#hasFirstToken = true;
    this.#otel.setAttribute(KEYS.timeToFirstChunk, this.#elapsedMs() / 1000);
    return this;
  }

  recordError(error: unknown): this {
    if (!this.#isOpen) return this;
    try {
      const { capture } = this.#client.config;
      const { type, attributes } = errorEvent(error, (text, key) => masked(text, key, capture, this.info()));
      const message = attributes['exception.message'];
      this.#otel.addEvent('exception', attributes);
      this.#otel.setAttribute(KEYS.errorType, type);
      this.#otel.setStatus({
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
    return this.#begin(name, options, this.context);
  }

  end(endTime?: TimeInput): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      // The span stays in memory until it is sent. Removing the handle releases the context that it references.
      if (this.#isShared) (this.#otel as WithHandle)[HANDLE] = undefined;
      this.#otel.end(endTime);
    } catch (error) {
      swallow('ending a span', error);
    }
  }

  /** Stores the handle on the OpenTelemetry span, so that `activeSpan` finds it. */
  #share(): void {
    if (this.#isShared || (this.#otel as Partial<ReadableSpan>).ended) return;
    this.#isShared = true;
    (this.#otel as WithHandle)[HANDLE] = this;
  }

  #elapsedMs(): number {
    if (this.#startedAtMs !== undefined) return performance.now() - this.#startedAtMs;
    const [seconds, nanos] = (this.#otel as Partial<ReadableSpan>).startTime ?? [Date.now() / 1000, 0];
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
