import type { AttributeValue, RawResource, RawScope, RawSpan } from '@throughline/spans';
import { combineValues } from './combine-values.ts';
import { type SpanPatch, STORED } from './span-patch.ts';

type Field =
  | 'name'
  | 'parentSpanId'
  | 'endTimeUnixNano'
  | 'statusCode'
  | 'statusMessage'
  | 'events'
  | 'scope';

const FIELDS: readonly Field[] = [
  'name',
  'parentSpanId',
  'endTimeUnixNano',
  'statusCode',
  'statusMessage',
  'events',
  'scope',
];

interface Ordered<Value> {
  readonly value: Value;
  readonly order: number;
}

/** A span as merged from the parts that have arrived. */
export class PartialSpan {
  readonly project: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly #attributes = new Map<string, Ordered<AttributeValue>>();
  readonly #fields: { -readonly [F in Field]?: Ordered<NonNullable<SpanPatch[F]>> } = {};
  #resource: RawResource | undefined;
  #endsAfter = 0n;
  #start: bigint | undefined;
  /** The start of the last row. Its minute is part of the key of the row, so the start stays within it. */
  #rowStart: bigint | undefined;
  /** False while only additions have arrived. */
  isDescribed = false;

  constructor({ project, traceId, spanId }: Pick<SpanPatch, 'project' | 'traceId' | 'spanId'>) {
    this.project = project;
    this.traceId = traceId;
    this.spanId = spanId;
  }

  apply(patch: SpanPatch): void {
    for (const field of FIELDS) this.#set(field, patch[field] as never, patch.order);
    for (const [key, value] of patch.attributes) this.#attribute(key, value, patch);
    const { startTimeUnixNano: start, endsAfterUnixNano: endsAfter = 0n } = patch;
    if (start !== undefined && (this.#start === undefined || start < this.#start)) this.#start = start;
    if (endsAfter > this.#endsAfter) this.#endsAfter = endsAfter;
    this.#resource ??= patch.resource;
    if (!patch.isAddition) this.isDescribed = true;
  }

  /** Applies a row of the store. Fields that parts have set later stay. */
  applyStored(span: RawSpan): void {
    const {
      name,
      parentSpanId,
      startTimeUnixNano,
      endTimeUnixNano,
      statusCode,
      statusMessage,
      events,
      scope,
    } = span;
    this.apply({
      project: this.project,
      traceId: this.traceId,
      spanId: this.spanId,
      order: STORED,
      name,
      parentSpanId,
      startTimeUnixNano,
      endTimeUnixNano: endTimeUnixNano || undefined,
      statusCode: statusCode === 'unset' ? undefined : statusCode,
      statusMessage: statusMessage || undefined,
      events: events.length === 0 ? undefined : events,
      scope,
      resource: span.resource,
      attributes: span.attributes,
    });
    this.#rowStart = startTimeUnixNano;
  }

  /** The span for the next row. `fallbackStart` is its start if no part has one. */
  toSpan(fallbackStart: bigint): RawSpan {
    const start = this.#startOfRow(fallbackStart);
    this.#rowStart = start;
    const end = this.#fields.endTimeUnixNano?.value ?? 0n;
    return {
      traceId: this.traceId,
      spanId: this.spanId,
      parentSpanId: this.#fields.parentSpanId?.value ?? '',
      traceState: '',
      flags: 0,
      name: this.#fields.name?.value ?? '',
      otelKind: 'internal',
      startTimeUnixNano: start,
      endTimeUnixNano: end > this.#endsAfter ? end : this.#endsAfter,
      attributes: new Map([...this.#attributes].map(([key, { value }]) => [key, value])),
      droppedAttributesCount: 0,
      events: this.#fields.events?.value ?? [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      statusCode: this.#fields.statusCode?.value ?? 'unset',
      statusMessage: this.#fields.statusMessage?.value ?? '',
      resource: this.#resource ?? EMPTY_RESOURCE,
      scope: this.#fields.scope?.value ?? EMPTY_SCOPE,
    };
  }

  /** Approximate memory in bytes, including everything that clients can make long. */
  get bytes(): number {
    const { name, parentSpanId, statusMessage, events, scope } = this.#fields;
    const texts = [
      this.project,
      this.traceId,
      this.spanId,
      name?.value,
      parentSpanId?.value,
      statusMessage?.value,
    ];
    let bytes = SPAN_BYTES + texts.reduce((sum, text = '') => sum + sizeOfText(text), 0);
    for (const [key, { value }] of this.#attributes) bytes += sizeOfAttribute(key, value);
    for (const event of events?.value ?? [])
      bytes += SPAN_BYTES + sizeOfText(event.name) + sizeOfAll(event.attributes);
    const { value: from = EMPTY_SCOPE } = scope ?? {};
    bytes +=
      sizeOfText(from.name) +
      sizeOfText(from.version) +
      sizeOfText(from.schemaUrl) +
      sizeOfAll(from.attributes);
    const { attributes, schemaUrl } = this.#resource ?? EMPTY_RESOURCE;
    return bytes + sizeOfText(schemaUrl) + sizeOfAll(attributes);
  }

  #startOfRow(fallbackStart: bigint): bigint {
    const start = this.#start ?? this.#rowStart ?? fallbackStart;
    return this.#rowStart === undefined || minuteOf(start) === minuteOf(this.#rowStart)
      ? start
      : this.#rowStart;
  }

  #set<F extends Field>(field: F, value: NonNullable<SpanPatch[F]> | undefined, order: number): void {
    const known = this.#fields[field];
    if (value === undefined || (known !== undefined && known.order > order)) return;
    (this.#fields as Record<Field, Ordered<unknown>>)[field] = { value, order };
  }

  #attribute(key: string, value: AttributeValue, { order, combined }: SpanPatch): void {
    const known = this.#attributes.get(key);
    if (known === undefined) this.#attributes.set(key, { value, order });
    else if (combined?.has(key)) {
      const [earlier, later] = known.order > order ? [value, known.value] : [known.value, value];
      this.#attributes.set(key, {
        value: combineValues(earlier, later),
        order: Math.max(order, known.order),
      });
    } else if (known.order <= order) this.#attributes.set(key, { value, order });
  }
}

const EMPTY_RESOURCE: RawResource = { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' };
const EMPTY_SCOPE: RawScope = {
  name: '',
  version: '',
  attributes: new Map(),
  droppedAttributesCount: 0,
  schemaUrl: '',
};

const MINUTE_NS = 60_000_000_000n;

function minuteOf(timeUnixNano: bigint): bigint {
  return timeUnixNano / MINUTE_NS;
}

/** Objects of a span, or of an event, without texts. */
const SPAN_BYTES = 1024;
const ATTRIBUTE_BYTES = 128;
const ITEM_BYTES = 16;

function sizeOfAll(attributes: ReadonlyMap<string, AttributeValue>): number {
  let bytes = 0;
  for (const [key, value] of attributes) bytes += sizeOfAttribute(key, value);
  return bytes;
}

function sizeOfAttribute(key: string, value: AttributeValue): number {
  return ATTRIBUTE_BYTES + sizeOfText(key) + sizeOf(value);
}

function sizeOf(value: AttributeValue): number {
  if (typeof value === 'string') return sizeOfText(value);
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + ITEM_BYTES + sizeOf(item), 0);
  return ITEM_BYTES;
}

/** A character has up to two bytes in memory. */
function sizeOfText(text: string): number {
  return 2 * text.length;
}
