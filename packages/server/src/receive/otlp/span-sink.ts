import type { RawSpan } from '@throughline/spans';

/** Why one span was not accepted. Counted by reason. */
export type RejectionReason =
  | 'invalid-trace-id'
  | 'invalid-span-id'
  | 'invalid-parent-span-id'
  | 'missing-start-time'
  | 'time-out-of-range'
  | 'malformed-span'
  | 'nested-too-deep'
  | 'too-many-values'
  | 'invalid-project';

export interface RejectedSpan {
  readonly reason: RejectionReason;
  /** For people: what was found and what was expected. */
  readonly detail: string;
}

/** Takes spans as a decoder finds them, so that no request has to stand in memory as objects at once. */
export interface SpanSink {
  span(span: RawSpan): void;
  reject(rejected: RejectedSpan): void;
}

/** Thrown while a span is decoded, where the span alone is bad and its neighbours can be kept. */
export class SpanRejection extends Error implements RejectedSpan {
  override readonly name = 'SpanRejection';
  readonly reason: RejectionReason;
  readonly detail: string;
  constructor(reason: RejectionReason, detail: string) {
    super(detail);
    this.reason = reason;
    this.detail = detail;
  }
}

/**
 * Nesting of arrays and key-value lists in one attribute. Protobuf's own parsers stop at 100 messages, which is
 * 33 such levels (value, list, entry); real values reach 5.
 */
export const MAX_DEPTH = 32;

/**
 * Attribute values (nested ones too), events and links of one span. An empty one takes two bytes on the wire and
 * a hundred in memory; without a bound 64 MiB of them would take gigabytes. SDKs stop at 128 of each.
 */
export const MAX_VALUES = 100_000;

/** Counts the values of one span and knows the depth while it is decoded. */
export class ValueBudget {
  #left = MAX_VALUES;

  reset(): void {
    this.#left = MAX_VALUES;
  }

  /** @throws SpanRejection */
  take(): void {
    if (--this.#left < 0)
      throw new SpanRejection(
        'too-many-values',
        `more than ${MAX_VALUES} attribute values, events and links`,
      );
  }

  /** @throws SpanRejection */
  checkDepth(depth: number): void {
    if (depth > MAX_DEPTH)
      throw new SpanRejection('nested-too-deep', `an attribute is nested more than ${MAX_DEPTH} levels deep`);
  }
}
