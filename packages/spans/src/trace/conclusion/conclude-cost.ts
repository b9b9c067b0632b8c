import { formatCost, formatCount, formatShare, formatTokens } from '../format.ts';
import type { LayoutSpan } from '../trace-layout.ts';
import type { TraceEvidence } from './evidence.ts';
import { type ConclusionSentence, link, linkTo, sentence } from './sentence.ts';

/** A step with a smaller share of the cost is not named. */
const STANDS_OUT = 0.25;
/** One call with more than this part of the cost of its step is named instead of the step. */
const ONE_CALL = 0.6;
/** The input of a conversation grew if the last call has at least this many times the tokens of the first. */
const GREW = 3;
const GREW_TO_TOKENS = 2_000;
/** Providers cache prompts from about a thousand tokens. */
const CACHEABLE_TOKENS = 1_024;
/** A call that reads less than this part of its input from the cache, after it could have, missed the cache. */
const CACHE_MISS = 0.2;

/** Counted calls of one step. */
interface CostStep {
  readonly step: number;
  readonly costUsd: number;
  readonly tokens: number;
  /** Indexes of the calls, sorted by start time. */
  readonly calls: readonly number[];
  readonly unpriced: number;
}

/** Names the step with the highest cost or, if there are no prices, with the most tokens. */
export function concludeCost(evidence: TraceEvidence): ConclusionSentence | undefined {
  const { layout } = evidence;
  const steps = countedSteps(evidence);
  const calls = steps.reduce((sum, step) => sum + step.calls.length, 0);
  if (calls === 0) return concludeNoCalls(evidence);
  const total = steps.reduce((sum, step) => sum + step.costUsd, 0);
  const unpriced = steps.reduce((sum, step) => sum + step.unpriced, 0);
  const [top] = steps.toSorted((a, b) => b.costUsd - a.costUsd || b.tokens - a.tokens || a.step - b.step);
  if (!top || layout.spans.length < 2) return undefined;
  if (total <= 0) return unpriced > 0 ? concludeUnpriced(evidence, steps) : undefined;
  return concludeStep(evidence, top, total, steps);
}

const tokensOf = ({ inputTokens, outputTokens }: LayoutSpan) => (inputTokens ?? 0) + (outputTokens ?? 0);

function countedSteps({ layout, members }: TraceEvidence): CostStep[] {
  return members.flatMap((list, step) => {
    const calls = list.filter((i) => layout.spans[i]?.counted);
    if (calls.length === 0) return [];
    const spans = calls.map((i) => layout.spans[i] as LayoutSpan);
    return {
      step,
      calls,
      costUsd: spans.reduce((sum, span) => sum + (span.costUsd ?? 0), 0),
      tokens: spans.reduce((sum, span) => sum + tokensOf(span), 0),
      unpriced: spans.filter((span) => span.costUsd === null && tokensOf(span) > 0).length,
    };
  });
}

function concludeStep(
  evidence: TraceEvidence,
  top: CostStep,
  total: number,
  all: readonly CostStep[],
): ConclusionSentence {
  const { layout, steps } = evidence;
  const { step, costUsd, calls } = top;
  const label = steps[step]?.label ?? '';
  const share = costUsd / total;
  const unpriced = all.filter((each) => each.unpriced > 0);
  const sum = `${unpriced.length > 0 ? '≥ ' : ''}${formatCost(total)}`;
  const figures = { costUsd, totalUsd: total, share, count: calls.length };
  const costOf = (i: number) => layout.spans[i]?.costUsd ?? 0;
  const byCost = calls.toSorted((a, b) => costOf(b) - costOf(a) || a - b);
  const dearest = byCost[0] as number;
  const part = (usd: number) =>
    formatCost(usd) === formatCost(total) && unpriced.length === 0
      ? ` cost ${formatCost(usd)}, all of the trace`
      : ` cost ${formatCost(usd)} of ${sum} (${formatShare(usd / total)})`;
  const rest = [
    ...growth(evidence, top),
    ...cacheMisses(evidence, top),
    ...unpricedCalls(evidence, unpriced),
  ];
  if (share < STANDS_OUT)
    return sentence(
      'cost',
      'no-expensive-step',
      figures,
      'The cost is spread: ',
      link(layout, label, byCost),
      ` is the largest part,`,
      ` ${formatCost(costUsd)} of ${sum} (${formatShare(share)})`,
      ...rest,
      '.',
    );
  if (calls.length > 1 && costOf(dearest) >= ONE_CALL * costUsd)
    return sentence(
      'cost',
      'expensive-call',
      { ...figures, costUsd: costOf(dearest), share: costOf(dearest) / total },
      `One of ${formatCount(calls.length)} calls of `,
      link(layout, label, [dearest]),
      part(costOf(dearest)),
      ...rest,
      '.',
    );
  return sentence(
    'cost',
    'expensive-step',
    figures,
    link(layout, label, byCost),
    calls.length > 1 ? ` ×${formatCount(calls.length)}` : '',
    part(costUsd),
    ...rest,
    '.',
  );
}

