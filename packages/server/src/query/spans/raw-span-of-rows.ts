import {
  type Attributes,
  decodeAttributes,
  type OtelKind,
  type RawSpan,
  type StatusCode,
} from '@throughline/spans';
import { decodeEvents, decodeLinks, decodeResource, decodeScope } from '../../tables/payload-codec.ts';

/** The columns of `spans` that belong to the original span. */
export interface FactsRow {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly otelKind: OtelKind;
  /** Exact integers as text. */
  readonly startNs: string;
  readonly durationNs: string | null;
  readonly status: StatusCode;
  readonly statusMessage: string | null;
}

/** The columns of `payloads`. Maps are lists of pairs, because a JSON object would reorder keys that look like numbers. */
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
  readonly end_time_unix_nano: string;
  readonly status_code: StatusCode;
  readonly status_message: string;
}

/** Restores the original span from the two tables. Without a payload (sampled or expired) the content is empty. */
export function rawSpanOfRows(facts: FactsRow, payload: PayloadRow | undefined): RawSpan {
  const startTimeUnixNano = BigInt(facts.startNs);
  return {
    traceId: facts.traceId,
    spanId: facts.spanId,
    parentSpanId: facts.parentSpanId ?? '',
    traceState: payload?.trace_state ?? '',
    flags: payload?.flags ?? 0,
    name: facts.name,
    otelKind: facts.otelKind,
    startTimeUnixNano,
    endTimeUnixNano: payload ? BigInt(payload.end_time_unix_nano) : endOfFacts(facts),
    attributes: payload ? attributesOf(payload) : new Map(),
    droppedAttributesCount: payload?.dropped_attributes_count ?? 0,
    events: payload ? decodeEvents(payload.events) : [],
    droppedEventsCount: payload?.dropped_events_count ?? 0,
    links: payload ? decodeLinks(payload.links) : [],
    droppedLinksCount: payload?.dropped_links_count ?? 0,
    statusCode: payload?.status_code ?? facts.status,
    statusMessage: payload?.status_message ?? facts.statusMessage ?? '',
    resource: decodeResource(payload?.resource ?? ''),
    scope: decodeScope(payload?.scope ?? ''),
  };
}

function endOfFacts({ startNs, durationNs }: FactsRow): bigint {
  return durationNs === null ? 0n : BigInt(startNs) + BigInt(durationNs);
}

function attributesOf(payload: PayloadRow): Attributes {
  const rest = payload.attributes === '' ? new Map() : decodeAttributes(payload.attributes);
  return new Map([...payload.input, ...payload.output, ...rest]);
}
