import {
  type BaggageEntry,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';
import { swallow } from '../core/report.ts';
import { scopeOf, type TraceContext } from '../core/scope.ts';
import { enterScope } from './with-context.ts';

/*
 * Propagates the trace context through queues and other transports. The values of `withContext` are included as
 * baggage, because an application that calls `inject` writes to its own queue. Over HTTP they are sent only if
 * `propagateContext` is set.
 */

/**
 * The part of a message that contains the trace context: an object with string values, with byte values (Kafka headers), or
 * with SQS message attributes (`{ StringValue, DataType }`). `extract` also accepts the `Headers` of a request.
 */
export type Carrier = object;

const PREFIX = 'throughline.';
const TEXT_FIELDS = ['userId', 'sessionId', 'feature', 'environment'] as const;

/**
 * Writes `traceparent`, `tracestate` and `baggage` of the active context to a carrier and returns the carrier. Never
 * throws.
 *
 * @param carrier Default: a new plain object.
 * @param options.format `text` writes strings; `sqs` writes message attributes. Default: 'text'.
 * @example
 * queue.add('answer', { question, trace: inject() }); // BullMQ
 * producer.send({ topic, messages: [{ value, headers: inject({}) }] }); // Kafka
 * new SendMessageCommand({ …, MessageAttributes: inject({}, { format: 'sqs' }) }); // SQS
 */
export function inject<C extends Carrier = Record<string, string>>(
  carrier: C = {} as C,
  options: { readonly format?: 'text' | 'sqs' } = {},
): C {
  try {
    const active = context.active();
    propagation.inject(
      withScopeAsBaggage(active),
      carrier,
      options.format === 'sqs' ? sqsSetter : textSetter,
    );
  } catch (error) {
    swallow('injecting the context', error);
  }
  return carrier;
}

/**
 * Runs a function so that its spans continue the trace of a carrier and get its context values. Returns the result of
 * the function. If the carrier contains no trace, the function starts a new one.
 *
 * @example
 * new Worker('answers', (job) => extract(job.data.trace, () => answer(job.data))); // BullMQ
 * eachMessage: ({ message }) => extract(message.headers, () => handle(message)); // Kafka
 * extract(message.MessageAttributes, () => handle(message)); // SQS
 */
export function extract<T>(carrier: Carrier | null | undefined, fn: () => T): T {
  return context.with(extractContext(carrier, ROOT_CONTEXT), fn);
}

export function extractContext(carrier: Carrier | null | undefined, base: Context): Context {
  if (carrier === null || carrier === undefined) return base;
  try {
    return scopeFromBaggage(propagation.extract(base, carrier, carrierGetter));
  } catch (error) {
    swallow('extracting the context', error);
    return base;
  }
}

export function withScopeAsBaggage(from: Context): Context {
  const values = scopeOf(from)?.values;
  if (values === undefined) return from;
  let baggage = propagation.getBaggage(from) ?? propagation.createBaggage();
  const put = (name: string, value: string) => {
    const entry: BaggageEntry = { value };
    baggage = baggage.setEntry(PREFIX + name, entry);
  };
  for (const field of TEXT_FIELDS) {
    const value = values[field];
    if (value !== undefined) put(field, value);
  }
  if (values.tags !== undefined) put('tags', JSON.stringify(values.tags));
  if (values.metadata !== undefined) put('metadata', JSON.stringify(values.metadata));
  return propagation.setBaggage(from, baggage);
}

export function scopeFromBaggage(extracted: Context): Context {
  const baggage = propagation.getBaggage(extracted);
  if (baggage === undefined) return extracted;
  const read = (name: string) => baggage.getEntry(PREFIX + name)?.value;
  const values: { -readonly [K in keyof TraceContext]: TraceContext[K] } = {};
  for (const field of TEXT_FIELDS) {
    const value = read(field);
    if (value) values[field] = value;
  }
  const tags = parsed(read('tags'));
  if (Array.isArray(tags)) values.tags = tags.filter((tag) => typeof tag === 'string');
  const metadata = parsed(read('metadata'));
  if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata))
    values.metadata = metadata as Record<string, unknown>;
  return Object.keys(values).length === 0 ? extracted : enterScope(extracted, values);
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const textSetter: TextMapSetter<object> = {
  set: (carrier, key, value) => {
    (carrier as Record<string, unknown>)[key] = value;
  },
};

const sqsSetter: TextMapSetter<object> = {
  set: (carrier, key, value) => {
    (carrier as Record<string, unknown>)[key] = { DataType: 'String', StringValue: value };
  },
};

export const carrierGetter: TextMapGetter<object> = {
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, key) => textOf(entry(carrier, key)),
};

/** Looks up the exact name first, then ignores case, because carriers with HTTP-like headers differ. */
function entry(carrier: object, key: string): unknown {
  if (typeof Headers !== 'undefined' && carrier instanceof Headers) return carrier.get(key) ?? undefined;
  const record = carrier as Record<string, unknown>;
  if (Object.hasOwn(record, key)) return record[key];
  const name = Object.keys(record).find((candidate) => candidate.toLowerCase() === key);
  return name === undefined ? undefined : record[name];
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  // Kafka returns a list if a header occurs more than once.
  if (Array.isArray(value)) return textOf(value.at(-1));
  if (typeof value !== 'object' || value === null) return undefined;
  const { StringValue, stringValue, Value } = value as Record<string, unknown>;
  return [StringValue, stringValue, Value].find((text) => typeof text === 'string') as string | undefined;
}
