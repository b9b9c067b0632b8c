import type { SpanKind } from '../../model/kind.ts';
import { countOf, formatCount, formatDuration, formatShare } from '../format.ts';
import { hasChildren, type TraceEvidence } from './evidence.ts';
import { type ConclusionPart, type ConclusionSentence, link, linkTo, sentence } from './sentence.ts';

/** A step with less of the trace is not worth naming as the slowest. */
const STANDS_OUT = 0.15;
/** One call with more than this part of its step is named instead of the step. */
const ONE_CALL = 0.6;
/** A kind with at least this share is named if none of its steps has half of it. */
const KIND_STANDS_OUT = 0.6;
/** A gap with at least this part of the unrecorded time is all of it. */
const ONE_GAP = 0.9;
/** Time to first token that is worth a remark, as a part of the call. */
const LONG_WAIT = 0.5;
const LONG_WAIT_MS = 1000;

/** Kinds that only contain other steps. Their own time is time in which none of these steps ran. */
const CONTAINERS: ReadonlySet<SpanKind> = new Set(['agent', 'chain', 'span']);

const KIND_NOUNS: Partial<Record<SpanKind, string>> = {
  llm: 'model call',
  embedding: 'embedding call',
  retriever: 'retrieval',
  reranker: 'rerank call',
  tool: 'tool call',
  guardrail: 'guardrail check',
  evaluator: 'evaluation',
};

/** The part of the critical path that belongs to one step. */
interface PathStep {
  readonly step: number;
  readonly ms: number;
  /** Spans of the step on the path, the longest first. */
  readonly spans: readonly number[];
}

/** Names the step with the largest share of the critical path. */
export function concludeTime(evidence: TraceEvidence): ConclusionSentence | undefined {
  const { layout, path } = evidence;
  if (layout.spans.length < 2) return concludeOnlySpan(evidence);
  const { work, gaps } = splitPath(evidence);
  const [top] = work;
  const [gap] = gaps;
  const { unrecordedMs } = path;
  const topMs = top?.ms ?? 0;
  const gapMs = gap?.ms ?? 0;
  const total = path.totalMs;
  if (unrecordedMs > Math.max(topMs, gapMs) && unrecordedMs >= STANDS_OUT * total)
    return concludeUnrecorded(evidence);
  if (gap && gapMs > topMs && gapMs >= STANDS_OUT * total) return concludeGap(evidence, gap);
  return concludeKind(evidence, work) ?? (top ? concludeStep(evidence, top) : undefined);
}

/** The critical path by step, the longest first: time in which steps ran, and time in containers between their steps. */
function splitPath({ layout, path, stepOf }: TraceEvidence): { work: PathStep[]; gaps: PathStep[] } {
  const work = new Map<number, number[]>();
  const gaps = new Map<number, number[]>();
  layout.spans.forEach(({ kind }, i) => {
    if ((path.criticalMs[i] as number) <= 0) return;
    const groups = CONTAINERS.has(kind) && hasChildren(layout, i) ? gaps : work;
    const step = stepOf[i] as number;
    const list = groups.get(step);
    if (list) list.push(i);
    else groups.set(step, [i]);
  });
  const msOf = (i: number) => path.criticalMs[i] as number;
  const ranked = (groups: ReadonlyMap<number, number[]>) =>
    [...groups]
      .map(([step, spans]) => ({
        step,
        ms: spans.reduce((sum, i) => sum + msOf(i), 0),
        spans: spans.sort((a, b) => msOf(b) - msOf(a) || a - b),
      }))
      .sort((a, b) => b.ms - a.ms || a.step - b.step);
  return { work: ranked(work), gaps: ranked(gaps) };
}

/** `2.55 s of 4.21 s (61 %)` */
function portion(ms: number, totalMs: number): string {
  return `${formatDuration(ms)} of ${formatDuration(totalMs)} (${formatShare(ms / totalMs)})`;
}

function concludeStep(evidence: TraceEvidence, { step, ms, spans }: PathStep): ConclusionSentence {
  const { layout, path, steps, members } = evidence;
  const total = path.totalMs;
  const all = members[step] ?? [];
  const label = steps[step]?.label ?? '';
  const figures = { criticalMs: ms, totalMs: total, share: ms / total, count: all.length };
  const longest = spans[0] as number;
  const longestMs = path.criticalMs[longest] as number;
  if (ms < STANDS_OUT * total)
    return sentence(
      'time',
      'no-slow-step',
      figures,
      'No step stands out: the longest, ',
      link(layout, label, spans),
      `, took ${portion(ms, total)}.`,
    );
  if (all.length === 1)
    return sentence(
      'time',
      'slow-step',
      figures,
      link(layout, label, spans),
      ` took ${portion(ms, total)}${firstTokenOf(evidence, longest)}.`,
    );
  if (longestMs >= ONE_CALL * ms)
    return sentence(
      'time',
      'slow-call',
      { ...figures, criticalMs: longestMs, share: longestMs / total },
      `One of ${formatCount(all.length)} calls of `,
      link(layout, label, [longest]),
      ` took ${portion(longestMs, total)}${firstTokenOf(evidence, longest)}.`,
    );
  const atOnce = mostAtOnce(evidence, all);
  const calls =
    atOnce > 1
      ? `, up to ${formatCount(atOnce)} at the same time`
      : `, ${formatDuration(ms / spans.length)} each`;
  return sentence(
    'time',
    'loop',
    { ...figures, atOnce },
    link(layout, label, spans),
    ` ×${formatCount(all.length)} took ${portion(ms, total)}${calls}.`,
  );
}

