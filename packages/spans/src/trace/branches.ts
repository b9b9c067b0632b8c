import type { SpanKind } from '../model/kind.ts';
import type { CriticalPath } from './critical-path.ts';
import { nameWithoutNumber, stepsOf } from './steps.ts';
import type { TraceLayout } from './trace-layout.ts';

/** Branches that ran at the same time and of which one ended later than the others. */
export interface SlowBranch {
  readonly kind: 'slow-branch';
  /** -1 if the branches are roots. */
  readonly parent: number;
  /** The branch that the trace waited for. */
  readonly slowest: number;
  /** The branches that were done earlier, by start time. */
  readonly others: readonly number[];
  /** Time from the last end of the other branches to the end of the slowest. */
  readonly waitMs: number;
}

/** Similar siblings that ran one after another. Nothing shows whether one needed the result of another. */
export interface SerialBranches {
  readonly kind: 'one-after-another';
  readonly parent: number;
  readonly branches: readonly number[];
  /** Time that they took together, minus the time of the longest one. */
  readonly extraMs: number;
}

/** A finding about sibling spans: one was slow, or they ran one after another. */
export type Concurrency = SlowBranch | SerialBranches;

/** Shorter times than this part of the trace are not worth a remark. */
const WORTH_NAMING = 0.1;
/** A sibling ran beside another if it shares this part of its own time with it. */
const BESIDE = 0.5;
/** Siblings that overlap by less than this part of the shorter one ran one after the other. */
const OVERLAP_TOLERANCE = 0.05;
/** A pause between two siblings longer than this part of the trace means that something happened between them. */
const PAUSE = 0.05;

/** Kinds of which different steps below one parent are usually independent, such as the tool calls of one answer. */
const INDEPENDENT: ReadonlySet<SpanKind> = new Set(['tool', 'retriever', 'embedding']);

/** Finds siblings that waited for each other and siblings that ran one after another, the longest time first. */
export function findConcurrency(layout: TraceLayout, path: CriticalPath): readonly Concurrency[] {
  const { spans, end } = layout;
  const { stepOf } = stepsOf(layout);
  const least = WORTH_NAMING * path.totalMs;
  const found: Concurrency[] = [];
  for (let parent = -1; parent < spans.length; parent++) {
    const afterLast = parent < 0 ? spans.length : (end[parent] as number);
    // A parent that takes less time than is worth naming has no children that do.
    if (afterLast - parent < 3 || (parent >= 0 && spanLength(path, parent) < least)) continue;
    const children: number[] = [];
    for (let child = parent + 1; child < afterLast; child = end[child] as number) children.push(child);
    if (children.length < 2) continue;
    children.sort((a, b) => startOf(path, a) - startOf(path, b) || a - b);
    found.push(...slowBranches(layout, path, parent, children, least));
    found.push(...serialBranches(layout, path, stepOf, parent, children, least));
  }
  return found.sort((a, b) => timeOf(b) - timeOf(a) || a.parent - b.parent);
}

export function timeOf(found: Concurrency): number {
  return found.kind === 'slow-branch' ? found.waitMs : found.extraMs;
}

const startOf = ({ clocks }: CriticalPath, i: number) => clocks.startMs[i] as number;
const endOf = ({ lastEndMs }: CriticalPath, i: number) => lastEndMs[i] as number;
const spanLength = (path: CriticalPath, i: number) => endOf(path, i) - startOf(path, i);

/**
 * Groups of siblings that ran at the same time, directly or through others. Children must be sorted by start. Clocks are
 * not exact, so a short overlap does not count.
 */
function* overlapping(path: CriticalPath, children: readonly number[]): Generator<readonly number[]> {
  let group: number[] = [];
  let untilMs = Number.NEGATIVE_INFINITY;
  for (const child of children) {
    if (group.length > 0 && startOf(path, child) >= untilMs - OVERLAP_TOLERANCE * spanLength(path, child)) {
      yield group;
      group = [];
    }
    group.push(child);
    untilMs = Math.max(untilMs, endOf(path, child));
  }
  if (group.length > 0) yield group;
}

