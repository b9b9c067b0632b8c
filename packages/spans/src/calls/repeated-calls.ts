import type { SpanKind } from '../model/kind.ts';
import { isSameModel } from './same-model.ts';

/** A call as one instrumentation recorded it. */
export interface RecordedCall {
  readonly spanId: string;
  readonly kind: SpanKind;
  /** Name of the instrumentation scope. Undefined if it is not known; such a call is never a repetition. */
  readonly scope: string | undefined;
  readonly model?: string | undefined;
  readonly requestModel?: string | undefined;
  readonly responseId?: string | undefined;
  /** Milliseconds since any fixed time. */
  readonly startMs: number;
  /** Undefined while the call is running. */
  readonly endMs: number | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  /** Whether the usage has cached or other classes of tokens, which makes the price exact. */
  readonly hasTokenClasses?: boolean | undefined;
  /** Where the cost comes from. Undefined if the call has no cost. */
  readonly cost?: 'reported' | 'computed' | undefined;
}

/**
 * Finds calls that several instrumentations recorded, such as a framework and the SDK below it. Returns the span ids of
 * the repetitions, each with the id of the span that counts instead.
 *
 * Two spans describe one call if their kind and model agree, their instrumentation scopes differ, their times overlap, and
 * one of these holds:
 *
 * 1. They have the same response id.
 * 2. One is below the other with the same usage. If other spans lie between them, the inner call takes at least half the
 *    time of the outer one. The usage may differ by 1 % if one also ran during the other.
 * 3. They have the same parent, exactly the same usage, and one ran during the other.
 *
 * Different response ids of one format mean two calls. An instrumentation never repeats itself, so of several equal calls
 * each is paired with one call of another scope: parallel calls and retries with equal usage stay separate. The result
 * depends only on the set of spans, not on their order.
 *
 * @param parents the parent of every span of the trace, by span id
 */
export function repeatedCalls(
  calls: readonly RecordedCall[],
  parents: ReadonlyMap<string, string>,
): Map<string, string> {
  const ended = calls.filter(isComparable).sort(byStart);
  if (new Set(ended.map(({ scope }) => scope)).size < 2) return new Map();
  const pairs = [...pairsById(ended), ...pairsInLine(ended, parents), ...pairsOfSiblings(ended, parents)];
  const groups = joinPairs(pairs.sort(byEvidence));
  const repeated = new Map<string, string>();
  for (const group of groups) {
    const [counted, ...others] = group.toSorted((a, b) => byPrecision(a, b, parents));
    for (const { spanId } of others) repeated.set(spanId, (counted as EndedCall).spanId);
  }
  return repeated;
}

type EndedCall = RecordedCall & { readonly scope: string; readonly endMs: number };

interface Pair {
  readonly calls: readonly [EndedCall, EndedCall];
  /** Lower is stronger. */
  readonly evidence: number;
  /** Steps in the tree, or milliseconds between the starts. */
  readonly distance: number;
}

const SAME_ID = 0;
const SAME_LINE = 1;
const SIBLINGS = 2;
const SIMILAR_USAGE = 3;

/** Clocks of two instrumentations of one process can differ by their resolution. */
const CLOCK_TOLERANCE_MS = 10;
/** Maximum number of ancestors to search. */
const MAX_DEPTH = 256;
/** Maximum number of later calls with the same id or usage that a call is compared with. */
const MAX_NEIGHBOURS = 32;

function isComparable(call: RecordedCall): call is EndedCall {
  return call.scope !== undefined && call.endMs !== undefined;
}

