import { formatCount, formatMeasure, formatShare } from '@throughline/spans';
import type { MetricsResult, MetricsRow } from '../../api/types.ts';
import { showChange } from '../../format/measures.ts';
import { countOf, nameUnpriced } from '../../format/numbers.ts';
import { nameOfDimension, nameOfGroup } from './group-name.ts';

/** One sentence about the range. */
export interface Change {
  readonly id: string;
  /** The number or name that matters, which is shown first. */
  readonly subject: string;
  readonly text: string;
  /** Where the sentence leads. A group is one of the chosen dimension, of the model, or of the type of error. */
  readonly target:
    | { readonly type: 'dashboard'; readonly name: string; readonly by?: string }
    | { readonly type: 'prices' }
    | {
        readonly type: 'rows';
        readonly of: 'spans' | 'traces';
        readonly measure: string;
        readonly by: readonly string[];
        readonly row: MetricsRow;
      };
}

/** The results from which the sentences are made. All of them have a previous period. */
export interface ChangeInputs {
  /** Of traces: count, failed, errorRate, durationMs.p95. */
  readonly traces: MetricsResult;
  /** Cost by the chosen dimension. */
  readonly costs: MetricsResult;
  readonly by: string;
  /** Calls by model. */
  readonly models: MetricsResult;
  /** Failed spans by type of error. */
  readonly errors: MetricsResult;
}

/** A change below this share is called "about the same". */
const SAME = 0.02;
/** Maximum number of new values in one sentence. */
const MOST_NAMES = 3;

/** What happened in the range and what changed since the previous period, most important first. */
export function changesOf(inputs: ChangeInputs): Change[] {
  return [
    ...totalCost(inputs),
    ...largestGroup(inputs),
    ...largestIncrease(inputs),
    ...failures(inputs),
    ...frequentError(inputs),
    ...durations(inputs),
    ...newModels(inputs),
    ...unpriced(inputs),
  ];
}

function totalCost({ costs }: ChangeInputs): Change[] {
  const cost = numberOf(costs.totals, 'cost.sum');
  if (cost === null) return [];
  const before = numberOf(costs.previous?.totals, 'cost.sum');
  return [
    {
      id: 'cost',
      subject: `${costs.incomplete ? '≥ ' : ''}${formatMeasure(cost, 'usd')}`,
      text: `spent, ${compared(cost, before, 'usd', ['more', 'less'])}`,
      target: { type: 'dashboard', name: 'cost' },
    },
  ];
}

function largestGroup({ costs, by }: ChangeInputs): Change[] {
  const [first] = costs.groups;
  const total = numberOf(costs.totals, 'cost.sum');
  const cost = first && numberOf(first, 'cost.sum');
  if (!first || !cost || !total || costs.groups.length < 2) return [];
  return [
    {
      id: 'largest',
      subject: nameOfGroup([by], first),
      text: `makes ${formatShare(cost / total)} of the cost, the most of all by ${nameOfDimension(by)} (${formatMeasure(cost, 'usd')})`,
      target: { type: 'rows', of: 'spans', measure: 'cost.sum', by: [by], row: first },
    },
  ];
}

/** The group whose cost rose most, if that is more than a twentieth of the previous total. */
function largestIncrease({ costs, by }: ChangeInputs): Change[] {
  const { previous } = costs;
  const total = numberOf(previous?.totals, 'cost.sum');
  if (!previous || !total) return [];
  const before = new Map(previous.groups.map((row) => [row[by], numberOf(row, 'cost.sum') ?? 0]));
  const [rise] = costs.groups
    .map((row) => ({ row, earlier: before.get(row[by]) ?? 0, now: numberOf(row, 'cost.sum') ?? 0 }))
    .toSorted((a, b) => b.now - b.earlier - (a.now - a.earlier));
  if (!rise || rise.now - rise.earlier < total / 20) return [];
  return [
    {
      id: 'increase',
      subject: nameOfGroup([by], rise.row),
      text: `costs ${formatMeasure(rise.now - rise.earlier, 'usd')} more than before (${showChange(rise.now, rise.earlier).text}), the largest increase`,
      target: { type: 'rows', of: 'spans', measure: 'cost.sum', by: [by], row: rise.row },
    },
  ];
}

