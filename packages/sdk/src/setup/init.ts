import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type Client, currentClient, setCurrentClient } from '../context/client.ts';
import { installHttpPropagation } from '../context/http-propagation.ts';
import { type Config, readConfig } from '../core/config.ts';
import { cancelOpenResults } from '../core/open-results.ts';
import type { FinishedSpanSink, InitOptions } from '../core/options.ts';
import { swallow, warnOnce } from '../core/report.ts';
import { unref } from '../core/unref.ts';
import { Delivery } from '../delivery/delivery.ts';
import { type DeliveryStats, NOTHING_SENT } from '../delivery/delivery-counters.ts';
import { HeadSampler } from '../sampling/sampling.ts';
import { UnsampledCount } from '../sampling/unsampled-count.ts';
import { unsampledReport } from '../sampling/unsampled-report.ts';
import { ConsoleSink } from './console-sink.ts';
import { flushBeforeExit } from './flush-before-exit.ts';
import { TableIdGenerator } from './id-generator.ts';
import { addSpanProcessor, globalProvider, installContext, installProvider } from './installation.ts';
import { resourceOf } from './resource.ts';
import { RunningSpans } from './running-spans.ts';
import { ThroughlineSpanProcessor } from './span-processor.ts';

const NAME = '@throughline/sdk';
const UNSAMPLED_REPORT_MS = 60_000;

/**
 * Starts tracing. A second call replaces the setup of the first. If the application has registered an OpenTelemetry
 * provider, `init` adds a span processor to it; otherwise it registers its own. Options take precedence over
 * environment variables.
 *
 * Never throws: if the setup fails, `init` prints one warning and the application runs without tracing.
 *
 * @example
 * init({ project: 'shop', serviceName: 'assistant' });
 */
