import {
  type Context,
  context,
  type Span as OtelSpan,
  type SpanOptions as OtelSpanOptions,
  trace,
} from '@opentelemetry/api';
import { type Client, currentClient } from '../context/client.ts';
import { enterScope } from '../context/with-context.ts';
import { swallow } from '../core/report.ts';
import { scopeOf } from '../core/scope.ts';
import { KIND_ATTRIBUTES } from '../core/semconv.ts';
import { InertSpan } from './inert-span.ts';
import { DEFAULT_OTEL_KINDS, OTEL_KINDS } from './otel-kind.ts';
import type { Span, SpanOptions } from './span.ts';
import type { SpanUpdate } from './span-update.ts';
import { handleOf, TracedSpan } from './traced-span.ts';

/**
 * Starts a span as a child of the active span or of `options.parent`. You must end it. The new span is not active: use
 * `span.run`, or pass it as `parent`.
 *
 * @example
 * const span = startSpan('load page', { input: url });
 * span.update({ output: await load(url) }).end();
 */
export function startSpan(name: string, options: SpanOptions = {}): Span {
  return beginSpan(name, options, options.parent?.context ?? context.active());
}

/** Options of `startTrace`. */
export interface TraceOptions extends Omit<SpanOptions, 'parent'> {}

/**
 * Starts the root span of a new trace, even if another span is active. Context values in the options, such as `userId`,
 * apply to all spans of the trace. You must end the span.
 *
 * @example
 * const root = startTrace('nightly run', { userId: 'u-17' });
 * await root.run(() => work());
 * root.end();
 */
export function startTrace(name: string, options: TraceOptions = {}): Span {
  return beginSpan(name, options, enterScope(trace.deleteSpan(context.active()), options));
}

/** Sets fields of the active span. Does nothing if no span is active. */
export function updateSpan(update: SpanUpdate): void {
  activeSpan()?.update(update);
}

/** Returns the active span, even if another OpenTelemetry instrumentation started it. Undefined if there is none. */
export function activeSpan(): Span | undefined {
  const active = context.active();
  const otel = trace.getSpan(active);
  return otel === undefined ? undefined : spanOf(otel, active);
}

/** Returns the handle of an active OpenTelemetry span. Spans of other instrumentations get a new handle. */
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

/** Starts a span with only its name and kind set. Returns undefined if OpenTelemetry throws. */
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
