import type { RawResource, RawSpan } from '@throughline/spans';
import type { Rejected } from '../rejection.ts';

/** Takes spans as a decoder finds them, so that no request has to stand in memory as objects at once. */
export interface SpanSink {
  span(span: RawSpan): void;
  /** `resource` is absent where it could not be read. */
  reject(rejected: Rejected, resource: RawResource | undefined): void;
}
