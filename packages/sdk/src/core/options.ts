import type { TracerProvider } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SpanKind } from '@throughline/spans';

/** Describes a span to a sampling rule or a mask. */
export interface SpanInfo {
  readonly name: string;
  readonly kind: SpanKind;
  readonly feature?: string | undefined;
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
}

/**
 * Replaces texts before they leave the process. It is called for each string inside messages, arguments, documents,
 * metadata, error messages, tags, user ids and session ids, and for integers of seven or more digits (as a string). The
 * returned text is sent instead. If the mask throws, `[mask failed]` is sent.
 *
 * @param value The text.
 * @param key The attribute that contains the text, e.g. `gen_ai.input.messages` or `user.id`.
 * @param span The span that the text belongs to. Undefined for values that `withContext` sets.
 */
export type Mask = (value: string, key: string, span: SpanInfo | undefined) => string;

/**
 * Redacts values before they leave the process and before `mask` runs. It is called once for each content value, as
 * plain JSON, and for each short text that is not content, such as a user id. If it throws, `[redaction failed]` is
 * sent instead of the value.
 *
 * @example
 * import { compileRedactor, DEFAULT_RULES } from '@throughline/privacy';
 * init({ redact: compileRedactor(DEFAULT_RULES) });
 */
export type Redact = (
  value: unknown,
  context: { readonly kind?: string; readonly key?: string },
) => { readonly value: unknown };

/** Selects the traces that are kept. */
export interface SamplingOptions {
  /** Share of traces to keep, from 0 to 1. Default: 1. */
  readonly rate?: number;
  /** Share of traces to keep by feature, from 0 to 1. Takes precedence over `rate`. */
  readonly features?: Readonly<Record<string, number>>;
  /** Share of traces to keep by user id, from 0 to 1. Takes precedence over `features`. */
  readonly users?: Readonly<Record<string, number>>;
  /**
   * Called once per trace, before all other settings. Return a share from 0 to 1, or true to keep and false to drop the
   * trace. If it returns undefined or throws, the other settings decide.
   */
  readonly rule?: (span: SpanInfo) => number | boolean | undefined;
}

/** Selects the content that is recorded. */
export interface CaptureOptions {
  /**
   * Record content: prompts, answers, arguments and documents. Default: the environment variables
   * THROUGHLINE_CAPTURE_CONTENT and OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT, otherwise true.
   */
  readonly content?: boolean;
  /** Record inputs: prompts, arguments, queries. Default: true. */
  readonly input?: boolean;
  /** Record outputs: answers, results, documents. Default: true. */
  readonly output?: boolean;
  /** Turns content off for kinds of spans, e.g. `{ tool: false }`. Default: on for all kinds. */
  readonly kinds?: Readonly<Partial<Record<SpanKind, boolean>>>;
  /** Turns content off for features, e.g. `{ payroll: false }`. Default: on for all features. */
  readonly features?: Readonly<Record<string, boolean>>;
  /** Keep images, audio and files inside messages, or replace them with a note of their size. Default: 'keep'. */
  readonly media?: 'keep' | 'drop';
}

/** Limits the size of recorded content. */
export interface LimitOptions {
  /**
   * Maximum number of characters of one content attribute. Above it, the texts inside are truncated; JSON stays valid.
   * At least 100. Default: 1,000,000.
   */
  readonly attributeCharacters?: number;
  /** Maximum number of attributes of one span. Default: 1024. */
  readonly attributeCount?: number;
}

/** Settings for queueing and sending spans. */
export interface DeliveryOptions {
  /** Maximum number of queued spans. Above it, the oldest batch is dropped and counted. Default: 200,000. */
  readonly maxQueueSpans?: number;
  /** Maximum memory for queued spans, in bytes. Default: 64 MiB. */
  readonly maxQueueBytes?: number;
  /** Maximum number of spans per request. Default: 512. */
  readonly maxBatchSpans?: number;
  /** Maximum time to collect spans before a batch is sent, in milliseconds. Default: 500. */
  readonly delayMs?: number;
  /** Timeout of one request to the server, in milliseconds. Default: 10,000. */
  readonly requestTimeoutMs?: number;
  /**
   * Maximum time that `flush()`, `shutdown()` and the end of the process wait for queued spans, in milliseconds. At 0,
   * the process exits without waiting. Default: 2,000.
   */
  readonly exitTimeoutMs?: number;
  /** Compress requests with gzip. Default: true. */
  readonly gzip?: boolean;
}

