import { isRecord } from '../attributes/attribute-readers.ts';
import { encodeBase64 } from '../attributes/base64.ts';

/** Longer lists of bytes stay as they are: as text they would be several times as long again. */
const MAX_BYTES = 16 << 20;

/**
 * Returns the base64 of bytes that a serialiser wrote as numbers. JavaScript writes a `Uint8Array` as `{"0":137,"1":80}`
 * and a `Buffer` as `{"type":"Buffer","data":[137,80]}`; others write a list of numbers. Undefined for other values.
 */
export function bytesAsBase64(value: unknown): string | undefined {
  if (Array.isArray(value)) return fromList(value);
  if (!isRecord(value)) return undefined;
  if (value.type === 'Buffer') return Array.isArray(value.data) ? fromList(value.data) : undefined;
  // Own keys that are integers come first and in ascending order.
  if (!isByte(value['0'])) return undefined;
  const keys = Object.keys(value);
  if (keys.length > MAX_BYTES || keys.at(-1) !== String(keys.length - 1)) return undefined;
  return fromList(Object.values(value));
}

function fromList(list: readonly unknown[]): string | undefined {
  if (list.length === 0 || list.length > MAX_BYTES || !list.every(isByte)) return undefined;
  return encodeBase64(Uint8Array.from(list));
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}
