/**
 * Encodes OTLP trace requests as protobuf and remembers the positions of ids and times. Each request is encoded once and
 * gets new ids for every send, so that the generator needs little processor time compared with the measured server.
 * Field numbers: opentelemetry-proto `trace/v1/trace.proto`, `common/v1/common.proto`.
 */

export type Value = string | number | boolean;
export type AttributeList = readonly (readonly [string, Value])[];

export interface SpanTemplate {
  readonly name: string;
  /** Index of the parent among the spans of the same trace; -1 for a root. */
  readonly parent: number;
  /** Milliseconds after the start of the trace. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: AttributeList;
  readonly error?: string;
}

export interface RequestTemplate {
  readonly bytes: Buffer;
  readonly spans: number;
  readonly traces: number;
  /** Returns a copy with new ids and times before `nowMs`, and the id of its first trace. */
  stamp(nowMs: number): { body: Buffer; traceId: string };
}

interface Slot {
  readonly trace: number;
  readonly span: number;
  readonly parent: number;
  readonly template: SpanTemplate;
  traceIdAt: number;
  spanIdAt: number;
  parentIdAt: number;
  startAt: number;
  endAt: number;
}

/** Encodes traces, each a list of spans, as one request from one service. */
export function encodeRequest(
  service: string,
  traces: readonly (readonly SpanTemplate[])[],
): RequestTemplate {
  const slots: Slot[] = [];
  const spans = traces.flatMap((trace, traceIndex) =>
    trace.map((template, index) => {
      const first = slots.length - index;
      const slot: Slot = {
        trace: traceIndex,
        span: slots.length,
        parent: template.parent < 0 ? -1 : first + template.parent,
        template,
        traceIdAt: 0,
        spanIdAt: 0,
        parentIdAt: 0,
        startAt: 0,
        endAt: 0,
      };
      slots.push(slot);
      return encodeSpan(template, slot);
    }),
  );
  const scope = message([string(1, 'bench'), string(2, '1.0.0')]);
  const scopeSpans = [bytes(1, scope), ...spans.map((span) => bytes(2, span))];
  const resource = message(attributes(1, [['service.name', service]]));
  const resourceSpans = [bytes(1, resource), bytes(2, message(scopeSpans))];
  const encoded = bytes(1, message(resourceSpans));
  locate(encoded, slots);
  return {
    bytes: encoded,
    spans: slots.length,
    traces: traces.length,
    stamp: (nowMs) => stamp(encoded, slots, nowMs),
  };
}

/** A marker that no text contains, to find the positions of ids and times in the encoded request. */
const MARK = Buffer.from('f00dfeedc0ffee5517', 'hex');
const MARKED_SIZE = MARK.length + 4;

function encodeSpan(template: SpanTemplate, slot: Slot): Buffer {
  const mark = Buffer.concat([MARK, uint32(slot.span)]);
  return message([
    // The marker is an unknown field (number 500), which decoders skip.
    bytes(500, mark),
    bytes(1, Buffer.alloc(16)),
    bytes(2, Buffer.alloc(8)),
    slot.parent >= 0 ? bytes(4, Buffer.alloc(8)) : Buffer.alloc(0),
    fixed64(7),
    fixed64(8),
    string(5, template.name),
    varintField(6, 1),
    ...attributes(9, template.attributes),
    template.error === undefined
      ? Buffer.alloc(0)
      : bytes(15, message([string(2, template.error), varintField(3, 2)])),
  ]);
}

function locate(encoded: Buffer, slots: Slot[]): void {
  let at = encoded.indexOf(MARK);
  for (const slot of slots) {
    let cursor = at + MARKED_SIZE;
    slot.traceIdAt = cursor + 2;
    slot.spanIdAt = slot.traceIdAt + 16 + 2;
    cursor = slot.spanIdAt + 8;
    if (slot.parent >= 0) {
      slot.parentIdAt = cursor + 2;
      cursor += 2 + 8;
    }
    slot.startAt = cursor + 1;
    slot.endAt = slot.startAt + 8 + 1;
    at = encoded.indexOf(MARK, cursor);
  }
}

let counter = Math.floor(Math.random() * 2 ** 31);

function stamp(encoded: Buffer, slots: readonly Slot[], nowMs: number): { body: Buffer; traceId: string } {
  const body = Buffer.from(encoded);
  const batch = counter++;
  const ids = slots.map((slot) => {
    const id = Buffer.alloc(8);
    id.writeUInt32BE(batch + 1, 0);
    id.writeUInt32BE(spreadBits(slot.span + 1), 4);
    return id;
  });
  for (const slot of slots) {
    const trace = Buffer.alloc(16);
    trace.writeUInt32BE(spreadBits(batch), 0);
    trace.writeUInt32BE(batch, 4);
    trace.writeUInt32BE(spreadBits(slot.trace + 1), 8);
    trace.writeUInt32BE(slot.trace, 12);
    trace.copy(body, slot.traceIdAt);
    (ids[slot.span] as Buffer).copy(body, slot.spanIdAt);
    if (slot.parent >= 0) (ids[slot.parent] as Buffer).copy(body, slot.parentIdAt);
    const startNs = BigInt(Math.round(nowMs - 60_000 + slot.template.startMs)) * 1_000_000n;
    body.writeBigUInt64LE(startNs, slot.startAt);
    body.writeBigUInt64LE(startNs + BigInt(Math.round(slot.template.durationMs * 1e6)), slot.endAt);
  }
  const first = slots[0] as Slot;
  return { body, traceId: body.toString('hex', first.traceIdAt, first.traceIdAt + 16) };
}

/** Spreads the bits, so that ids compress as badly as real random ids. */
function spreadBits(value: number): number {
  return Math.imul(value ^ (value >>> 15), 0x9e3779b1) >>> 0;
}

function message(fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

function tag(field: number, wireType: number): Buffer {
  return varint((field << 3) | wireType);
}

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  while (rest > 127) {
    out.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return Buffer.from(out);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([tag(field, 0), varint(value)]);
}

function fixed64(field: number): Buffer {
  return Buffer.concat([tag(field, 1), Buffer.alloc(8)]);
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([tag(field, 2), varint(content.length), content]);
}

function string(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

function uint32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

function attributes(field: number, list: AttributeList): Buffer[] {
  return list.map(([key, value]) => bytes(field, message([string(1, key), bytes(2, anyValue(value))])));
}

function anyValue(value: Value): Buffer {
  if (typeof value === 'string') return string(1, value);
  if (typeof value === 'boolean') return varintField(2, Number(value));
  if (Number.isInteger(value)) return varintField(3, value);
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  return Buffer.concat([tag(4, 1), double]);
}