export function init(options: InitOptions = {}): void {
  try {
    const previous = currentClient();
    if (previous !== undefined) void stop(previous, previous.config.delivery.exitTimeoutMs);
    const config = readConfig(options, environment());
    if (config.enabled) start(config, options);
  } catch (error) {
    warnOnce(`tracing could not be started: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Returns a span processor for an application that builds its own OpenTelemetry provider. Use it instead of `init`;
 * wrappers and manual spans then use the global provider.
 *
 * @example
 * const otel = new NodeSDK({ spanProcessors: [createSpanProcessor({ project: 'shop' })] });
 * otel.start();
 */
export function createSpanProcessor(options: InitOptions = {}): SpanProcessor {
  const config = readConfig(options, environment());
  const parts = build(config, options);
  if (config.enabled) activate(config, parts, trace.getTracer(NAME), [], {});
  return parts.processor;
}

/**
 * Sends all queued spans and scores now. Resolves to true if the queue was emptied in time, otherwise to false; the rest
 * stays queued. Never rejects.
 *
 * @param timeoutMs Maximum time to wait, in milliseconds. Default: `delivery.exitTimeoutMs`.
 */
export async function flush(timeoutMs?: number): Promise<boolean> {
  const client = currentClient();
  if (client === undefined || client.delivery === null) return true;
  client.reportUnsampled();
  return client.delivery.flush(timeoutMs);
}

/**
 * Sends all queued spans and scores, then stops tracing: OpenTelemetry's globals are restored to their state before `init`, and
 * wrapped functions run without spans. Resolves to true if everything was sent in time. Never rejects.
 *
 * @param timeoutMs Maximum time to wait, in milliseconds. Default: `delivery.exitTimeoutMs`.
 */
export async function shutdown(timeoutMs?: number): Promise<boolean> {
  const client = currentClient();
  if (client === undefined) return true;
  return stop(client, timeoutMs ?? client.config.delivery.exitTimeoutMs);
}

/** Counters since `init`. */
export interface Stats extends DeliveryStats {
  /** Traces that this process decided not to sample, and spans that were not recorded for that reason. */
  readonly unsampled: { readonly traces: number; readonly spans: number };
}

/** Returns how many spans and scores were sent, queued and dropped since `init`; undefined if tracing is off. */
export function stats(): Stats | undefined {
  const client = currentClient();
  if (client === undefined) return undefined;
  const { traces, spans } = client.unsampled;
  return { ...(client.delivery?.stats() ?? NOTHING_SENT), unsampled: { traces, spans } };
}

/**
 * Returns a sampler that applies the `sampling` option, for an application that builds its own OpenTelemetry provider.
 * What it drops is counted in `stats().unsampled`.
 */
export function createSampler(options: InitOptions = {}): HeadSampler {
  return new HeadSampler(readConfig(options, environment()).sampling, () => currentClient()?.unsampled);
}

interface Parts {
  readonly delivery: Delivery | null;
  readonly running: RunningSpans | null;
  readonly unsampled: UnsampledCount;
  readonly processor: ThroughlineSpanProcessor;
}

function build(config: Config, options: InitOptions): Parts {
  const delivery = config.endpoint === null ? null : new Delivery(config.delivery, config.endpoint);
  const running =
    config.running === null || delivery === null
      ? null
      : new RunningSpans(config.running.afterMs, (span) => delivery.addRunning(span));
  const sinks: FinishedSpanSink[] = [];
  if (delivery !== null) sinks.push(delivery);
  if (options.exporter !== undefined) sinks.push(options.exporter);
  if (options.console) sinks.push(new ConsoleSink(options.console === true ? console.log : options.console));
  const processor = new ThroughlineSpanProcessor({
    running: running === null || config.running === null ? null : { spans: running, config: config.running },
    sinks,
    flush: async () => void (await delivery?.flush()),
    shutdown: async () => {
      const client = currentClient();
      if (client?.delivery === delivery && client !== undefined)
        await stop(client, config.delivery.exitTimeoutMs);
    },
  });
  return { delivery, running, unsampled: new UnsampledCount(), processor };
}

function start(config: Config, options: InitOptions): void {
  const parts = build(config, options);
  const installed = installContext();
  const undo: (() => void)[] = [installed.undo];
  const existing = options.tracerProvider ?? globalProvider();
  const resource = resourceOf(config);
  const tracer =
    existing === undefined
      ? ownTracer(config, parts, resource, undo)
      : sharedTracer(existing, parts.processor, undo);
  if (config.http) undo.push(installHttpPropagation(config.propagateContext, installed.attach));
  activate(config, parts, tracer, undo, existing === undefined ? resource.attributes : {});
}

function ownTracer(config: Config, parts: Parts, resource: Resource, undo: (() => void)[]): Tracer {
  const provider = new BasicTracerProvider({
    resource,
    sampler: new HeadSampler(config.sampling, () => parts.unsampled),
    idGenerator: new TableIdGenerator(),
    // No length limit here: content attributes are truncated before they are set.
    spanLimits: { attributeCountLimit: config.attributeCount },
    spanProcessors: [parts.processor],
  });
  undo.push(installProvider(provider));
  return provider.getTracer(NAME);
}

function sharedTracer(provider: TracerProvider, processor: SpanProcessor, undo: (() => void)[]): Tracer {
  const remove = addSpanProcessor(provider, processor);
  if (remove === undefined)
    warnOnce(
      'no span processor can be added to the OpenTelemetry provider of the application: ' +
        'pass createSpanProcessor() to the provider when you create it, and do not call init()',
    );
  else undo.push(remove);
  return provider.getTracer(NAME);
}

function activate(
  config: Config,
  parts: Parts,
  tracer: Tracer,
  undo: (() => void)[],
  resource: Readonly<Record<string, unknown>>,
): void {
  const { delivery, running, unsampled } = parts;
  let sinceMs = Date.now();
  const reportUnsampled = () => {
    const now = Date.now();
    const json = unsampledReport(unsampled, resource, sinceMs, now);
    sinceMs = now;
    if (json !== undefined) delivery?.sendCounters(json);
  };
  if (delivery !== null) {
    undo.push(
      every(UNSAMPLED_REPORT_MS, reportUnsampled),
      flushBeforeExit(delivery, reportUnsampled, config.delivery.exitTimeoutMs),
    );
  }
  if (running !== null) undo.push(() => running.close());
  let isInstalled = true;
  setCurrentClient({
    config,
    tracer,
    delivery,
    unsampled,
    reportUnsampled,
    uninstall: () => {
      if (!isInstalled) return;
      isInstalled = false;
      for (const step of undo.reverse()) attempt(step);
    },
    close: () => parts.processor.close(),
  });
}

async function stop(client: Client, timeoutMs: number): Promise<boolean> {
  cancelOpenResults();
  client.uninstall();
  if (currentClient() === client) setCurrentClient(undefined);
  try {
    if (client.delivery === null) return true;
    client.reportUnsampled();
    // Spans that end during the shutdown are still sent if there is time.
    return await client.delivery.shutdown(timeoutMs);
  } catch (error) {
    swallow('shutting down', error);
    return false;
  } finally {
    client.close();
  }
}

/**
 * Calls `work` at an interval and returns a function that stops it. Edge runtimes may not allow timers outside of a
 * request; there, only flushes report.
 */
function every(ms: number, work: () => void): () => void {
  try {
    const timer = setInterval(work, ms);
    unref(timer);
    return () => clearInterval(timer);
  } catch {
    return () => {};
  }
}

function attempt(step: () => void): void {
  try {
    step();
  } catch (error) {
    swallow('uninstalling', error);
  }
}

function environment(): Readonly<Record<string, string | undefined>> {
  return globalThis.process?.env ?? {};
}
