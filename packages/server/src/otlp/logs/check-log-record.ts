import { Rejection } from '../rejection.ts';
import { checkSpanId, checkTraceId, MAX_TIME } from '../traces/check-span.ts';
import type { RawLogRecord } from './log-sink.ts';

/**
 * Throws if a log record of OTLP cannot be stored. Records without a trace pass, because a later step decides about them.
 *
 * @throws Rejection
 */
export function checkLogRecord(record: RawLogRecord): void {
  if (record.traceId !== '') checkTraceId(record.traceId);
  if (record.spanId !== '') checkSpanId(record.spanId);
  if (record.timeUnixNano === 0n && record.observedTimeUnixNano === 0n)
    throw new Rejection('missing-time', 'time and observed time are both missing or 0');
  if (record.timeUnixNano > MAX_TIME || record.observedTimeUnixNano > MAX_TIME)
    throw new Rejection('time-out-of-range', 'a time is after 2262-04-11; times are nanoseconds since 1970');
}
