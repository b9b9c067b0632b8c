import type { SpanKind } from '../model/kind.ts';
import type { LayoutSpan } from '../trace/trace-layout.ts';
import { spanFixture } from './span-fixture.ts';

/** A span of a trace that a test writes down, with the spans below it. */
export interface PlannedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  /** In ms since the trace began. */
  readonly startMs: number;
  /** In ms since the trace began; null if the span has not ended. */
  readonly endMs: number | null;
  readonly more: Partial<LayoutSpan>;
  readonly below: readonly PlannedSpan[];
}

/** Writes down a span: `plan('tool search', 10, 60)`. The first word is its kind. */
export function plan(
  kindAndName: string,
  startMs: number,
  endMs: number | null,
  more: Partial<LayoutSpan> = {},
  below: readonly PlannedSpan[] = [],
): PlannedSpan {
  const space = kindAndName.indexOf(' ');
  const kind = kindAndName.slice(0, space) as SpanKind;
  return { name: kindAndName.slice(space + 1), kind, startMs, endMs, more, below };
}

/** A model call with its usage and price. */
export function call(
  name: string,
  startMs: number,
  endMs: number | null,
  inputTokens: number,
  costUsd: number | null,
  more: Partial<LayoutSpan> = {},
): PlannedSpan {
  return plan(`llm ${name}`, startMs, endMs, {
    inputTokens,
    outputTokens: 100,
    costUsd,
    counted: true,
    ...more,
  });
}

/** The spans of planned traces. Ids are the names, with a number if a name repeats: `search`, `search 2`. */
export function spansOf(...roots: readonly PlannedSpan[]): LayoutSpan[] {
  const seen = new Map<string, number>();
  const spans: LayoutSpan[] = [];
  const pending = roots.map((span) => ({ span, parentId: null as string | null })).reverse();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { span, parentId } = next;
    const count = (seen.get(span.name) ?? 0) + 1;
    seen.set(span.name, count);
    const id = count === 1 ? span.name : `${span.name} ${count}`;
    const duration = span.endMs === null ? null : span.endMs - span.startMs;
    spans.push(
      spanFixture(id, parentId, span.startMs, duration, { name: span.name, kind: span.kind, ...span.more }),
    );
    for (const child of span.below.toReversed()) pending.push({ span: child, parentId: id });
  }
  return spans;
}

/** Spans that follow each other: `each(40, (i) => call('chat', i * 10, i * 10 + 9, 100, 0.01))`. */
export function each<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
