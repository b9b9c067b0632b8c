import { formatCost, formatCount, formatDuration } from '@throughline/spans';
import type { TraceDiff } from '../../api/types.ts';
import { pluralOf } from '../../format/numbers.ts';

const MOST_NAMED = 3;

/**
 * The summary of a comparison: `18 steps are the same, 2 changed, 1 added: rerank. The second took 1.9 s longer, cost
 * $0.02 less, and has another output.`
 */
export function comparisonSentence({ counts, delta, steps }: TraceDiff): string {
  const named = (change: 'moved' | 'added' | 'removed') => {
    const names = [
      ...new Set(
        steps.filter((step) => step.change === change).map(({ a, b }) => (b ?? a)?.name || '(no name)'),
      ),
    ];
    return names.length === 0
      ? ''
      : `: ${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;
  };
  const parts = [
    `${formatCount(counts.same)} ${counts.same === 1 ? 'step is' : 'steps are'} the same`,
    counts.changed > 0 && `${formatCount(counts.changed)} changed`,
    counts.moved > 0 && `${formatCount(counts.moved)} moved${named('moved')}`,
    counts.added > 0 && `${formatCount(counts.added)} added${named('added')}`,
    counts.removed > 0 && `${formatCount(counts.removed)} removed${named('removed')}`,
  ].filter(Boolean);
  const effects = [
    compare(delta.durationMs, (ms) => `took ${formatDuration(ms)}`, 'longer', 'less'),
    compare(delta.costUsd, (usd) => `cost ${formatCost(usd)}`, 'more', 'less'),
    compare(delta.tokens, (tokens) => `used ${formatCount(tokens)} tokens`, 'more', 'less'),
    compare(delta.errorCount, (count) => `has ${formatCount(count)}`, ...failedSteps(delta.errorCount)),
    steps.some(({ depth, differences }) => depth === 0 && differences.includes('output')) &&
      'has another output',
  ].filter((effect): effect is string => Boolean(effect));
  return `${parts.join(', ')}.${effects.length > 0 ? ` The second ${listed(effects)}.` : ''}`;
}

/** `more failed steps`, `fewer failed steps`, in the number that the difference needs. */
function failedSteps(delta: number): [more: string, fewer: string] {
  const steps = pluralOf(Math.abs(delta), 'failed step');
  return [`more ${steps}`, `fewer ${steps}`];
}

function compare(
  delta: number | null,
  say: (amount: number) => string,
  more: string,
  less: string,
): string | false {
  if (delta === null || delta === 0) return false;
  return `${say(Math.abs(delta))} ${delta > 0 ? more : less}`;
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
