import { formatCount, formatDuration } from '../format.ts';
import { errorOrigins } from '../notable-spans.ts';
import { printableName } from '../printable-name.ts';
import { nameWithoutNumber } from '../steps.ts';
import type { LayoutSpan } from '../trace-layout.ts';
import { childrenOf, type TraceEvidence } from './evidence.ts';
import { type ConclusionPart, type ConclusionSentence, link, linkTo, sentence } from './sentence.ts';

/** Time lost in failed attempts that is worth a remark, as a part of the trace. */
const LOST_TIME = 0.1;

type Outcome = 'failed-trace' | 'retried' | 'survived';

/** One error and its consequence. */
interface Failure {
  readonly origin: number;
  readonly outcome: Outcome;
  /** Number of attempts, including those that succeeded. */
  readonly tried: number;
  /** The attempt that succeeded. */
  readonly success?: number;
  /** The highest span that failed with the origin. */
  readonly top: number;
}

/** Failures of one step with the same outcome. */
interface FailedStep {
  readonly outcome: Outcome;
  readonly failures: readonly Failure[];
  /** All failed spans of the step, by start time. */
  readonly failed: readonly number[];
  readonly lostMs: number;
}

/** Reports what failed, and whether the trace failed, another attempt succeeded, or the trace continued without it. */
export function concludeErrors(evidence: TraceEvidence): ConclusionSentence | undefined {
  const steps = failedSteps(evidence);
  const [first, ...others] = steps;
  if (!first) return undefined;
  return describe(evidence, first, others);
}

const RANK: Readonly<Record<Outcome, number>> = { 'failed-trace': 0, retried: 1, survived: 1 };

function failedSteps(evidence: TraceEvidence): readonly FailedStep[] {
  const { layout } = evidence;
  const siblings = createSiblingReader(evidence);
  const groups = new Map<string, Failure[]>();
  for (const origin of errorOrigins(layout)) {
    const failure = follow(evidence, siblings, origin);
    const key = stepKey(layout.spans[origin]);
    const list = groups.get(key);
    if (list) list.push(failure);
    else groups.set(key, [failure]);
  }
  return [...groups.values()].map(groupOf).sort((a, b) => {
    return (
      RANK[a.outcome] - RANK[b.outcome] || b.lostMs - a.lostMs || (a.failed[0] ?? 0) - (b.failed[0] ?? 0)
    );
  });

  function groupOf(failures: Failure[]): FailedStep {
    const worst = failures.find(({ outcome }) => outcome === 'failed-trace') ?? failures.at(-1);
    const failed = failures.map(({ origin }) => origin);
    const lostMs = failed.reduce((sum, i) => sum + (layout.durationMs[i] || 0), 0);
    return { outcome: worst?.outcome ?? 'survived', failures, failed, lostMs };
  }
}

/** Follows an error upwards until a parent did not fail, and looks for another attempt on each level. */
function follow(evidence: TraceEvidence, siblings: SiblingReader, origin: number): Failure {
  const { layout, path } = evidence;
  const tried =
    siblings(layout.parent[origin] as number).byStep.get(stepKey(layout.spans[origin]))?.count ?? 1;
  let at = origin;
  for (; ; at = layout.parent[at] as number) {
    const up = layout.parent[at] as number;
    const { byStep, culprit } = siblings(up);
    const key = stepKey(layout.spans[at]);
    const success = byStep.get(key)?.lastSuccess ?? -1;
    if (success >= 0 && (path.clocks.startMs[success] as number) >= (path.lastEndMs[at] as number) - 1e-6)
      return { origin, outcome: 'retried', tried, success, top: at };
    if (up < 0 || layout.spans[up]?.status !== 'error' || culprit !== key) break;
  }
  const fatal = (layout.parent[at] as number) < 0 && layout.rootReason[at] === 'root';
  return { origin, outcome: fatal ? 'failed-trace' : 'survived', tried, top: at };
}

/** The attempts among the children of one span. */
interface Siblings {
  /** Attempts by step: the same kind and name. A tool that an agent calls again is a new attempt as well. */
  readonly byStep: ReadonlyMap<string, Attempts>;
  /**
   * The step that made the parent fail, if it failed. Of several failed children it was the last one with the error of
   * the parent, or simply the last one; the parent went on after the others.
   */
  readonly culprit: string | undefined;
}

interface Attempts {
  count: number;
  /** The attempt that succeeded and started last; -1 if there is none. */
  lastSuccess: number;
}

/** Returns the siblings below a parent, or the roots for -1. */
type SiblingReader = (parent: number) => Siblings;

/** Reads the children of each parent only once, because thousands of them can have failed. */
function createSiblingReader(evidence: TraceEvidence): SiblingReader {
  const known = new Map<number, Siblings>();
  return (parent) => {
    const found = known.get(parent) ?? readSiblings(evidence, parent);
    known.set(parent, found);
    return found;
  };
}

