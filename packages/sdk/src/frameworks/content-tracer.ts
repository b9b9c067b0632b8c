import {
  type Attributes,
  type AttributeValue,
  type Context,
  context,
  type Exception,
  type Span as OtelSpan,
  type SpanOptions as OtelSpanOptions,
  type SpanStatus,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { classifyAttribute, type SpanKind } from '@throughline/spans';
import { capturesContent, contentText, type InfoSource, masked } from '../content/capture.ts';
import { type Client, currentClient } from '../context/client.ts';
import { kindOf } from '../core/kind-of.ts';
import type { SpanInfo } from '../core/options.ts';
import { swallow } from '../core/report.ts';
import { scopeOf } from '../core/scope.ts';
import { KEYS } from '../core/semconv.ts';
import { errorEvent } from '../span/error-event.ts';
import { endWithParent } from './open-children.ts';

/**
 * Returns a tracer for libraries that create OpenTelemetry spans themselves and accept a tracer as an option. The capture
 * options, mask and size limits apply to their spans as to all others. Before `init`, it uses OpenTelemetry's global
 * tracer.
 *
 * @param name Name of the tracer. Default: '@throughline/sdk'.
 * @example
 * registerTelemetry(new OpenTelemetry({ tracer: contentTracer() }));
 */
export function contentTracer(name = '@throughline/sdk'): Tracer {
  const startSpan: Tracer['startSpan'] = (spanName, options, parent) => {
    const client = currentClient();
    return client === undefined
      ? trace.getTracer(name).startSpan(spanName, options, parent)
      : guardedSpan(client, spanName, options, parent ?? context.active());
  };
  return {
    startSpan,
    startActiveSpan: <F extends (span: OtelSpan) => ReturnType<F>>(
      spanName: string,
      ...rest: [F] | [OtelSpanOptions, F] | [OtelSpanOptions, Context, F]
    ): ReturnType<F> => {
      const fn = rest.at(-1) as F;
      const options = rest.length > 1 ? (rest[0] as OtelSpanOptions) : undefined;
      const parent = rest.length > 2 ? (rest[1] as Context) : context.active();
      const span = startSpan(spanName, options, parent);
      return context.with(trace.setSpan(parent, span), fn, undefined, span);
    },
  };
}

function guardedSpan(
  client: Client,
  name: string,
  options: OtelSpanOptions | undefined,
  parent: Context,
): OtelSpan {
  const given = options?.attributes ?? {};
  // The sampler needs the plain attributes. Content attributes can be checked only after the span has been created.
  const plain: Attributes = {};
  const guarded: [string, AttributeValue][] = [];
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || isSecret(key)) continue;
    if (needsGuard(key, value, client)) guarded.push([key, value]);
    else plain[key] = value;
  }
  const span = client.tracer.startSpan(name, { ...options, attributes: plain }, parent);
  if (!span.isRecording()) return span;
  const guard = new SpanGuard(client, span, name, given, parent);
  for (const [key, value] of guarded) guard.set(key, value);
  guard.install();
  // Version 6 of the AI SDK never ends the span of a model call if its stream is aborted.
  if (kindOfOperation(given['ai.operationId']) !== undefined) endWithParent(span, trace.getSpan(parent));
  return span;
}

const VECTORS = new Set(['ai.embedding', 'ai.embeddings']);

/** Request headers may contain API keys. */
function isSecret(key: string): boolean {
  return key.startsWith('ai.request.headers.');
}

function needsGuard(key: string, value: AttributeValue, client: Client): boolean {
  return (
    VECTORS.has(key) ||
    classifyAttribute(key) !== 'other' ||
    (client.config.capture.mask !== undefined && hasText(value))
  );
}

function hasText(value: AttributeValue): boolean {
  return (
    typeof value === 'string' || (Array.isArray(value) && value.some((item) => typeof item === 'string'))
  );
}

/** Kinds by the operation names of version 6 of the AI SDK, e.g. `ai.generateText.doGenerate`. */
const AI_KINDS: readonly (readonly [RegExp, SpanKind])[] = [
  [/\.do(?:Generate|Stream)$/, 'llm'],
  [/\.doEmbed$/, 'embedding'],
  [/\.doRerank$/, 'reranker'],
  [/^ai\.toolCall$/, 'tool'],
  [/^ai\.(?:generate|stream)Text$/, 'agent'],
  [/^ai\./, 'chain'],
];

