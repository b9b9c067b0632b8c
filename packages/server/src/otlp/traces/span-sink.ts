import type { RawResource, RawSpan } from '@throughline/spans';
import type { Rejected } from '../rejection.ts';

/** Receives spans as they are decoded, so that the objects of a whole request are never in memory together. */
export interface SpanSink {
  span(span: RawSpan): void;
  /** `resource` is undefined if it cannot be read. */
  reject(rejected: Rejected, resource: RawResource | undefined): void;
}
