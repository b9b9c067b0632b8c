import { alignSiblings, type SiblingPair } from './align-siblings.ts';
import { selfTimes } from './self-times.ts';
import type { TextTreeSpan } from './text-tree.ts';
import { buildTraceTree, type TraceNode } from './trace-tree.ts';

/** A span of a trace to compare: a line of the text tree, with fingerprints of its content. */
export interface DiffableSpan extends TextTreeSpan {
  /** Equal fingerprints mean equal texts. Undefined or null if the span has no such text. */
  readonly inputFingerprint?: string | null | undefined;
  readonly outputFingerprint?: string | null | undefined;
}

/** Fields of a step that are compared. */
export const DIFF_FIELDS = ['name', 'status', 'error', 'model', 'input', 'output'] as const;
/** A field of a step that is compared. */
export type DiffField = (typeof DIFF_FIELDS)[number];

/** Results of comparing a step of two traces. */
export const DIFF_CHANGES = ['same', 'changed', 'added', 'removed'] as const;
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
  /** `same`: all of `DIFF_FIELDS` are equal. Durations, tokens and costs may differ. */
  readonly change: DiffChange;
  readonly differences: readonly DiffField[];
  readonly delta: SpanDelta;
}

/**
 * Compares two traces step by step. Steps are paired from the roots down by kind, name and order (see `alignSiblings`).
 * Returns every step of both traces once, parents before their children.
 */
export function diffTraces<S extends DiffableSpan>(a: Iterable<S>, b: Iterable<S>): DiffRow<S>[] {
  const [treeA, treeB] = [buildTraceTree(a), buildTraceTree(b)];
  const [selfA, selfB] = [selfTimes(treeA), selfTimes(treeB)];
  const rows: DiffRow<S>[] = [];
  const pending: { readonly pair: SiblingPair<TraceNode<S>>; readonly depth: number }[] = [];
  const addPairs = (pairs: readonly SiblingPair<TraceNode<S>>[], depth: number) => {
    for (let i = pairs.length - 1; i >= 0; i--)
      pending.push({ pair: pairs[i] as SiblingPair<TraceNode<S>>, depth });
  };
  addPairs(alignRoots(treeA.roots, treeB.roots), 0);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { pair, depth } = next;
    const selfMs = (pair.b ? (selfB.get(pair.b) ?? 0) : 0) - (pair.a ? (selfA.get(pair.a) ?? 0) : 0);
    rows.push(rowOf(pair.a?.span ?? null, pair.b?.span ?? null, depth, selfMs));
    addPairs(alignSiblings(pair.a?.children ?? [], pair.b?.children ?? [], stepOf), depth + 1);
  }
  return rows;
}

/** A trace usually has one root, whose name does not matter. */
function alignRoots<S extends DiffableSpan>(
  a: readonly TraceNode<S>[],
  b: readonly TraceNode<S>[],
): SiblingPair<TraceNode<S>>[] {
  const [[onlyA], [onlyB]] = [a, b];
  if (a.length === 1 && b.length === 1 && onlyA && onlyB) return [{ a: onlyA, b: onlyB }];
  return alignSiblings(a, b, stepOf);
}

function stepOf<S extends DiffableSpan>({ span }: TraceNode<S>) {
  return { kind: span.kind, name: span.name, input: span.inputFingerprint };
}

function rowOf<S extends DiffableSpan>(a: S | null, b: S | null, depth: number, selfMs: number): DiffRow<S> {
  const differences = a && b ? differencesOf(a, b) : [];
  const change = a === null ? 'added' : b === null ? 'removed' : differences.length > 0 ? 'changed' : 'same';
  return {
    depth,
    a,
    b,
    change,
    differences,
    delta: {
      durationMs: minus(a, b, (span) => span.durationMs),
      selfMs,
      tokens: minus(a, b, tokensOf),
      costUsd: minus(a, b, (span) => span.costUsd),
    },
  };
}

const COMPARED: Readonly<Record<DiffField, (span: DiffableSpan) => unknown>> = {
  name: ({ name }) => name,
  // `ok` and `unset` both mean that the span did not fail.
  status: ({ status }) => status === 'error',
  error: ({ errorType, statusMessage, status }) => (status === 'error' ? (errorType ?? statusMessage) : null),
  model: ({ model }) => model,
  input: ({ inputFingerprint }) => inputFingerprint ?? null,
  output: ({ outputFingerprint }) => outputFingerprint ?? null,
};

function differencesOf(a: DiffableSpan, b: DiffableSpan): DiffField[] {
  return DIFF_FIELDS.filter((field) => COMPARED[field](a) !== COMPARED[field](b));
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
  const counts = { same: 0, changed: 0, added: 0, removed: 0 };
  for (const { change } of rows) counts[change] += 1;
  return counts;
}
