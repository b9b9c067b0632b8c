import { describe, expect, it } from 'vitest';
import { call, plan, spansOf } from '../testing/planned-span.ts';
import { findCriticalPath } from './critical-path.ts';
import { type RollUpBy, rollUp } from './roll-up.ts';
import { layoutTrace } from './trace-layout.ts';

/**
 *     agent            0────────────────────100
 *     ├─ chat gpt-4o    0───30                    $0.01
 *     ├─ search 1          30──40                 error
 *     ├─ chat gpt-4o           40────70           no price
 *     ├─ search 2                    70──90
 *     └─ chat mini                       90──100  $0.002
 */
const layout = layoutTrace(
  spansOf(
    plan('agent agent', 0, 100, { inputTokens: 500, costUsd: 9 }, [
      call('chat', 0, 30, 200, 0.01, { model: 'gpt-4o' }),
      plan('tool search 1', 30, 40, { status: 'error', toolName: 'web_search' }),
      call('chat', 40, 70, 400, null, { model: 'gpt-4o' }),
      plan('tool search 2', 70, 90, { toolName: 'web_search' }),
      call('chat', 90, 100, 100, 0.002, { model: 'gpt-4o-mini' }),
    ]),
  ),
);
const path = findCriticalPath(layout);
const labels = (by: RollUpBy) =>
  rollUp(layout, path, by).rows.map(({ label, count }) => `${label} ×${count}`);

describe('the roll-up of a trace', () => {
  it('groups by step: name without number, kind and model', () => {
    expect(labels('step')).toEqual(['chat gpt-4o ×2', 'search ×2', 'chat gpt-4o-mini ×1', 'agent ×1']);
  });

  it.each([
    ['kind', ['llm ×3', 'tool ×2', 'agent ×1']],
    ['model', ['gpt-4o ×2', 'gpt-4o-mini ×1']],
    ['tool', ['web_search ×2']],
  ] as const)('groups by %s', (by, rows) => {
    expect(labels(by)).toEqual(rows);
  });

  it('adds up times, cost, tokens and errors', () => {
    const [chat, search, , agent] = rollUp(layout, path, 'step').rows;
    expect(chat).toMatchObject({
      kind: 'llm',
      totalMs: 60,
      selfMs: 60,
      criticalMs: 60,
      p50Ms: 30,
      maxMs: 30,
      costUsd: 0.01,
      costIncomplete: true,
      unpricedCalls: 1,
      unpricedModels: ['gpt-4o'],
      tokens: 800,
      errors: 0,
    });
    expect(search).toMatchObject({
      totalMs: 30,
      p50Ms: 10,
      maxMs: 20,
      costUsd: null,
      tokens: null,
      errors: 1,
    });
    // The agent repeats the usage of its calls, so it is not counted.
    expect(agent).toMatchObject({ totalMs: 100, selfMs: 0, costUsd: null, tokens: null });
  });

  it('says for each span to which row it belongs', () => {
    expect([...rollUp(layout, path, 'step').rowOf]).toEqual([3, 0, 1, 0, 1, 2]);
    expect([...rollUp(layout, path, 'tool').rowOf]).toEqual([-1, -1, 0, -1, 0, -1]);
  });

  it('counts running spans, which have no duration yet', () => {
    const running = layoutTrace(
      spansOf(plan('agent a', 0, null, {}, [plan('tool b', 0, 10), plan('tool b', 10, null)])),
    );
    const { rows } = rollUp(running, findCriticalPath(running), 'step');
    expect(rows.find(({ label }) => label === 'b')).toMatchObject({
      count: 2,
      running: 1,
      totalMs: 10,
      p50Ms: 10,
    });
    expect(rows.find(({ label }) => label === 'a')).toMatchObject({ running: 1, p50Ms: null, maxMs: null });
  });
});