/** Settings for spans that are shown while they run. */
export interface RunningOptions {
  /** Show a span as running if it is still open after this time, in milliseconds. Default: 1,000. */
  readonly afterMs?: number;
  /** Kinds of spans to show while they run. Default: `['agent', 'chain']`. */
  readonly kinds?: readonly SpanKind[];
  /** Also show the first span of each trace in this process, whatever its kind. Default: true. */
  readonly roots?: boolean;
}

/** Receives all finished spans, e.g. `InMemoryExporter`. It must not throw. */
export interface FinishedSpanSink {
  /** Called when a span starts. Optional. */
  readonly start?: (span: ReadableSpan) => void;
  /** Called when a span ends. Errors that it throws are logged to OpenTelemetry's diagnostics and otherwise ignored. */
  readonly add: (span: ReadableSpan) => void;
}

/** Options of `init`. All are optional. */
export interface InitOptions {
  /**
   * Base URL of the server, without `/v1/traces`. `false` turns sending off. Default: THROUGHLINE_URL, then
   * OTEL_EXPORTER_OTLP_ENDPOINT, then `http://127.0.0.1:4318`. If `console` or `exporter` is set and no URL is
   * configured, nothing is sent.
   */
  readonly endpoint?: string | false;
  /** Project of the traces. Default: THROUGHLINE_PROJECT, otherwise the default project of the server. */
  readonly project?: string;
  /**
   * Headers of each request, added to those of OTEL_EXPORTER_OTLP_HEADERS. THROUGHLINE_API_KEY is sent as a bearer
   * token.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the service. Default: OTEL_SERVICE_NAME, otherwise the name of the program. */
  readonly serviceName?: string;
  /** Deployment environment, e.g. `production` or `staging`. Default: THROUGHLINE_ENVIRONMENT. */
  readonly environment?: string;
  /** Version of the application. Default: THROUGHLINE_RELEASE. */
  readonly release?: string;
  /** Print each finished trace as a tree. Pass a function to receive the text instead. Default: false. */
  readonly console?: boolean | ((text: string) => void);
  /** Receives all finished spans, e.g. an `InMemoryExporter` in tests. */
  readonly exporter?: FinishedSpanSink;
  /**
   * `false` turns tracing off: nothing is installed, and wrapped functions run without spans. Default: true, unless
   * THROUGHLINE_ENABLED is `false` or OTEL_SDK_DISABLED is `true`.
   */
  readonly enabled?: boolean;
  /** Which traces to keep. Default: all. */
  readonly sampling?: SamplingOptions;
  /** Replaces texts before they are sent; see `Mask`. */
  readonly mask?: Mask;
  /** Redacts values before they are sent; see `Redact`. */
  readonly redact?: Redact;
  /** Which content to record. Default: all. */
  readonly capture?: CaptureOptions;
  /** Maximum sizes of one span. */
  readonly limits?: LimitOptions;
  /** Queue, batches and timeouts. */
  readonly delivery?: DeliveryOptions;
  /**
   * Shows spans while they run: they are sent as OTLP spans with end time 0 and again when they end. `false` turns this
   * off. Default: on, unless the endpoint comes from OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
   * because other backends do not expect such spans.
   */
  readonly running?: RunningOptions | false;
  /**
   * Propagates the trace context over HTTP: outgoing requests get the headers `traceparent`, `tracestate` and `baggage`,
   * and incoming requests continue the trace of their headers. This creates no spans. Default: true.
   */
  readonly http?: boolean;
  /**
   * Also send user, session, feature, tags and metadata as `baggage` with outgoing HTTP requests, to any host, and read
   * them from incoming ones. Default: false.
   */
  readonly propagateContext?: boolean;
  /**
   * The application's OpenTelemetry provider, if it is not the global one. `init` then only adds a span processor to
   * it, and the provider's own sampler decides (see `createSampler`).
   */
  readonly tracerProvider?: TracerProvider;
}
