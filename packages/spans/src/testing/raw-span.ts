import {
  type Attributes,
  type AttributeValue,
  DoubleValue,
  type RawEvent,
  type RawSpan,
} from '../model/raw-span.ts';

/** Attributes as plain values. Fractional numbers are doubles; integral ones are ints. */
export type Plain =
  | string
  | number
  | boolean
  | bigint
  | null
  | Uint8Array
  | DoubleValue
  | readonly Plain[]
  | { [key: string]: Plain };

export interface RawSpanSketch {
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, Plain>>;
  readonly resource?: Readonly<Record<string, Plain>>;
  readonly scope?: { readonly name: string; readonly version?: string };
  /** `atMs` after the start of the span. */
  readonly events?: readonly {
    readonly name: string;
    readonly atMs?: number;
    readonly attributes?: Readonly<Record<string, Plain>>;
  }[];
  readonly statusCode?: RawSpan['statusCode'];
  readonly statusMessage?: string;
  readonly startTime?: string;
}

/** Creates a span for a test. Missing fields are empty. It starts on 2026-11-20 and takes one second. */
export function rawSpan(sketch: RawSpanSketch): RawSpan {
  const start = BigInt(Date.parse(sketch.startTime ?? '2026-11-20T10:00:00Z')) * 1_000_000n;
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    traceState: '',
    flags: 1,
    name: sketch.name ?? 'span',
    otelKind: 'internal',
    startTimeUnixNano: start,
    endTimeUnixNano: start + 1_000_000_000n,
    attributes: toAttributes(sketch.attributes ?? {}),
    droppedAttributesCount: 0,
    events: (sketch.events ?? []).map(
      (event): RawEvent => ({
        name: event.name,
        timeUnixNano: start + BigInt(Math.round((event.atMs ?? 0) * 1e6)),
        attributes: toAttributes(event.attributes ?? {}),
        droppedAttributesCount: 0,
      }),
    ),
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: sketch.statusCode ?? 'unset',
    statusMessage: sketch.statusMessage ?? '',
    resource: { attributes: toAttributes(sketch.resource ?? {}), droppedAttributesCount: 0, schemaUrl: '' },
    scope: {
      name: sketch.scope?.name ?? '',
      version: sketch.scope?.version ?? '',
      attributes: new Map(),
      droppedAttributesCount: 0,
      schemaUrl: '',
    },
  };
}

export function toAttributes(plain: Readonly<Record<string, Plain>>): Attributes {
  return new Map(Object.entries(plain).map(([key, value]) => [key, toValue(value)]));
}

function toValue(value: Plain): AttributeValue {
  if (Array.isArray(value)) return value.map(toValue);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array || value instanceof DoubleValue) return value;
  return toAttributes(value as Readonly<Record<string, Plain>>);
}
