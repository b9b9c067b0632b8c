import type { LayoutSpan } from '../trace/trace-layout.ts';

const NOTHING = {
  statusMessage: null,
  errorType: null,
  service: null,
  model: null,
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  costUsd: null,
  counted: false,
  ttftMs: null,
  toolName: null,
} as const;

/** A span for tests that starts `startMs` after 10:00 UTC. */
export function spanFixture(
  spanId: string,
  parentSpanId: string | null,
  startMs: number,
  durationMs: number | null,
  more: Partial<LayoutSpan> = {},
): LayoutSpan {
  const startTime = new Date(Date.UTC(2026, 10, 20, 10) + startMs).toISOString().replace('Z', '000000Z');
  return {
    ...NOTHING,
    spanId,
    parentSpanId,
    name: spanId,
    kind: 'span',
    startTime,
    durationMs,
    status: 'unset',
    ...more,
  };
}

/**
 *     a  0────────────────────100
 *     ├─ b  10──────50
 *     │  └─ c   20─30
 *     └─ d      40──────90        overlaps b for 10 ms
 *     lost  60─70                 its parent is missing
 */
export const FAMILY = [
  spanFixture('a', null, 0, 100),
  spanFixture('d', 'a', 40, 50),
  spanFixture('b', 'a', 10, 40),
  spanFixture('c', 'b', 20, 10),
  spanFixture('lost', 'gone', 60, 10),
];
