import type { LayoutSpan, TraceLayout } from './trace-layout.ts';

/** Calls of one tool, or runs of one nested agent, in an iteration. */
export interface UsedTool {
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  /** Index of the first of them. */
  readonly first: number;
}

/** One round of an agent: it asks a model, and does what the model asked for. */
export interface AgentIteration {
  /** Index of the model call with which it begins. */
  readonly call: number;
  /** Number of model calls, which is more than one if they ran at the same time. */
  readonly calls: number;
  readonly startMs: number;
  /** Time until the next iteration began or the agent ended. */
  readonly durationMs: number;
  /** Part of that time in which a model call of the agent ran. */
  readonly modelMs: number;
  /** In the order of their first call. */
  readonly tools: readonly UsedTool[];
  /** Null if no call reported tokens. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Null if no call has a price. Calls of nested agents are included. */
  readonly costUsd: number | null;
  /** Calls with tokens but no known price. */
  readonly unpricedCalls: number;
  readonly errors: number;
}

/** An agent of a trace with its iterations. */
export interface AgentRun {
  /** Index of the span of the agent. */
  readonly agent: number;
  readonly iterations: readonly AgentIteration[];
}

/**
 * Splits each agent of a trace into iterations. An iteration begins with a model call of the agent and lasts until the next
 * one that starts after it has ended; what a nested agent does belongs to the iteration in which the agent was called. If
 * no span is an agent, the roots count as agents, because many applications have a loop without naming it.
 *
 *     agent    0────────────────────────────100
 *     ├─ chat  0──10                             iteration 1: 0–40
 *     ├─ tool      10──40
 *     └─ chat           40──100                  iteration 2: 40–100
 */
export function agentRuns(layout: TraceLayout): readonly AgentRun[] {
  const { spans, depth } = layout;
  const agents = spans.flatMap(({ kind }, i) => (kind === 'agent' ? i : []));
  const heads = agents.length > 0 ? agents : spans.flatMap((_, i) => (depth[i] === 0 ? i : []));
  return heads
    .map((agent) => ({ agent, iterations: iterationsOf(layout, agent) }))
    .filter(({ iterations }) => iterations.length > 0);
}

function iterationsOf(layout: TraceLayout, agent: number): AgentIteration[] {
  const { spans, startMs, end, durationMs, totalMs } = layout;
  const own = ownSpans(layout, agent);
  const calls = own
    .filter((i) => spans[i]?.kind === 'llm' && !hasModelCall(layout, i))
    .sort((a, b) => (startMs[a] as number) - (startMs[b] as number) || a - b);
  const endOf = (i: number) =>
    Number.isNaN(durationMs[i] as number) ? totalMs : (startMs[i] as number) + (durationMs[i] as number);
  const groups: number[][] = [];
  let untilMs = Number.NEGATIVE_INFINITY;
  for (const call of calls) {
    const group = groups.at(-1);
    if (group && (startMs[call] as number) < untilMs) group.push(call);
    else groups.push([call]);
    untilMs = Math.max(untilMs, endOf(call));
  }
  if (groups.length === 0) return [];
  const starts = groups.map(([first]) => startMs[first as number] as number);
  const iterationAt = (ms: number) =>
    Math.max(
      0,
      starts.findLastIndex((start) => start <= ms),
    );
  const sums = groups.map(() => newSums());
  for (let i = agent + 1; i < (end[agent] as number); i++)
    addSpan(sums[iterationAt(startMs[i] as number)] as Sums, spans[i] as LayoutSpan);
  for (const i of own) {
    const { kind } = spans[i] as LayoutSpan;
    if (kind === 'tool' || kind === 'agent')
      addTool(sums[iterationAt(startMs[i] as number)] as Sums, spans[i] as LayoutSpan, i);
  }
  const lastMs = Math.max(endOf(agent), ...calls.map(endOf));
  return groups.map((group, k) => {
    const { tools, ...rest } = sums[k] as Sums;
    const from = starts[k] as number;
    return {
      call: group[0] as number,
      calls: group.length,
      startMs: from,
      durationMs: (starts[k + 1] ?? lastMs) - from,
      modelMs: Math.max(...group.map(endOf)) - from,
      tools: [...tools.values()],
      ...rest,
    };
  });
}

/** The descendants of an agent without those of nested agents. */
function ownSpans({ spans, end }: TraceLayout, agent: number): number[] {
  const own: number[] = [];
  for (let i = agent + 1; i < (end[agent] as number); ) {
    own.push(i);
    i = spans[i]?.kind === 'agent' ? (end[i] as number) : i + 1;
  }
  return own;
}

/** Whether a model call is below a span. Then the span is the same call, as a framework sees it, or a loop of calls. */
function hasModelCall({ spans, end }: TraceLayout, index: number): boolean {
  for (let i = index + 1; i < (end[index] as number); i++) if (spans[i]?.kind === 'llm') return true;
  return false;
}

interface Sums {
  readonly tools: Map<string, { name: string; count: number; failed: number; first: number }>;
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  unpricedCalls: number;
  errors: number;
}

function newSums(): Sums {
  return {
    tools: new Map(),
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    unpricedCalls: 0,
    errors: 0,
  };
}

function addSpan(sums: Sums, span: LayoutSpan): void {
  const { counted, inputTokens, outputTokens, costUsd } = span;
  if (span.status === 'error') sums.errors += 1;
  if (!counted) return;
  if (inputTokens !== null) sums.inputTokens = (sums.inputTokens ?? 0) + inputTokens;
  if (outputTokens !== null) sums.outputTokens = (sums.outputTokens ?? 0) + outputTokens;
  if (costUsd !== null) sums.costUsd = (sums.costUsd ?? 0) + costUsd;
  else if ((inputTokens ?? 0) + (outputTokens ?? 0) > 0) sums.unpricedCalls += 1;
}

function addTool({ tools }: Sums, { toolName, name, status }: LayoutSpan, index: number): void {
  const key = toolName ?? name;
  const tool = tools.get(key) ?? { name: key, count: 0, failed: 0, first: index };
  tools.set(key, tool);
  tool.count += 1;
  if (status === 'error') tool.failed += 1;
}
