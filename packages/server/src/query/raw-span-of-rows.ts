import {
  type Attributes,
  decodeAttributes,
  type OtelKind,
  type RawSpan,
  type StatusCode,
} from '@throughline/spans';
import { decodeEvents, decodeLinks, decodeResource, decodeScope } from '../ingest/payload-codec.ts';

/** What `spans` knows of the span as it arrived. */
export interface FactsRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly name: string;
  readonly otel_kind: OtelKind;
  readonly start_ns: string;
  readonly duration_ns: string | null;
  readonly status: StatusCode;
  readonly status_message: string;
}

/** What `payloads` knows. Maps come as lists of pairs: a JSON object would reorder keys that look like numbers. */
export interface PayloadRow {
  readonly input: readonly (readonly [key: string, text: string])[];
  readonly output: readonly (readonly [key: string, text: string])[];
  readonly attributes: string;
  readonly events: string;
  readonly links: string;
  readonly resource: string;
  readonly scope: string;
  readonly trace_state: string;
  readonly flags: number;
  readonly dropped_attributes_count: number;
  readonly dropped_events_count: number;
  readonly dropped_links_count: number;
}

/** The span as it arrived, from the two tables. Without a payload (sampled away, expired) the content is empty. */
export function rawSpanOfRows(facts: FactsRow, payload: PayloadRow | undefined): RawSpan {
  const startTimeUnixNano = BigInt(facts.start_ns);
  return {
    traceId: facts.trace_id,
    spanId: facts.span_id,
    parentSpanId: facts.parent_span_id,
    traceState: payload?.trace_state ?? '',
    flags: payload?.flags ?? 0,
    name: facts.name,
    otelKind: facts.otel_kind,
    startTimeUnixNano,
    endTimeUnixNano: facts.duration_ns === null ? 0n : startTimeUnixNano + BigInt(facts.duration_ns),
    attributes: payload ? attributesOf(payload) : new Map(),
    droppedAttributesCount: payload?.dropped_attributes_count ?? 0,
    events: payload ? decodeEvents(payload.events) : [],
    droppedEventsCount: payload?.dropped_events_count ?? 0,
    links: payload ? decodeLinks(payload.links) : [],
    droppedLinksCount: payload?.dropped_links_count ?? 0,
    statusCode: facts.status,
    statusMessage: facts.status_message,
    resource: decodeResource(payload?.resource ?? ''),
    scope: decodeScope(payload?.scope ?? ''),
  };
}

function attributesOf(payload: PayloadRow): Attributes {
  const rest = payload.attributes === '' ? new Map() : decodeAttributes(payload.attributes);
  return new Map([...payload.input, ...payload.output, ...rest]);
}
