import { type Attributes, type AttributeValue, DoubleValue } from '@throughline/spans';
import type { RawDataPoint } from './metric-sink.ts';

/** Collects the fields of one data point. Both decoders use it. */
export class PointBuilder {
  readonly attributes = new Map<string, AttributeValue>();
  readonly exemplars: AttributeValue[] = [];
  startTimeUnixNano = 0n;
  timeUnixNano = 0n;
  value: AttributeValue | undefined;
  count: bigint | undefined;
  sum: number | undefined;
  min: number | undefined;
  max: number | undefined;
  readonly #rest = new Map<string, AttributeValue>();

  /** Sets a field unless it is 0 or empty, which protobuf does not distinguish from absent. */
  set(name: string, value: AttributeValue): void {
    const empty = value === 0 || (Array.isArray(value) && value.length === 0);
    const zero = value instanceof DoubleValue && Object.is(value.value, 0);
    if (!empty && !zero) this.#rest.set(name, value);
  }

  build(): RawDataPoint {
    this.set('exemplars', this.exemplars);
    const { attributes, startTimeUnixNano, timeUnixNano, value, count, sum, min, max } = this;
    return {
      attributes,
      startTimeUnixNano,
      timeUnixNano,
      ...(value === undefined ? {} : { value }),
      ...(count === undefined ? {} : { count }),
      ...(sum === undefined ? {} : { sum }),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      rest: this.#rest,
    };
  }
}

/** A number if it is exact, otherwise a bigint. */
export function int(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function double(value: number): number | DoubleValue {
  return Number.isInteger(value) ? new DoubleValue(value) : value;
}

export interface Exemplar {
  readonly filteredAttributes: Attributes;
  readonly timeUnixNano: bigint;
  readonly value: AttributeValue;
  /** Lower-case hex. */
  readonly spanId: string;
  readonly traceId: string;
}

export function exemplarOf(exemplar: Exemplar): Attributes {
  return new Map<string, AttributeValue>([
    ['timeUnixNano', String(exemplar.timeUnixNano)],
    ['value', exemplar.value],
    ['traceId', exemplar.traceId],
    ['spanId', exemplar.spanId],
    ['filteredAttributes', exemplar.filteredAttributes],
  ]);
}

export function bucketsOf(offset: number, bucketCounts: readonly AttributeValue[]): Attributes {
  return new Map<string, AttributeValue>([
    ['offset', offset],
    ['bucketCounts', bucketCounts],
  ]);
}