function readSiblings({ layout, path }: TraceEvidence, parent: number): Siblings {
  const byStep = new Map<string, Attempts>();
  const parentError = layout.spans[parent]?.errorType;
  let [culprit, culpritMatches, culpritEndMs]: [string | undefined, boolean, number] = [undefined, false, 0];
  for (const i of childrenOf(layout, parent)) {
    const span = layout.spans[i] as LayoutSpan;
    const key = stepKey(span);
    const attempts = byStep.get(key) ?? { count: 0, lastSuccess: -1 };
    byStep.set(key, attempts);
    attempts.count++;
    if (span.status !== 'error') {
      if (span.durationMs !== null) attempts.lastSuccess = i;
      continue;
    }
    const matches = span.errorType === parentError;
    const endMs = path.lastEndMs[i] as number;
    if (culpritMatches && !matches) continue;
    if (culprit === undefined || matches !== culpritMatches || endMs >= culpritEndMs)
      [culprit, culpritMatches, culpritEndMs] = [key, matches, endMs];
  }
  return { byStep, culprit };
}

function stepKey(span: LayoutSpan | undefined): string {
  return span ? `${span.kind}\n${nameWithoutNumber(span.name, span.model)}` : '';
}

function describe(
  evidence: TraceEvidence,
  step: FailedStep,
  others: readonly FailedStep[],
): ConclusionSentence {
  const { layout, path } = evidence;
  const { failed, lostMs, outcome, failures } = step;
  const origin = (failures.find((failure) => failure.outcome === outcome) ?? failures[0]) as Failure;
  const span = layout.spans[origin.origin] as LayoutSpan;
  const name = link(layout, nameWithoutNumber(span.name, span.model) || '(no name)', failed);
  const count = failed.length;
  const times = count === 1 ? '' : count === 2 ? ' twice' : ` ${formatCount(count)} times`;
  const reason = reasonOf(span);
  const lost =
    lostMs >= LOST_TIME * path.totalMs && count > 1 ? `, which took ${formatDuration(lostMs)}` : '';
  const figures = { count, lostMs, totalMs: path.totalMs, otherErrors: sumOf(others) };
  const also = alsoFailed(evidence, others);
  const start = [name, ` failed${times}${reason}`] as const;
  if (outcome === 'failed-trace') {
    const withIt = layout.parent[origin.origin] === -1 ? '' : ', and the trace with it';
    return sentence(
      'errors',
      count > 1 && origin.tried > 1 ? 'failed-retries' : 'failed-trace',
      figures,
      ...start,
      `${withIt}${lost}`,
      ...also,
      '.',
    );
  }
  if (outcome === 'retried' && origin.success !== undefined)
    return sentence(
      'errors',
      'retried',
      figures,
      ...start,
      `${lost}, then `,
      link(layout, 'another attempt', lastSuccesses(failures)),
      ' succeeded',
      ...also,
      '.',
    );
  return sentence(
    'errors',
    'survived-failure',
    figures,
    ...start,
    lost,
    ...whatCameAfter(evidence, origin),
    ...also,
    '.',
  );
}

/** The last attempts that succeeded, the latest first. */
function lastSuccesses(failures: readonly Failure[]): readonly number[] {
  return [...new Set(failures.flatMap(({ success }) => success ?? []))].reverse();
}

/** ` (TimeoutError)` */
function reasonOf({ errorType, statusMessage }: LayoutSpan): string {
  const reason = errorType ?? statusMessage;
  return reason ? ` (${printableName(reason)})` : '';
}

/** `; the trace went on with chat gpt-4o` */
function whatCameAfter(
  { layout, path }: TraceEvidence,
  { top }: Failure,
): readonly (string | ConclusionPart)[] {
  const endMs = path.lastEndMs[top] as number;
  const up = layout.parent[top] as number;
  const next = childrenOf(layout, up).find(
    (i) => i !== top && (path.clocks.startMs[i] as number) >= endMs - 1e-6,
  );
  const went = up < 0 ? '; the trace went on' : ['; ', linkTo(layout, up), ' went on'];
  const parts = typeof went === 'string' ? [went] : went;
  return next === undefined ? parts : [...parts, ' with ', linkTo(layout, next)];
}

function sumOf(others: readonly FailedStep[]): number {
  return others.reduce((sum, { failed }) => sum + failed.length, 0);
}

/** `; parse and 2 other steps failed too` */
function alsoFailed(
  { layout }: TraceEvidence,
  others: readonly FailedStep[],
): readonly (string | ConclusionPart)[] {
  const [first, ...rest] = others;
  const index = first?.failed[0];
  if (!first || index === undefined) return [];
  const span = layout.spans[index] as LayoutSpan;
  const name = link(layout, nameWithoutNumber(span.name, span.model) || '(no name)', first.failed);
  if (rest.length === 0) return ['; ', name, ' failed too'];
  const all = rest.flatMap(({ failed }) => failed);
  return [
    '; ',
    name,
    ' and ',
    link(layout, `${formatCount(rest.length)} other ${rest.length === 1 ? 'step' : 'steps'}`, all),
    ' failed too',
  ];
}
