import { inRange } from '../sdk-http/field-readers.ts';

/** The place of a run in its trace. */
export interface DottedOrder {
  readonly traceId: string;
  /** Undefined for a root. */
  readonly parentId: string | undefined;
  readonly startTimeUnixNano: bigint | undefined;
}

const SEGMENT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})(\d{0,6})Z(.+)$/;

/** Parses `20260131T120000000001Z<uuid>.20260131T120001000002Z<uuid>`: the start and id of every run from the root on. */
export function parseDottedOrder(text: string): DottedOrder | undefined {
  const segments = text.split('.', 10_000).map((segment) => SEGMENT.exec(segment));
  const last = segments.at(-1);
  const traceId = segments[0]?.[9];
  if (!last || traceId === undefined) return undefined;
  const [, year, month, day, hour, minute, second, ms, decimals = ''] = last;
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return {
    traceId,
    parentId: segments.at(-2)?.[9],
    startTimeUnixNano: Number.isNaN(milliseconds)
      ? undefined
      : inRange(BigInt(milliseconds) * 1_000_000n + BigInt(decimals.padEnd(6, '0'))),
  };
}
