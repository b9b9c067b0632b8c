import { alignTraces } from './align-traces.ts';
import type { Alignment } from './alignment.ts';
import type { DiffableSpan } from './diffable-span.ts';
import { type MergedStep, mergeChildren } from './merge-children.ts';
import { selfTimes } from './self-times.ts';
import { buildTraceTree, type TraceNode } from './trace-tree.ts';

/** Fields of a step that are compared. `parent`: the step is below another step. */
export const DIFF_FIELDS = ['parent', 'name', 'status', 'error', 'model', 'input', 'output'] as const;
/** A field of a step that is compared. */
export type DiffField = (typeof DIFF_FIELDS)[number];

/** Results of comparing a step of two traces. */
export const DIFF_CHANGES = ['same', 'changed', 'moved', 'added', 'removed'] as const;
/** The result of comparing a step of two traces. */
export type DiffChange = (typeof DIFF_CHANGES)[number];

/** Values of `b` minus values of `a`. Null if one of them is unknown. A missing step counts as 0. */
export interface SpanDelta {
  readonly durationMs: number | null;
  /** Duration without that of the children. The deltas of all rows add up to that of the trace if its steps do not overlap. */
  readonly selfMs: number;
  readonly tokens: number | null;
  readonly costUsd: number | null;
}

/** A step of one or both traces. */
export interface DiffRow<S extends DiffableSpan> {
  readonly depth: number;
  readonly a: S | null;
  readonly b: S | null;
  /**
   * `same`: all of `DIFF_FIELDS` are equal. Durations, tokens and costs may differ. `moved`: the step is below another step;
   * other fields may differ too. The order of steps below the same step is not compared.
   */
  readonly change: DiffChange;
  readonly differences: readonly DiffField[];
  readonly delta: SpanDelta;
}

/**
 * Compares two traces step by step, see `alignTraces`. Returns every step of both traces once, parents before their children.
 * A step that moved is at its place in `b`.
 */
export function diffTraces<S extends DiffableSpan>(a: Iterable<S>, b: Iterable<S>): DiffRow<S>[] {
  const [treeA, treeB] = [buildTraceTree(a), buildTraceTree(b)];
  const [selfA, selfB] = [selfTimes(treeA), selfTimes(treeB)];
  const alignment = alignTraces(treeA, treeB);
  const rows: DiffRow<S>[] = [];
  const pending: { readonly step: MergedStep<TraceNode<S>>; readonly depth: number }[] = [];
  const addSteps = (steps: readonly MergedStep<TraceNode<S>>[], depth: number) => {
    for (const step of [...steps].reverse()) pending.push({ step, depth });
  };
  addSteps(mergeChildren(treeA.roots, treeB.roots, alignment), 0);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { step, depth } = next;
    const selfMs = (step.b ? (selfB.get(step.b) ?? 0) : 0) - (step.a ? (selfA.get(step.a) ?? 0) : 0);
    rows.push(rowOf(step, depth, selfMs, alignment));
    addSteps(mergeChildren(step.a?.children ?? [], step.b?.children ?? [], alignment), depth + 1);
  }
  return rows;
}

function rowOf<S extends DiffableSpan>(
  step: MergedStep<TraceNode<S>>,
  depth: number,
  selfMs: number,
  alignment: Alignment<TraceNode<S>>,
): DiffRow<S> {
  const [a, b] = [step.a?.span ?? null, step.b?.span ?? null];
  const isMoved = step.a !== null && step.b !== null && hasMoved(step.a, step.b, alignment);
  const differences: DiffField[] =
    a && b ? [...(isMoved ? ['parent' as const] : []), ...differencesOf(a, b)] : [];
  return {
    depth,
    a,
    b,
    change: changeOf(a, b, differences),
    differences,
    delta: {
      durationMs: minus(a, b, (span) => span.durationMs),
      selfMs,
      tokens: minus(a, b, tokensOf),
      costUsd: minus(a, b, (span) => span.costUsd),
    },
  };
}

/** Whether the parents of two corresponding steps do not correspond. False if one of the parents was not recorded. */
function hasMoved<S extends DiffableSpan>(
  a: TraceNode<S>,
  b: TraceNode<S>,
  alignment: Alignment<TraceNode<S>>,
): boolean {
  const isUnknown = ({ rootReason }: TraceNode<S>) => rootReason !== null && rootReason !== 'root';
  if (isUnknown(a) || isUnknown(b)) return false;
  return (a.parent === null ? null : alignment.ofA(a.parent)) !== b.parent;
}

function changeOf(a: unknown, b: unknown, differences: readonly DiffField[]): DiffChange {
  if (a === null) return 'added';
  if (b === null) return 'removed';
  if (differences.includes('parent')) return 'moved';
  return differences.length > 0 ? 'changed' : 'same';
}

const COMPARED: Readonly<Record<Exclude<DiffField, 'parent'>, (span: DiffableSpan) => unknown>> = {
  name: ({ name }) => name,
  // `ok` and `unset` both mean that the span did not fail.
  status: ({ status }) => status === 'error',
  error: ({ errorType, statusMessage, status }) => (status === 'error' ? (errorType ?? statusMessage) : null),
  model: ({ model }) => model,
  input: ({ inputFingerprint }) => inputFingerprint ?? null,
  output: ({ outputFingerprint }) => outputFingerprint ?? null,
};

function differencesOf(a: DiffableSpan, b: DiffableSpan): DiffField[] {
  return DIFF_FIELDS.filter((field) => field !== 'parent' && COMPARED[field](a) !== COMPARED[field](b));
}

function minus<S>(a: S | null, b: S | null, read: (span: S) => number | null): number | null {
  const [from, to] = [a === null ? null : read(a), b === null ? null : read(b)];
  if (a !== null && b !== null) return from === null || to === null ? null : to - from;
  return a === null ? to : from === null ? null : -from;
}

function tokensOf({ inputTokens, outputTokens }: DiffableSpan): number | null {
  return inputTokens === null && outputTokens === null ? null : (inputTokens ?? 0) + (outputTokens ?? 0);
}

/** Number of steps by change. */
export function countChanges(
  rows: Iterable<Pick<DiffRow<DiffableSpan>, 'change'>>,
): Record<DiffChange, number> {
  const counts = { same: 0, changed: 0, moved: 0, added: 0, removed: 0 };
  for (const { change } of rows) counts[change] += 1;
  return counts;
}