/** If many different steps of one kind add up, the kind is named instead of the largest step. */
function concludeKind(evidence: TraceEvidence, work: readonly PathStep[]): ConclusionSentence | undefined {
  const { layout, path, steps } = evidence;
  const byKind = new Map<SpanKind, PathStep[]>();
  for (const part of work) {
    const kind = steps[part.step]?.kind as SpanKind;
    const parts = byKind.get(kind);
    if (parts) parts.push(part);
    else byKind.set(kind, [part]);
  }
  for (const [kind, parts] of byKind) {
    const noun = KIND_NOUNS[kind];
    const ms = parts.reduce((sum, part) => sum + part.ms, 0);
    const [largest] = parts;
    if (!noun || !largest || parts.length < 3 || ms < KIND_STANDS_OUT * path.totalMs) continue;
    if (largest.ms > ms / 2) continue;
    const spans = parts.flatMap((part) => part.spans);
    return sentence(
      'time',
      'slow-kind',
      { criticalMs: ms, totalMs: path.totalMs, share: ms / path.totalMs, count: spans.length },
      link(layout, countOf(spans.length, noun), spans),
      `${spans.length > parts.length ? ` in ${formatCount(parts.length)} different steps` : ''} took ${portion(ms, path.totalMs)}; the longest, `,
      link(layout, steps[largest.step]?.label ?? '', largest.spans),
      `, ${formatDuration(largest.ms)}.`,
    );
  }
  return undefined;
}

/** Reports time in an agent or a chain during which none of its steps ran: untraced code, or waiting. */
function concludeGap(evidence: TraceEvidence, { step, ms, spans }: PathStep): ConclusionSentence {
  const { layout, path, steps } = evidence;
  const inStep = new Set(spans);
  const gaps = path.segments.filter(({ index }) => inStep.has(index));
  return sentence(
    'time',
    'unrecorded-time',
    { criticalMs: ms, totalMs: path.totalMs, share: ms / path.totalMs, count: gaps.length },
    `${portion(ms, path.totalMs)} passed in `,
    link(layout, steps[step]?.label ?? '', spans),
    ' while none of its steps ran',
    ...longestGap(evidence, gaps),
    '.',
  );
}

function concludeUnrecorded(evidence: TraceEvidence): ConclusionSentence {
  const { path } = evidence;
  const gaps = path.segments.filter(({ index }) => index < 0);
  const ms = path.unrecordedMs;
  return sentence(
    'time',
    'unrecorded-time',
    { criticalMs: ms, totalMs: path.totalMs, share: ms / path.totalMs, count: gaps.length },
    `${portion(ms, path.totalMs)} passed while no span was open`,
    ...longestGap(evidence, gaps),
    '.',
  );
}

function longestGap(
  { layout, path }: TraceEvidence,
  gaps: readonly { readonly fromMs: number; readonly toMs: number }[],
): readonly (string | ConclusionPart)[] {
  const [first, ...others] = gaps;
  if (!first) return [];
  const longest = others.reduce((a, b) => (b.toMs - b.fromMs > a.toMs - a.fromMs ? b : a), first);
  const next = path.segments.find(({ index, fromMs }) => index >= 0 && fromMs >= longest.toMs);
  const longestMs = longest.toMs - longest.fromMs;
  const allMs = gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0);
  const which = longestMs >= ONE_GAP * allMs ? ', ' : `, the longest time ${formatDuration(longestMs)} `;
  return next ? [`${which}before `, linkTo(layout, next.index)] : [`${which}at the end`];
}

/** Reports, for a trace of one model call, how long its first token took. */
function concludeOnlySpan(evidence: TraceEvidence): ConclusionSentence | undefined {
  const { layout, path } = evidence;
  const wait = firstTokenOf(evidence, 0);
  if (wait === '') return undefined;
  const total = path.totalMs;
  return sentence(
    'time',
    'slow-step',
    { criticalMs: total, totalMs: total, share: 1, count: 1 },
    linkTo(layout, 0),
    ` took ${formatDuration(total)}${wait}.`,
  );
}

function firstTokenOf({ layout }: TraceEvidence, index: number): string {
  const ttftMs = layout.spans[index]?.ttftMs ?? 0;
  const isLong = ttftMs >= LONG_WAIT_MS && ttftMs >= LONG_WAIT * (layout.durationMs[index] || 0);
  return isLong ? `, ${formatDuration(ttftMs)} of it before the first token` : '';
}

/** Two spans that overlap by less than this part of their duration ran one after the other. */
const OVERLAP_TOLERANCE = 0.02;

/** The largest number of these spans that ran at one moment. Spans below one of the same step are left out. */
function mostAtOnce({ layout, path, stepOf }: TraceEvidence, members: readonly number[]): number {
  const edges = members.flatMap((i) => {
    const up = layout.parent[i] as number;
    if (up >= 0 && stepOf[up] === stepOf[i]) return [];
    const from = path.clocks.startMs[i] as number;
    const to = from + (layout.durationMs[i] || 0) * (1 - OVERLAP_TOLERANCE);
    return to > from
      ? [
          { at: from, change: 1 },
          { at: to, change: -1 },
        ]
      : [];
  });
  edges.sort((a, b) => a.at - b.at || a.change - b.change);
  let [open, most] = [0, 0];
  for (const { change } of edges) {
    open += change;
    most = Math.max(most, open);
  }
  return most;
}
