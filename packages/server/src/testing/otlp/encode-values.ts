/** For tests: encodes the parts of OTLP that all signals share, in protobuf and in JSON. */
import {
  type Attributes,
  type AttributeValue,
  DoubleValue,
  type RawResource,
  type RawScope,
} from '@throughline/spans';

interface Origin {
  readonly resource: RawResource;
  readonly scope: RawScope;
}

/** Encodes an export request with one resource and scope per record. */
export function requestProtobuf(
  records: readonly (Origin & { readonly bytes: readonly Uint8Array[] })[],
): Buffer {
  return Buffer.concat(
    records.map(({ resource, scope, bytes: record }) =>
      bytes(1, [
        bytes(1, [...attributes(1, resource.attributes), varint(2, resource.droppedAttributesCount)]),
        bytes(2, [
          bytes(1, [
            text(1, scope.name),
            text(2, scope.version),
            ...attributes(3, scope.attributes),
            varint(4, scope.droppedAttributesCount),
          ]),
          bytes(2, record),
          text(3, scope.schemaUrl),
        ]),
        text(3, resource.schemaUrl),
      ]),
    ),
  );
}

/** Encodes the same request in JSON. `names` are the names of the three nested lists. */
export function requestJson(
  names: readonly [resources: string, scopes: string, records: string],
  records: readonly (Origin & { readonly json: Record<string, unknown> })[],
): Record<string, unknown> {
  const [resources, scopes, list] = names;
  return {
    [resources]: records.map(({ resource, scope, json }) => ({
      resource: {
        attributes: jsonAttributes(resource.attributes),
        droppedAttributesCount: resource.droppedAttributesCount,
      },
      [scopes]: [
        {
          scope: {
            name: scope.name,
            version: scope.version,
            attributes: jsonAttributes(scope.attributes),
            droppedAttributesCount: scope.droppedAttributesCount,
          },
          [list]: [json],
          schemaUrl: scope.schemaUrl,
        },
      ],
      schemaUrl: resource.schemaUrl,
    })),
  };
}

export function attributes(field: number, map: Attributes): Buffer[] {
  return [...map].map(([key, value]) => bytes(field, [text(1, key), bytes(2, anyValue(value))]));
}

export function anyValue(value: AttributeValue): Buffer[] {
  if (value === null) return [];
  if (typeof value === 'string') return [text(1, value)];
  if (typeof value === 'boolean') return [varint(2, value ? 1 : 0)];
  if (typeof value === 'bigint') return [varint(3, value)];
  if (typeof value === 'number')
    return Number.isInteger(value) ? [varint(3, BigInt(value))] : [double(4, value)];
  if (value instanceof DoubleValue) return [double(4, value.value)];
  if (value instanceof Uint8Array) return [bytes(7, [Buffer.from(value)])];
  if (value instanceof Map) return [bytes(6, attributes(1, value))];
  return [
    bytes(
      5,
      (value as readonly AttributeValue[]).map((item) => bytes(1, anyValue(item))),
    ),
  ];
}

export function bytes(field: number, parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([rawVarint((field << 3) | 2), rawVarint(body.length), body]);
}

export function text(field: number, value: string): Buffer {
  return bytes(field, [Buffer.from(value)]);
}

export function sfixed64(field: number, value: bigint): Buffer {
  return fixed64(field, BigInt.asUintN(64, value));
}

export function varint(field: number, value: number | bigint): Buffer {
  return Buffer.concat([rawVarint(field << 3), rawVarint(value)]);
}

export function fixed64(field: number, value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return Buffer.concat([rawVarint((field << 3) | 1), buffer]);
}

export function fixed32(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return Buffer.concat([rawVarint((field << 3) | 5), buffer]);
}

export function double(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return Buffer.concat([rawVarint((field << 3) | 1), buffer]);
}

/** Encodes a varint. Negative numbers have ten bytes, as protobuf specifies. */
export function rawVarint(value: number | bigint): Buffer {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Buffer.from([...out, Number(rest)]);
}

export function jsonAttributes(map: Attributes): unknown[] {
  return [...map].map(([key, value]) => ({ key, value: jsonValue(value) }));
}

export function jsonValue(value: AttributeValue): Record<string, unknown> {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: jsonDouble(value) };
  if (value instanceof DoubleValue) return { doubleValue: jsonDouble(value.value) };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return { kvlistValue: { values: jsonAttributes(value) } };
  return { arrayValue: { values: (value as readonly AttributeValue[]).map(jsonValue) } };
}

/** Encodes a double. JSON cannot represent -0, NaN and infinities as numbers. */
export function jsonDouble(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}
