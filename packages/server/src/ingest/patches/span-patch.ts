import type { AttributeValue, RawEvent, RawResource, RawScope, StatusCode } from '@throughline/spans';

/**
 * A part of a span. Some protocols send a span in parts: one when it starts, one when it ends, sometimes more between, in
 * any order and repeatedly. Fields that are absent are not changed by the part.
 */
export interface SpanPatch {
  readonly project: string;
  readonly traceId: string;
  readonly spanId: string;
  /**
   * Precedence of the fields: a field with a higher or equal order replaces one with a lower order. Use `CREATED` or
   * `UPDATED`, plus the time of the event in milliseconds if the protocol sorts by it.
   */
  readonly order: number;
  readonly name?: string | undefined;
  /** Empty for a root. */
  readonly parentSpanId?: string | undefined;
  /** The earliest start of all parts is used. */
  readonly startTimeUnixNano?: bigint | undefined;
  readonly endTimeUnixNano?: bigint | undefined;
  /** The span ends at this time or later: the end of a span below it that has no end of its own. */
  readonly endsAfterUnixNano?: bigint | undefined;
  readonly statusCode?: StatusCode | undefined;
  readonly statusMessage?: string | undefined;
  readonly events?: readonly RawEvent[] | undefined;
  readonly scope?: RawScope | undefined;
  readonly resource?: RawResource | undefined;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Keys of attributes that are combined with earlier values: objects in JSON text by key, lists to one list. */
  readonly combined?: ReadonlySet<string>;
  /** True for a part that only adds to a span which another part describes, so it does not create a row alone. */
  readonly isAddition?: boolean;
}

/** The part that creates a span. */
export const CREATED = 0;
/** Fields that were read from the store: it is not known which part they came from. */
export const STORED = 1e14 - 1;
/** A later part. Greater than every time in milliseconds, so that it takes precedence over `CREATED`. */
export const UPDATED = 1e14;