type Parts = Parameters<typeof sentence>[3][];

/** `; its input grew from 1,204 to 28,113 tokens` */
function growth({ layout }: TraceEvidence, { calls }: CostStep): Parts {
  const inputs = calls.map((i) => layout.spans[i]?.inputTokens ?? 0);
  const [first, last] = [inputs[0] ?? 0, inputs.at(-1) ?? 0];
  if (calls.length < 3 || last < GREW * first || last < GREW_TO_TOKENS || first === 0) return [];
  const falls = inputs.filter((tokens, k) => k > 0 && tokens < (inputs[k - 1] as number)).length;
  if (falls > inputs.length / 5) return [];
  return [
    '; the input grew from ',
    link(layout, formatCount(first), [calls[0] as number]),
    ' to ',
    link(layout, formatTokens(last).replace(' tok', ' tokens'), [calls.at(-1) as number]),
  ];
}

/** `; 5 of 12 calls missed the cache`. Says nothing about calls that do not report whether they read from a cache. */
function cacheMisses({ layout }: TraceEvidence, { calls }: CostStep): Parts {
  const missed: number[] = [];
  let reported = 0;
  let before = 0;
  for (const i of calls) {
    const { inputTokens, cacheReadTokens } = layout.spans[i] as LayoutSpan;
    if (cacheReadTokens === null || inputTokens === null) continue;
    reported++;
    // A call can read at most what an earlier call sent.
    const readable = Math.min(before, inputTokens);
    if (readable >= CACHEABLE_TOKENS && cacheReadTokens < CACHE_MISS * readable) missed.push(i);
    before = Math.max(before, inputTokens);
  }
  if (reported < 3 || missed.length < 2 || missed.length < reported / 4) return [];
  return [
    '; ',
    link(layout, `${formatCount(missed.length)} of ${formatCount(calls.length)} calls`, missed),
    ' missed the prompt cache',
  ];
}

/** `; 3 calls of chat local-model have no known price` */
function unpricedCalls({ layout, steps }: TraceEvidence, unpriced: readonly CostStep[]): Parts {
  const [first, ...others] = unpriced.toSorted((a, b) => b.tokens - a.tokens);
  if (!first) return [];
  const count = first.unpriced;
  const calls = first.calls.filter((i) => layout.spans[i]?.costUsd === null);
  return [
    `; ${count === 1 ? 'a call' : `${formatCount(count)} calls`} of `,
    link(layout, steps[first.step]?.label ?? '', calls),
    others.length === 0
      ? ` ${count === 1 ? 'has' : 'have'} no known price`
      : ` and ${formatCount(others.length)} other steps have no known price`,
  ];
}

function concludeUnpriced({ layout, steps }: TraceEvidence, all: readonly CostStep[]): ConclusionSentence {
  const [top] = all.toSorted((a, b) => b.tokens - a.tokens || a.step - b.step);
  const total = all.reduce((sum, { tokens }) => sum + tokens, 0);
  const { step, tokens, calls } = top as CostStep;
  return sentence(
    'cost',
    'no-price',
    { tokens, totalTokens: total, share: tokens / total, count: calls.length },
    link(layout, steps[step]?.label ?? '', calls),
    calls.length > 1 ? ` ×${formatCount(calls.length)}` : '',
    tokens === total
      ? ` used all ${formatCount(total)} tokens`
      : ` used ${formatCount(tokens)} of ${formatCount(total)} tokens`,
    '; no price of a model is known, so the cost is not.',
  );
}

/** An agent without a single recorded model call: its time can be explained, its cost cannot. */
function concludeNoCalls({ layout }: TraceEvidence): ConclusionSentence | undefined {
  const agent = layout.spans.findIndex(({ kind }) => kind === 'agent');
  const span = layout.spans[agent];
  if (!span) return undefined;
  const tokens = tokensOf(span);
  return sentence(
    'cost',
    'no-model-calls',
    { tokens },
    linkTo(layout, agent),
    tokens > 0
      ? ` reports ${formatCount(tokens)} tokens, but none of its model calls was recorded.`
      : ' recorded no model calls, so its tokens and cost are unknown.',
  );
}
