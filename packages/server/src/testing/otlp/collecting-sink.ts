import type { RawSpan } from '@throughline/spans';
import type { Rejected } from '../../otlp/rejection.ts';
import type { SpanSink } from '../../otlp/traces/span-sink.ts';

/** For tests: collects all spans and rejections. */
export class CollectingSink implements SpanSink {
  readonly spans: RawSpan[] = [];
  readonly rejected: string[] = [];
  span(span: RawSpan): void {
    this.spans.push(span);
  }
  reject({ reason, detail }: Rejected): void {
    this.rejected.push(`${reason}: ${detail}`);
  }
}