function failures({ traces }: ChangeInputs): Change[] {
  const count = numberOf(traces.totals, 'count.sum') ?? 0;
  const failed = numberOf(traces.totals, 'failed.sum') ?? 0;
  if (count === 0) return [];
  const before = numberOf(traces.previous?.totals, 'errorRate.ratio');
  const rate = failed / count;
  const change =
    before === null
      ? ''
      : Math.abs(rate - before) < 0.002
        ? ', about as many as before'
        : `, ${rate > before ? 'up' : 'down'} from ${formatShare(before)}`;
  return [
    {
      id: 'failed',
      subject: formatShare(rate),
      text: `of the traces failed: ${formatCount(failed)} of ${formatCount(count)}${change}`,
      target: { type: 'rows', of: 'traces', measure: 'failed.sum', by: [], row: {} },
    },
  ];
}

function frequentError({ errors }: ChangeInputs): Change[] {
  const named = errors.groups.filter(({ error }) => error !== null);
  const [first] = named;
  const count = first && numberOf(first, 'failed.sum');
  if (!first || !count) return [];
  const before = numberOf(
    errors.previous?.groups.find(({ error }) => error === first.error),
    'failed.sum',
  );
  return [
    {
      id: 'error',
      subject: String(first.error),
      text: `is the most frequent error: ${countOf(count, 'span')}, ${compared(count, before, 'count', ['more', 'fewer'])}`,
      target: { type: 'rows', of: 'spans', measure: 'failed.sum', by: ['error'], row: first },
    },
  ];
}

function durations({ traces }: ChangeInputs): Change[] {
  const p95 = numberOf(traces.totals, 'durationMs.p95');
  if (p95 === null) return [];
  const before = numberOf(traces.previous?.totals, 'durationMs.p95');
  return [
    {
      id: 'duration',
      subject: formatMeasure(p95, 'ms'),
      text: `is the 95th percentile of the duration of a trace, ${compared(p95, before, 'ms', ['slower', 'faster'])}`,
      target: { type: 'dashboard', name: 'latency' },
    },
  ];
}

function newModels({ models }: ChangeInputs): Change[] {
  if (!models.previous || models.previous.groups.length === 0) return [];
  const before = new Set(models.previous.groups.map(({ model }) => model));
  const added = models.groups.filter(({ model }) => model !== null && !before.has(model));
  const [first] = added;
  if (!first) return [];
  const names = added.slice(0, MOST_NAMES).map((row) => nameOfGroup(['model'], row));
  const more = added.length > names.length ? ` and ${added.length - names.length} more` : '';
  return [
    {
      id: 'new-models',
      subject: `${names.join(', ')}${more}`,
      text: `${added.length === 1 ? 'was' : 'were'} not used in the previous period`,
      target:
        added.length === 1
          ? { type: 'rows', of: 'spans', measure: 'calls.sum', by: ['model'], row: first }
          : { type: 'dashboard', name: 'cost', by: 'model' },
    },
  ];
}

function unpriced({ costs }: ChangeInputs): Change[] {
  if (costs.unpricedCalls === 0) return [];
  return [
    {
      id: 'unpriced',
      subject: '≥',
      text: `The cost is a lower bound: ${nameUnpriced(costs)}`,
      target: { type: 'prices' },
    },
  ];
}

function numberOf(row: MetricsRow | undefined, name: string): number | null {
  const value = row?.[name];
  return typeof value === 'number' ? value : null;
}

/** `12 % more than before ($98.20)`, `about as before`. */
function compared(
  now: number,
  before: number | null,
  unit: string,
  [rising, falling]: readonly [string, string],
): string {
  if (before === null || before === 0) return 'and nothing before';
  const change = (now - before) / before;
  if (Math.abs(change) < SAME) return `about as before (${formatMeasure(before, unit)})`;
  return `${showChange(now, before).text.replace(/^[+−]/, '')} ${change > 0 ? rising : falling} than before (${formatMeasure(before, unit)})`;
}
