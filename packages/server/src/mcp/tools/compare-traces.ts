import {
  countChanges,
  type DiffRow,
  estimateTokens,
  formatCost,
  formatCount,
  formatDiff,
  formatDuration,
} from '@throughline/spans';
import { z } from 'zod';
import type { TraceSummary } from '../../contract/trace.ts';
import type { ProjectScope } from '../../query/project-scope.ts';
import { getSpan } from '../../query/spans/get-span.ts';
import { type ComparedTraces, compareTraces, toTraceDiff } from '../../query/traces/diff-traces.ts';
import { cutText } from '../cut-text.ts';
import { partText } from '../span-parts.ts';
import { defineTool, maxTokensInput, PROJECT, scopeOf } from '../tool.ts';
import { costOf, shortTime, tokensOf } from '../trace-line.ts';

const id = z.string().min(1).max(800);

export const compareTracesTool = defineTool({
  name: 'compare_traces',
  title: 'Compare two traces',
  description:
    'Compares two traces step by step: added (+), removed (-), moved (>) and changed (~) steps, the differences in duration, cost and tokens, and the texts that differ. Useful for a good and a bad run of the same request.',
  input: z.object({
    trace_a: id.describe('Trace id of the baseline.'),
    trace_b: id.describe('Trace id of the trace to explain.'),
    max_tokens: maxTokensInput(4000),
    ...PROJECT,
  }),
  async run({ trace_a, trace_b, max_tokens, project }, context) {
    const scope = scopeOf(context, project);
    const compared = await compareTraces(scope, trace_a, trace_b, context.signal);
    const head = headOf(compared);
    const steps = stepsText(compared.rows, Math.floor((max_tokens - estimateTokens(head)) * STEPS_SHARE));
    const left = max_tokens - estimateTokens(head) - estimateTokens(steps);
    const texts = await textsText(scope, compared, left, context.signal);
    return [head, steps, texts].filter(Boolean).join('\n\n');
  },
});

const STEPS_SHARE = 0.5;
const ROW_TOKENS = 25;
/** Number of steps of which texts are shown. */
const MAX_TEXTS = 4;
const MIN_TEXT_TOKENS = 100;

type Row = ComparedTraces['rows'][number];

function headOf(compared: ComparedTraces): string {
  const { delta, counts } = toTraceDiff(compared);
  const { same, changed, moved, added, removed } = counts;
  const deltas = [
    delta.durationMs === null ? '' : `duration ${signed(delta.durationMs, formatDuration)}`,
    delta.costUsd === null ? '' : `cost ${signed(delta.costUsd, formatCost)}`,
    delta.tokens === null ? '' : `tokens ${signed(delta.tokens, formatCount)}`,
    `spans ${signed(delta.spanCount, formatCount)}`,
    `failed spans ${signed(delta.errorCount, formatCount)}`,
  ];
  return [
    `a: ${traceOf(compared.a)}`,
    `b: ${traceOf(compared.b)}`,
    `b compared with a: ${deltas.filter(Boolean).join(', ')}`,
    `Steps: ${same} the same, ${changed} changed, ${moved} moved, ${added} added, ${removed} removed`,
  ].join('\n');
}

function traceOf(trace: TraceSummary): string {
  const duration = trace.durationMs === null ? '–' : formatDuration(trace.durationMs);
  return `${trace.traceId} ${trace.name}, ${trace.status}, ${shortTime(trace.startTime)}, ${duration}, ${costOf(trace)}, ${tokensOf(trace)} tok`;
}

function signed(value: number, format: (value: number) => string): string {
  return value === 0 ? '±0' : `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}

/** All steps if they fit, otherwise those with differences and the largest changes of duration, in their order. */
function stepsText(rows: readonly Row[], maxTokens: number): string {
  const whole = formatDiff(rows);
  const [, ...lines] = whole.split('\n');
  if (estimateTokens(whole) <= maxTokens) return lines.join('\n');
  const weight = ({ change, delta }: Row) => (change === 'same' ? 0 : 1e12) + Math.abs(delta.selfMs);
  const count = Math.max(3, Math.floor(maxTokens / ROW_TOKENS));
  const shown = new Set([...rows].sort((a, b) => weight(b) - weight(a)).slice(0, count));
  const omitted = countChanges(rows.filter((row) => !shown.has(row)));
  return [
    ...lines.filter((_, index) => shown.has(rows[index] as Row)),
    `… left out: ${omitted.same} same, ${omitted.changed} changed, ${omitted.moved} moved, ${omitted.added} added, ${omitted.removed} removed; raise max_tokens`,
  ].join('\n');
}

/** The texts of steps that both traces have and that differ, and of those that fail in one of them. */
async function textsText(
  scope: ProjectScope,
  { a, b, rows }: ComparedTraces,
  maxTokens: number,
  signal: AbortSignal,
): Promise<string> {
  const wanted = rows.filter(hasOtherTexts).slice(0, MAX_TEXTS);
  const sections: string[] = [];
  let left = maxTokens;
  for (const [index, row] of wanted.entries()) {
    const share = Math.floor(left / (wanted.length - index));
    if (share < MIN_TEXT_TOKENS) break;
    const section = await textsOf(scope, [a.traceId, b.traceId], row, share, signal);
    sections.push(section);
    left -= estimateTokens(section);
  }
  return sections.join('\n\n');
}

function hasOtherTexts({ a, b, differences }: Row): boolean {
  return (
    a !== null &&
    b !== null &&
    ['error', 'output', 'input'].some((field) => differences.includes(field as 'input'))
  );
}

async function textsOf(
  scope: ProjectScope,
  [traceA, traceB]: readonly [string, string],
  { a, b, differences }: DiffRow<Row['a'] & object>,
  maxTokens: number,
  signal: AbortSignal,
): Promise<string> {
  const [inA, inB] = await Promise.all([
    a && getSpan(scope, traceA, a.spanId, signal),
    b && getSpan(scope, traceB, b.spanId, signal),
  ]);
  const parts = (['error', 'output', 'input'] as const).filter((part) => differences.includes(part));
  const share = Math.floor(maxTokens / (2 * parts.length)) - 10;
  const texts = parts.flatMap((part) => {
    const [inner, other] = [inA ? partText(inA, part) : '', inB ? partText(inB, part) : ''];
    const from = startOfDifference(inner, other);
    const show = (side: string, text: string, traceId: string, spanId: string | undefined) => {
      if (text === '') return `${side} ${part}: none`;
      const more = (offset: number) => `read_span ${traceId} span ${spanId} part ${part} offset ${offset}`;
      return `${side} ${part}: ${from > 0 ? '… ' : ''}${cutText(text, share, more, from)}`;
    };
    return [show('a', inner, traceA, inA?.spanId), show('b', other, traceB, inB?.spanId)];
  });
  return [`${b?.name ?? a?.name}:`, ...texts].join('\n');
}

/** Characters before the first difference of two long texts. */
const BEFORE_DIFFERENCE = 100;

/** Returns the index from which two texts are shown, so that their first difference is visible. */
function startOfDifference(a: string, b: string): number {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  const start = Math.max(0, same - BEFORE_DIFFERENCE);
  // The text must not begin in the middle of a surrogate pair.
  return start > 0 && /[\uDC00-\uDFFF]/.test(a[start] ?? '') ? start - 1 : start;
}