function byStart(a: EndedCall, b: EndedCall): number {
  return a.startMs - b.startMs || compareText(a.spanId, b.spanId);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function* pairsById(calls: readonly EndedCall[]): Iterable<Pair> {
  for (const same of groupsOf(calls, ({ responseId }) => responseId || undefined))
    for (const pair of neighbours(same))
      if (agree(...pair)) yield { calls: pair, evidence: SAME_ID, distance: startDistance(...pair) };
}

function* pairsInLine(calls: readonly EndedCall[], parents: ReadonlyMap<string, string>): Iterable<Pair> {
  const byId = new Map(calls.map((call) => [call.spanId, call]));
  for (const inner of calls) {
    if (!hasUsage(inner)) continue;
    for (const [outerId, steps] of ancestors(inner.spanId, parents)) {
      const outer = byId.get(outerId);
      if (!outer || !agree(outer, inner)) continue;
      const calls = [outer, inner] as const;
      // With a tool between them, the inner call is a step of the outer one and takes only a part of its time.
      const isClose = steps === 1 || takesMost(inner, outer);
      if (isClose && hasEqualUsage(outer, inner)) yield { calls, evidence: SAME_LINE, distance: steps };
      else if (hasSimilarUsage(outer, inner) && ranDuring(outer, inner) && !haveDifferentIds(outer, inner))
        yield { calls, evidence: SIMILAR_USAGE, distance: steps };
    }
  }
}

function* pairsOfSiblings(calls: readonly EndedCall[], parents: ReadonlyMap<string, string>): Iterable<Pair> {
  const keyOf = (call: EndedCall) => {
    const parent = parents.get(call.spanId);
    return parent && hasUsage(call) ? `${call.inputTokens}+${call.outputTokens} ${parent}` : undefined;
  };
  for (const same of groupsOf(calls, keyOf))
    for (const pair of neighbours(same))
      if (agree(...pair) && ranDuring(...pair) && !haveDifferentIds(...pair))
        yield { calls: pair, evidence: SIBLINGS, distance: startDistance(...pair) };
}

/** Groups with at least two calls. Calls without a key are left out. */
function groupsOf(
  calls: readonly EndedCall[],
  keyOf: (call: EndedCall) => string | undefined,
): EndedCall[][] {
  const groups = new Map<string, EndedCall[]>();
  for (const call of calls) {
    const key = keyOf(call);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** Pairs of calls that overlap. The calls have to be sorted by start. */
function* neighbours(calls: readonly EndedCall[]): Iterable<readonly [EndedCall, EndedCall]> {
  for (const [index, first] of calls.entries()) {
    for (const second of calls.slice(index + 1, index + 1 + MAX_NEIGHBOURS)) {
      if (second.startMs > first.endMs + CLOCK_TOLERANCE_MS) break;
      yield [first, second];
    }
  }
}

/** The ids of the spans above a span, each with its distance. Ids of spans that have not arrived are included. */
function* ancestors(
  spanId: string,
  parents: ReadonlyMap<string, string>,
): Iterable<readonly [id: string, steps: number]> {
  let parent = parents.get(spanId);
  for (let steps = 1; parent && parent !== spanId && steps <= MAX_DEPTH; steps++) {
    yield [parent, steps];
    parent = parents.get(parent);
  }
}

function agree(a: EndedCall, b: EndedCall): boolean {
  return a.scope !== b.scope && !contradict(a, b) && overlap(a, b);
}

/** Whether two spans cannot describe the same call. */
function contradict(a: EndedCall, b: EndedCall): boolean {
  if (a.kind !== b.kind) return true;
  const isSame = isSameModel(a, b);
  const hasSameId = !!a.responseId && a.responseId === b.responseId;
  if (isSame === false || (isSame === undefined && !hasSameId)) return true;
  return haveDifferentIds(a, b) && idFormat(a.responseId) === idFormat(b.responseId);
}

function haveDifferentIds(a: EndedCall, b: EndedCall): boolean {
  return !!a.responseId && !!b.responseId && a.responseId !== b.responseId;
}

/** `chatcmpl` of `chatcmpl-B1x`. Gateways and frameworks create their own ids, which have another format. */
function idFormat(id: string | undefined): string {
  return /^[a-z]*/i.exec(id ?? '')?.[0].toLowerCase() ?? '';
}

function overlap(a: EndedCall, b: EndedCall): boolean {
  return a.startMs <= b.endMs + CLOCK_TOLERANCE_MS && b.startMs <= a.endMs + CLOCK_TOLERANCE_MS;
}

/** Whether one call ran during the other and took at least half as long. */
function ranDuring(a: EndedCall, b: EndedCall): boolean {
  const [long, short] = a.endMs - a.startMs >= b.endMs - b.startMs ? [a, b] : [b, a];
  return (
    short.startMs >= long.startMs - CLOCK_TOLERANCE_MS &&
    short.endMs <= long.endMs + CLOCK_TOLERANCE_MS &&
    takesMost(short, long)
  );
}

/** Whether a call took at least half as long as another. */
function takesMost(call: EndedCall, other: EndedCall): boolean {
  return 2 * (call.endMs - call.startMs) + CLOCK_TOLERANCE_MS >= other.endMs - other.startMs;
}

function startDistance(a: EndedCall, b: EndedCall): number {
  return Math.abs(a.startMs - b.startMs);
}

function hasUsage({ inputTokens = 0, outputTokens = 0 }: RecordedCall): boolean {
  return inputTokens > 0 || outputTokens > 0;
}

function hasEqualUsage(a: RecordedCall, b: RecordedCall): boolean {
  return a.inputTokens === b.inputTokens && a.outputTokens === b.outputTokens;
}

function hasSimilarUsage(a: RecordedCall, b: RecordedCall): boolean {
  return isSimilar(a.inputTokens, b.inputTokens) && isSimilar(a.outputTokens, b.outputTokens);
}

/** Equal within 1 %. */
function isSimilar(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Math.abs(a - b) * 100 <= Math.max(a, b);
}

function byEvidence(a: Pair, b: Pair): number {
  return (
    a.evidence - b.evidence ||
    a.distance - b.distance ||
    byStart(a.calls[0], b.calls[0]) ||
    byStart(a.calls[1], b.calls[1])
  );
}

/**
 * Joins pairs to groups, the strongest first. A group has at most one call of each scope, and no two of its calls
 * contradict each other.
 */
function joinPairs(pairs: readonly Pair[]): Iterable<readonly EndedCall[]> {
  const groupOf = new Map<EndedCall, readonly EndedCall[]>();
  for (const { calls } of pairs) {
    const [left, right] = calls.map((call) => groupOf.get(call) ?? [call]) as [EndedCall[], EndedCall[]];
    if (left === right) continue;
    const fits = left.every((a) => right.every((b) => a.scope !== b.scope && !contradict(a, b)));
    if (!fits) continue;
    const joined = [...left, ...right];
    for (const call of joined) groupOf.set(call, joined);
  }
  return new Set(groupOf.values());
}

/** The most precise description first. Of equally precise ones, the outermost. */
function byPrecision(a: EndedCall, b: EndedCall, parents: ReadonlyMap<string, string>): number {
  return (
    Number(hasUsage(b)) - Number(hasUsage(a)) ||
    Number(b.cost === 'reported') - Number(a.cost === 'reported') ||
    Number(b.hasTokenClasses === true) - Number(a.hasTokenClasses === true) ||
    Number(b.cost !== undefined) - Number(a.cost !== undefined) ||
    depthOf(a, parents) - depthOf(b, parents) ||
    byStart(a, b)
  );
}

function depthOf({ spanId }: RecordedCall, parents: ReadonlyMap<string, string>): number {
  let depth = 0;
  for (const [, steps] of ancestors(spanId, parents)) depth = steps;
  return depth;
}
