import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call, type PlannedSpan, plan, spansOf } from '../testing/planned-span.ts';
import { type AgentRun, agentRuns } from './agent-runs.ts';
import { layoutTrace } from './trace-layout.ts';

function runsOf(...roots: readonly PlannedSpan[]): readonly AgentRun[] {
  return agentRuns(layoutTrace(spansOf(...roots)));
}
const times = ({ iterations }: AgentRun) =>
  iterations.map(({ startMs, durationMs }) => `${startMs}–${startMs + durationMs}`);

describe('the runs of agents', () => {
  it('begin an iteration with each model call, and add up its tools, tokens and cost', () => {
    const [run] = runsOf(
      plan('agent researcher', 0, 100, {}, [
        call('chat', 0, 10, 1000, 0.01),
        plan('tool search', 10, 30, { toolName: 'search' }),
        plan('tool search', 10, 40, { toolName: 'search', status: 'error' }),
        call('chat', 45, 60, 2000, null),
        plan('tool read', 60, 65, { toolName: 'read' }),
      ]),
    );
    expect(times(run as AgentRun)).toEqual(['0–45', '45–100']);
    expect(run?.iterations).toMatchObject([
      {
        calls: 1,
        modelMs: 10,
        tools: [{ name: 'search', count: 2, failed: 1 }],
        inputTokens: 1000,
        outputTokens: 100,
        costUsd: 0.01,
        unpricedCalls: 0,
        errors: 1,
      },
      { tools: [{ name: 'read', count: 1 }], inputTokens: 2000, costUsd: null, unpricedCalls: 1, errors: 0 },
    ]);
  });

  it('count model calls that run at the same time as one iteration', () => {
    const [run] = runsOf(
      plan('agent a', 0, 100, {}, [
        call('left', 0, 40, 10, 0.01),
        call('right', 20, 60, 10, 0.01),
        call('sum', 60, 100, 10, 0.01),
      ]),
    );
    expect(run?.iterations.map(({ calls, modelMs }) => [calls, modelMs])).toEqual([
      [2, 60],
      [1, 40],
    ]);
  });

  it('give a nested agent to the iteration that called it, and iterations of its own', () => {
    const [outer, inner] = runsOf(
      plan('agent outer', 0, 100, {}, [
        call('plan', 0, 10, 10, 0.01),
        plan('agent inner', 10, 80, {}, [call('a', 10, 40, 10, 0.02), call('b', 40, 80, 10, 0.03)]),
        call('answer', 80, 100, 10, 0.04),
      ]),
    );
    expect(outer?.iterations.map(({ costUsd, tools }) => [costUsd, tools.map(({ name }) => name)])).toEqual([
      [0.06, ['inner']],
      [0.04, []],
    ]);
    expect(inner?.iterations.map(({ costUsd }) => costUsd)).toEqual([0.02, 0.03]);
  });

  it('see a loop below a root that is not called an agent, and call wrappers as one call', () => {
    const root = plan('chain loop', 0, 30, {}, [
      plan('llm generate', 0, 10, {}, [call('chat', 1, 9, 10, 0.01)]),
      plan('llm generate', 10, 30, {}, [call('chat', 11, 29, 10, 0.01)]),
    ]);
    expect(times(runsOf(root)[0] as AgentRun)).toEqual(['1–11', '11–30']);
    expect(runsOf(plan('chain plain', 0, 30, {}, [plan('tool a', 0, 10)]))).toEqual([]);
  });

  it('add up to the whole agent', () => {
    const children = fc.array(
      fc.record({
        start: fc.integer({ min: 0, max: 99 }),
        length: fc.integer({ min: 0, max: 60 }),
        tokens: fc.integer({ min: 1, max: 5000 }),
        kind: fc.constantFrom('llm', 'tool', 'agent'),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(children, (planned) => {
        const below = planned.map(({ start, length, tokens, kind }) =>
          kind === 'llm'
            ? call('chat', start, start + length, tokens, tokens / 1e6)
            : plan(`${kind} step`, start, start + length),
        );
        const layout = layoutTrace(spansOf(plan('agent all', 0, 100, {}, below)));
        const run = agentRuns(layout).find(({ agent }) => agent === 0);
        if (!run) return;
        const cost = run.iterations.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
        expect(cost).toBeCloseTo(layout.sumCostUsd[0] as number, 9);
        expect(run.iterations.every(({ durationMs, modelMs }) => durationMs >= modelMs)).toBe(true);
      }),
    );
  });
});
