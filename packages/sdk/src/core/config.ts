import type { SpanKind } from '@throughline/spans';
import type { InitOptions, Mask, Redact, SamplingOptions } from './options.ts';
import type { TextLimits } from './text-limits.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface DeliveryConfig {
  readonly maxQueueSpans: number;
  readonly maxQueueBytes: number;
  readonly maxBatchSpans: number;
  readonly delayMs: number;
  readonly requestTimeoutMs: number;
  readonly exitTimeoutMs: number;
  readonly gzip: boolean;
}

export interface CaptureConfig {
  readonly input: boolean;
  readonly output: boolean;
  /** Kinds and features whose content is not captured. Null if there are none, so the common case is one check. */
  readonly off: { readonly kinds: ReadonlySet<string>; readonly features: ReadonlySet<string> } | null;
  readonly mask: Mask | undefined;
  readonly redact: Redact | undefined;
  /** Limits for one content attribute. */
  readonly limits: TextLimits;
}

export interface RunningConfig {
  readonly afterMs: number;
  readonly kinds: readonly SpanKind[];
  readonly roots: boolean;
}

/** The settings from options and environment variables, with all defaults applied. */
export interface Config {
  readonly enabled: boolean;
  /** Null if nothing is sent to a server. */
  readonly endpoint: Endpoint | null;
  readonly project: string | undefined;
  readonly serviceName: string | undefined;
  readonly environment: string | undefined;
  readonly release: string | undefined;
  readonly sampling: SamplingOptions;
  readonly capture: CaptureConfig;
  readonly attributeCount: number;
  readonly delivery: DeliveryConfig;
  readonly running: RunningConfig | null;
  readonly http: boolean;
  readonly propagateContext: boolean;
}

export interface Endpoint {
  readonly tracesUrl: string;
  readonly metricsUrl: string;
  readonly scoresUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4318';

export function readConfig(options: InitOptions, env: Environment): Config {
  const delivery = options.delivery ?? {};
  return {
    enabled:
      (options.enabled ?? true) && !isTrue(env.OTEL_SDK_DISABLED) && env.THROUGHLINE_ENABLED !== 'false',
    endpoint: readEndpoint(options, env),
    project: options.project ?? filled(env.THROUGHLINE_PROJECT),
    serviceName: options.serviceName ?? filled(env.OTEL_SERVICE_NAME),
    environment: options.environment ?? filled(env.THROUGHLINE_ENVIRONMENT),
    release: options.release ?? filled(env.THROUGHLINE_RELEASE),
    sampling: options.sampling ?? samplingFromEnvironment(env),
    capture: readCapture(options, env),
    attributeCount: options.limits?.attributeCount ?? 1024,
    delivery: {
      maxQueueSpans: atLeast(1, delivery.maxQueueSpans, 200_000),
      maxQueueBytes: atLeast(1, delivery.maxQueueBytes, 64 * 1024 * 1024),
      maxBatchSpans: atLeast(1, delivery.maxBatchSpans, 512),
      delayMs: atLeast(0, delivery.delayMs, 500),
      requestTimeoutMs: atLeast(1, delivery.requestTimeoutMs, 10_000),
      exitTimeoutMs: atLeast(0, delivery.exitTimeoutMs, 2_000),
      gzip: delivery.gzip ?? true,
    },
    running: readRunning(options, env),
    http: options.http ?? true,
    propagateContext: options.propagateContext ?? false,
  };
}

function readEndpoint(options: InitOptions, env: Environment): Endpoint | null {
  if (options.endpoint === false) return null;
  const own = options.endpoint ?? filled(env.THROUGHLINE_URL);
  const standard = filled(env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const traces = own === undefined ? filled(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) : undefined;
  const hasOtherDestination = Boolean(options.console || options.exporter);
  if (own === undefined && standard === undefined && traces === undefined && hasOtherDestination) return null;
  const base = (own ?? standard ?? DEFAULT_ENDPOINT).replace(/\/+$/, '');
  const apiKey = filled(env.THROUGHLINE_API_KEY);
  const project = options.project ?? filled(env.THROUGHLINE_PROJECT);
  return {
    tracesUrl: traces ?? `${base}/v1/traces`,
    metricsUrl: `${base}/v1/metrics`,
    scoresUrl: `${base}/api/v1/scores`,
    headers: {
      ...parseHeaders(env.OTEL_EXPORTER_OTLP_HEADERS),
      ...parseHeaders(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      // HTTP headers cannot hold every project name. The resource attributes always contain it.
      ...(project !== undefined && /^[\x20-\x7e]+$/.test(project)
        ? { 'x-throughline-project': project }
        : {}),
      ...lowerCased(options.headers ?? {}),
    },
  };
}

function readRunning(options: InitOptions, env: Environment): RunningConfig | null {
  const own = options.endpoint || filled(env.THROUGHLINE_URL);
  const foreign =
    !own && (filled(env.OTEL_EXPORTER_OTLP_ENDPOINT) || filled(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT));
  if (options.running === false || (options.running === undefined && foreign)) return null;
  return {
    afterMs: atLeast(0, options.running?.afterMs, 1_000),
    kinds: options.running?.kinds ?? ['agent', 'chain'],
    roots: options.running?.roots ?? true,
  };
}

function readCapture(options: InitOptions, env: Environment): CaptureConfig {
  const capture = options.capture ?? {};
  const content =
    capture.content ??
    (env.THROUGHLINE_CAPTURE_CONTENT !== 'false' &&
      env.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT?.toLowerCase() !== 'false');
  const kinds = namesOf(capture.kinds, false);
  const features = namesOf(capture.features, false);
  return {
    input: content && (capture.input ?? true),
    output: content && (capture.output ?? true),
    off: kinds.size + features.size === 0 ? null : { kinds, features },
    mask: options.mask,
    redact: options.redact,
    limits: {
      media: capture.media ?? 'keep',
      maxCharacters: atLeast(100, options.limits?.attributeCharacters, 1_000_000),
    },
  };
}

/** Supports the values of `OTEL_TRACES_SAMPLER` that this SDK's sampler can express; ignores the others. */
function samplingFromEnvironment(env: Environment): SamplingOptions {
  const name = env.OTEL_TRACES_SAMPLER ?? '';
  if (name.endsWith('always_off')) return { rate: 0 };
  if (!name.endsWith('traceidratio')) return {};
  const rate = Number(env.OTEL_TRACES_SAMPLER_ARG ?? 1);
  return Number.isFinite(rate) ? { rate } : {};
}

/** Parses OpenTelemetry's header format: `a=1,b=2` with percent-encoded values. */
function parseHeaders(text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const entry of (text ?? '').split(',')) {
    const at = entry.indexOf('=');
    if (at <= 0) continue;
    const name = entry.slice(0, at).trim().toLowerCase();
    if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) headers[name] = decoded(entry.slice(at + 1).trim());
  }
  return headers;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function namesOf(
  table: Readonly<Record<string, boolean | undefined>> | undefined,
  value: boolean,
): Set<string> {
  return new Set(Object.keys(table ?? {}).filter((name) => table?.[name] === value));
}

function filled(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}

function atLeast(least: number, value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : Math.max(least, value);
}