function slowBranches(
  layout: TraceLayout,
  path: CriticalPath,
  parent: number,
  children: readonly number[],
  least: number,
): SlowBranch[] {
  const found: SlowBranch[] = [];
  for (const group of overlapping(path, children)) {
    if (group.length < 2) continue;
    const slowest = group.reduce((a, b) => (endOf(path, b) > endOf(path, a) ? b : a));
    const others = group.filter((child) => child !== slowest && ranBeside(path, child, slowest));
    if (others.length === 0 || Number.isNaN(layout.durationMs[slowest] as number)) continue;
    const doneMs = group.reduce(
      (ms, child) => (child === slowest ? ms : Math.max(ms, endOf(path, child))),
      0,
    );
    const waitMs = endOf(path, slowest) - Math.max(doneMs, startOf(path, slowest));
    if (waitMs >= least) found.push({ kind: 'slow-branch', parent, slowest, others, waitMs });
  }
  return found;
}

/** Whether a branch shares half of its time with another and at least some of the other's. */
function ranBeside(path: CriticalPath, branch: number, other: number): boolean {
  const shared =
    Math.min(endOf(path, branch), endOf(path, other)) - Math.max(startOf(path, branch), startOf(path, other));
  return shared > 0 && shared >= BESIDE * spanLength(path, branch);
}

function serialBranches(
  layout: TraceLayout,
  path: CriticalPath,
  stepOf: Int32Array,
  parent: number,
  children: readonly number[],
  least: number,
): SerialBranches[] {
  const found: SerialBranches[] = [];
  let run: number[] = [];
  const close = () => {
    const longest = run.reduce((ms, i) => Math.max(ms, spanLength(path, i)), 0);
    const extraMs = run.reduce((sum, i) => sum + spanLength(path, i), 0) - longest;
    if (run.length > 1 && extraMs >= least && !isConversation(layout, run))
      found.push({ kind: 'one-after-another', parent, branches: run, extraMs });
    run = [];
  };
  for (const [child, ...beside] of overlapping(path, children)) {
    if (child === undefined || beside.length > 0) {
      close();
      continue;
    }
    const before = run.at(-1);
    if (before !== undefined && !continues(layout, path, stepOf, before, child)) close();
    run.push(child);
  }
  close();
  return found;
}

/** Whether a sibling belongs to the same run as the one before it: similar, started right after it, not a retry of it. */
function continues(
  { spans, durationMs }: TraceLayout,
  path: CriticalPath,
  stepOf: Int32Array,
  before: number,
  child: number,
): boolean {
  const [first, second] = [spans[before], spans[child]];
  if (!first || !second || first.kind !== second.kind || first.status === 'error') return false;
  if (Number.isNaN(durationMs[before] as number) || Number.isNaN(durationMs[child] as number)) return false;
  if (stepOf[before] !== stepOf[child] && !INDEPENDENT.has(first.kind)) return false;
  // Agents build on each other, and numbered iterations are a loop.
  if (first.kind === 'agent' || isNumbered(first.name, first.model)) return false;
  return startOf(path, child) - endOf(path, before) <= PAUSE * path.totalMs;
}

const isNumbered = (name: string, model: string | null) => nameWithoutNumber(name, model) !== name;

/** Whether these are model calls that each continue the one before: their input grows with each call. */
function isConversation({ spans }: TraceLayout, run: readonly number[]): boolean {
  if (spans[run[0] ?? -1]?.kind !== 'llm') return false;
  const inputs = run.map((i) => spans[i]?.inputTokens ?? null);
  if (inputs.includes(null)) return true;
  return inputs.every((tokens, k) => k === 0 || (tokens as number) > (inputs[k - 1] as number));
}