function kindOfOperation(operation: AttributeValue | undefined): SpanKind | undefined {
  return typeof operation === 'string' ? AI_KINDS.find(([words]) => words.test(operation))?.[1] : undefined;
}

/** Applies capture rules and masks to one span by replacing its methods that set data. */
class SpanGuard implements InfoSource {
  readonly #client: Client;
  readonly #span: OtelSpan;
  readonly #info: SpanInfo;
  readonly #setAttribute: OtelSpan['setAttribute'];

  constructor(client: Client, span: OtelSpan, name: string, attributes: Attributes, parent: Context) {
    this.#client = client;
    this.#span = span;
    this.#setAttribute = span.setAttribute.bind(span);
    const values = scopeOf(parent)?.values;
    this.#info = {
      name,
      kind: kindOfOperation(attributes['ai.operationId']) ?? kindOf(attributes),
      feature: values?.feature,
      userId: values?.userId,
      sessionId: values?.sessionId,
    };
  }

  info(): SpanInfo {
    return this.#info;
  }

  set(key: string, value: AttributeValue | undefined): void {
    if (value === undefined || value === null || isSecret(key)) return;
    if (VECTORS.has(key)) this.#setDimensions(value);
    else this.#setGuarded(key, value);
  }

  #setGuarded(key: string, value: AttributeValue): void {
    const allowed = this.#allowed(key, value);
    if (allowed !== undefined) this.#setAttribute(key, allowed);
  }

  /** Records the length of a vector instead of its numbers. */
  #setDimensions(value: AttributeValue): void {
    const first = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string') this.#setAttribute(KEYS.dimensions, first.split(',').length);
  }

  /** Returns the masked value, or undefined if the attribute is content that is not captured. */
  #allowed(key: string, value: AttributeValue): AttributeValue | undefined {
    const direction = classifyAttribute(key);
    const { capture } = this.#client.config;
    if (direction !== 'other' && !capturesContent(direction, capture, this)) return undefined;
    if (!hasText(value)) return value;
    // In JSON texts, each string is masked separately, so that the JSON stays valid.
    const text = (one: unknown) =>
      typeof one === 'string' ? contentText(key, parsedWhereMasked(one, capture), capture, this.#info) : one;
    return Array.isArray(value) ? (value.map(text) as string[]) : (text(value) as string);
  }

  install(): void {
    const span = this.#span;
    const addEvent = span.addEvent.bind(span);
    const setStatus = span.setStatus.bind(span);
    const mask = (text: string, key: string) => masked(text, key, this.#client.config.capture, this.#info);
    const guard = (write: () => void): OtelSpan => {
      try {
        write();
      } catch (error) {
        swallow('writing to a span', error);
      }
      return span;
    };
    Object.assign(span, {
      setAttribute: (key: string, value: AttributeValue) => guard(() => this.set(key, value)),
      setAttributes: (attributes: Attributes) =>
        guard(() => {
          for (const [key, value] of Object.entries(attributes)) this.set(key, value);
        }),
      addEvent: (name: string, attributes?: Attributes, ...rest: unknown[]) =>
        guard(() => addEvent(name, this.#event(attributes), ...(rest as []))),
      recordException: (exception: Exception, time?: Parameters<OtelSpan['recordException']>[1]) =>
        guard(() => addEvent('exception', errorEvent(exception, mask).attributes, time)),
      setStatus: (status: SpanStatus) =>
        guard(() =>
          setStatus(
            status.message === undefined
              ? status
              : { ...status, message: mask(status.message, 'exception.message') },
          ),
        ),
    });
  }

  /** Returns the allowed attributes of an event. The argument may also be a time, which is returned unchanged. */
  #event(attributes: Attributes | undefined): Attributes | undefined {
    if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) return attributes;
    if (attributes instanceof Date) return attributes;
    const allowed = Object.entries(attributes).map(([key, value]) => [
      key,
      value === undefined || value === null ? undefined : this.#allowed(key, value),
    ]);
    return Object.fromEntries(allowed.filter(([, value]) => value !== undefined)) as Attributes;
  }
}

function parsedWhereMasked(text: string, { mask }: Client['config']['capture']): unknown {
  if (mask === undefined || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
