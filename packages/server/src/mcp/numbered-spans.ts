import { buildTraceTree, type TraceNode, walkTree } from '@throughline/spans';
import type { SpanSummary } from '../contract/span.ts';

/**
 * The spans of a trace with short numbers, in display order from 1. Span ids take about ten tokens each; `#7` takes two.
 */
export class NumberedSpans {
  readonly nodes: readonly TraceNode<SpanSummary>[];
  readonly #numbers = new Map<string, number>();

  constructor(spans: readonly SpanSummary[]) {
    this.nodes = [...walkTree(buildTraceTree(spans))];
    for (const [index, { span }] of this.nodes.entries()) this.#numbers.set(span.spanId, index + 1);
  }

  /** `#7` */
  handleOf(spanId: string): string {
    return `#${this.#numbers.get(spanId) ?? '?'}`;
  }

  /** The span with a number such as `#7` or `7`, or with this id. */
  find(written: string): SpanSummary | undefined {
    const byId = this.#numbers.get(written);
    const number = byId ?? Number(/^#?(\d{1,6})$/.exec(written.trim())?.[1] ?? Number.NaN);
    return this.nodes[number - 1]?.span;
  }
}
