import { layoutTrace } from '@throughline/spans';
import { describe, expect, it } from 'vitest';
import { concludeTrace } from './conclusion.ts';
import { spanFixture } from './span-fixture.ts';

/**
 *     root      0───────────────────100   error, passed on from lookup
 *     ├─ search  0──────────60
 *     └─ agent   60──────────100          repeats the cost of its children
 *        ├─ chat  60────80                $0.02
 *        └─ lookup      80──90            error
 */
const layout = layoutTrace([
  spanFixture('root', null, 0, 100, { status: 'error' }),
  spanFixture('search', 'root', 0, 60),
  spanFixture('agent', 'root', 60, 40, { kind: 'agent', costUsd: 0.5 }),
  spanFixture('chat', 'agent', 60, 20, { kind: 'llm', costUsd: 0.02, counted: true }),
  spanFixture('lookup', 'agent', 80, 10, { kind: 'tool', status: 'error' }),
]);
const nameOf = (index: number | undefined) => layout.spans[index ?? -1]?.spanId;

describe('the conclusion of a trace', () => {
  const conclusion = concludeTrace(layout);

  it('names the span with the most self time, not the root that waits for it', () => {
    expect(nameOf(conclusion.slowest?.index)).toBe('search');
    expect(conclusion.slowest?.share).toBeCloseTo(0.6);
  });

  it('names the most expensive call, not the agent that reports the total of its calls', () => {
    expect(nameOf(conclusion.mostExpensive?.index)).toBe('chat');
    expect(conclusion.mostExpensive?.costUsd).toBe(0.02);
  });

  it('names the span where an error started, not those that passed it on', () => {
    expect(conclusion.errors.map(nameOf)).toEqual(['lookup']);
  });

  it('is empty for a trace of one span', () => {
    expect(concludeTrace(layoutTrace([spanFixture('a', null, 0, 5)]))).toEqual({ errors: [], byCost: [] });
  });
});
