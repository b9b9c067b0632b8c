import type { TracerProvider } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SpanKind } from '@throughline/spans';

/** What a rule, a mask or a person may want to know about the span that is being decided about. */
export interface SpanInfo {
  readonly name: string;
  readonly kind: SpanKind;
  readonly feature?: string | undefined;
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
}

/**
 * Called for each text before it leaves the process: the strings inside messages, arguments, documents, metadata,
 * error messages, tags, user and session ids, and whole numbers of seven digits and more (given as text).
 * What it returns is sent instead. If it throws, `[mask failed]` is sent.
 *
 * @param key The attribute that holds the text, e.g. `gen_ai.input.messages`, `user.id`.
 * @param span Absent for what is set by `withContext`.
 */
export type Mask = (value: string, key: string, span: SpanInfo | undefined) => string;

/**
 * Called for each content value as plain JSON, and for each short text that is not content, before `mask`. The
 * redactors of `@throughline/privacy` fit: `init({ redact: compileRedactor(DEFAULT_RULES) })`.
 * If it throws, `[redaction failed]` is sent instead of the value.
 */
export type Redact = (
  value: unknown,
  context: { readonly kind?: string; readonly key?: string },
) => { readonly value: unknown };

export interface SamplingOptions {
  /** Share of traces to keep, 0 to 1. @default 1 */
  readonly rate?: number;
  /** Share by feature; goes before `rate`. */
  readonly features?: Readonly<Record<string, number>>;
  /** Share by user id; goes before `features`. */
  readonly users?: Readonly<Record<string, number>>;
  /** Asked first, once per trace. A number is a share, a boolean keeps or drops, undefined asks the next. */
  readonly rule?: (span: SpanInfo) => number | boolean | undefined;
}

export interface CaptureOptions {
  /** Whether any content (prompts, answers, arguments, documents) is recorded. @default true */
  readonly content?: boolean;
  /** What went in. @default true */
  readonly input?: boolean;
  /** What came out. @default true */
  readonly output?: boolean;
  /** By kind of span, e.g. `{ tool: false }`. @default all true */
  readonly kinds?: Readonly<Partial<Record<SpanKind, boolean>>>;
  /** By feature, e.g. `{ payroll: false }`. @default all true */
  readonly features?: Readonly<Record<string, boolean>>;
  /** Images, audio and files inside messages: sent along, or replaced by a note of their size. @default 'keep' */
  readonly media?: 'keep' | 'drop';
}

export interface LimitOptions {
  /** Characters of one content attribute; longer texts inside it are shortened, JSON stays valid. @default 1_000_000 */
  readonly attributeCharacters?: number;
  /** Attributes of one span. @default 1024 */
  readonly attributeCount?: number;
}

export interface DeliveryOptions {
  /** Spans that wait to be sent, at most; beyond it the oldest batch is dropped and counted. @default 200_000 */
  readonly maxQueueSpans?: number;
  /** Memory for spans that wait, at most, in bytes. @default 64 MiB */
  readonly maxQueueBytes?: number;
  /** Spans of one request, at most. @default 512 */
  readonly maxBatchSpans?: number;
  /** How long a span waits for company, in milliseconds. @default 500 */
  readonly delayMs?: number;
  /** How long the server may take to answer, in milliseconds. @default 10_000 */
  readonly requestTimeoutMs?: number;
  /** How long the end of the process, `flush()` and `shutdown()` may take, in milliseconds; 0 for not at all. @default 2_000 */
  readonly exitTimeoutMs?: number;
  /** @default true */
  readonly gzip?: boolean;
}

export interface RunningOptions {
  /** A span still open after this time is shown as running, in milliseconds. @default 1_000 */
  readonly afterMs?: number;
  /** Kinds that are shown. @default ['agent', 'chain'] */
  readonly kinds?: readonly SpanKind[];
  /** Whether the first span of a trace in this process is shown too. @default true */
  readonly roots?: boolean;
}

/** Something that also wants every finished span, e.g. `InMemoryExporter`. Must not throw; what it throws is lost. */
export interface FinishedSpanSink {
  /** Called when a span starts, where it is there. */
  readonly start?: (span: ReadableSpan) => void;
  readonly add: (span: ReadableSpan) => void;
}

export interface InitOptions {
  /**
   * Base URL of the server; `/v1/traces` is added. `false` sends nothing.
   * @default THROUGHLINE_URL, else OTEL_EXPORTER_OTLP_ENDPOINT, else `http://127.0.0.1:4318`;
   * nothing is sent where `console` or `exporter` is given and no URL is
   */
  readonly endpoint?: string | false;
  /** Project that the traces belong to. @default THROUGHLINE_PROJECT, else the server's choice */
  readonly project?: string;
  /** Sent with each request. @default OTEL_EXPORTER_OTLP_HEADERS; THROUGHLINE_API_KEY becomes a bearer token */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default OTEL_SERVICE_NAME, else the name of the program */
  readonly serviceName?: string;
  /** `production`, `staging` … @default THROUGHLINE_ENVIRONMENT */
  readonly environment?: string;
  /** Version of the application. @default THROUGHLINE_RELEASE */
  readonly release?: string;
  /** Prints each finished trace as a tree; a function receives the text. @default false */
  readonly console?: boolean | ((text: string) => void);
  /** Receives every finished span. */
  readonly exporter?: FinishedSpanSink;
  /** `false` turns everything off: nothing is installed, wrappers call straight through. @default true */
  readonly enabled?: boolean;
  readonly sampling?: SamplingOptions;
  readonly mask?: Mask;
  readonly redact?: Redact;
  readonly capture?: CaptureOptions;
  readonly limits?: LimitOptions;
  readonly delivery?: DeliveryOptions;
  /**
   * Running spans are sent as OTLP spans with end time 0 and again when they end.
   * @default on, off where the endpoint comes from OTEL_EXPORTER_OTLP_ENDPOINT: other backends do not expect it
   */
  readonly running?: RunningOptions | false;
  /**
   * Passes trace context on over HTTP in Node: outgoing requests get `traceparent`, `tracestate` and `baggage`,
   * incoming ones continue the trace they name. No spans are made for them. @default true
   */
  readonly http?: boolean;
  /** Sends user, session, feature, tags and metadata as baggage with outgoing HTTP requests, to any host. @default false */
  readonly propagateContext?: boolean;
  /**
   * The application's own provider, where it is not the global one. Then only a span processor is added to it and
   * sampling is the provider's (see `createSampler`).
   */
  readonly tracerProvider?: TracerProvider;
}
