import type { RawSpan } from '@throughline/spans';
import { Rejection } from '../rejection.ts';

const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
export const ZERO_TRACE_ID = '0'.repeat(32);
export const ZERO_SPAN_ID = '0'.repeat(16);

/**
 * The store represents times as nanoseconds in an Int64, so they end on 2262-04-11. The last value is not used, so that a
 * range, which excludes its end, can contain every span.
 */
export const MAX_TIME = 2n ** 63n - 2n;

/**
 * Throws if a span of OTLP cannot be stored. Ids are the key of the span and have to conform to the protocol. A start of
 * 0 is rejected: the start is part of the key, so a guess (the end, or the time of receipt) would turn a repeated delivery
 * into a different span. A span that ends before its start is stored with a duration of 0. A span without an end is
 * running.
 *
 * @throws Rejection
 */
export function checkSpan(span: RawSpan): void {
  checkTraceId(span.traceId);
  checkSpanId(span.spanId);
  if (span.parentSpanId !== '' && !SPAN_ID.test(span.parentSpanId))
    throw new Rejection(
      'invalid-parent-span-id',
      `the parent span id is ${describe(span.parentSpanId)}, expected 8 bytes or none`,
    );
  if (span.startTimeUnixNano === 0n)
    throw new Rejection('missing-start-time', 'the start time is missing or 0');
  if (span.startTimeUnixNano > MAX_TIME || span.endTimeUnixNano > MAX_TIME)
    throw new Rejection('time-out-of-range', 'a time is after 2262-04-11; times are nanoseconds since 1970');
}

/** @throws Rejection */
export function checkTraceId(traceId: string): void {
  checkId('invalid-trace-id', 'trace id', traceId, TRACE_ID, ZERO_TRACE_ID);
}

/** @throws Rejection */
export function checkSpanId(spanId: string): void {
  checkId('invalid-span-id', 'span id', spanId, SPAN_ID, ZERO_SPAN_ID);
}

function checkId(
  reason: 'invalid-trace-id' | 'invalid-span-id',
  what: string,
  id: string,
  form: RegExp,
  zero: string,
): void {
  if (id === '') throw new Rejection(reason, `the ${what} is missing`);
  if (id === zero) throw new Rejection(reason, `the ${what} is all zeros`);
  if (!form.test(id))
    throw new Rejection(reason, `the ${what} is ${describe(id)}, expected ${zero.length / 2} bytes`);
}

function describe(id: string): string {
  return /^([0-9a-f]{2})*$/.test(id) ? `${id.length / 2} bytes long` : 'not hexadecimal';
}
