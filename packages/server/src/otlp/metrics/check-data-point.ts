import { Rejection } from '../rejection.ts';
import { MAX_TIME } from '../traces/check-span.ts';
import type { RawDataPoint } from './metric-sink.ts';

/** @throws Rejection if a data point cannot be stored */
export function checkDataPoint(point: RawDataPoint): void {
  if (point.timeUnixNano === 0n) throw new Rejection('missing-time', 'the time is missing or 0');
  if (point.timeUnixNano > MAX_TIME || point.startTimeUnixNano > MAX_TIME)
    throw new Rejection('time-out-of-range', 'a time is after 2262-04-11; times are nanoseconds since 1970');
}
